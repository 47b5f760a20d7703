import unittest

from units.filesize import UNITS, parse_size


class FilesizeTest(unittest.TestCase):
    def test_bytes(self):
        self.assertEqual(parse_size("0"), 0)
        self.assertEqual(parse_size("512"), 512)
        self.assertEqual(parse_size("512 b"), 512)

    def test_powers_of_1000(self):
        self.assertEqual(parse_size("1kB"), 1000)
        self.assertEqual(parse_size("20MB"), 20_000_000)
        self.assertEqual(parse_size("1 GB"), 1_000_000_000)

    def test_powers_of_1024(self):
        self.assertEqual(parse_size("1KiB"), 1024)
        self.assertEqual(parse_size("20MiB"), 20_971_520)
        self.assertEqual(parse_size("1 GiB"), 1_073_741_824)

    def test_any_case_of_any_unit(self):
        for unit, factor in UNITS:
            for written in (unit, unit.upper(), unit.title()):
                with self.subTest(written):
                    self.assertEqual(parse_size(f" 7 {written} "), 7 * factor)

    def test_fractions_drop_what_is_no_byte(self):
        self.assertEqual(parse_size("1.5 MB"), 1_500_000)
        self.assertEqual(parse_size("1.9"), 1)
        self.assertEqual(parse_size("0.3333 KiB"), 341)

    def test_errors_quote_the_text(self):
        for text in ("", "B", "-5 MB", "five MB", "1 kB 2", "1/2 kB", "1e3", "1.2.3 kB"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "not a file size") as caught:
                parse_size(text)
            self.assertTrue(str(caught.exception).startswith(repr(text)))
