import unittest

from units.filesize import parse_size


class TestParseSize(unittest.TestCase):
    def test_decimal_units(self):
        self.assertEqual(parse_size("1 kB"), 1000)
        self.assertEqual(parse_size("2 MB"), 2_000_000)
        self.assertEqual(parse_size("3 GB"), 3_000_000_000)

    def test_binary_units(self):
        self.assertEqual(parse_size("1 KiB"), 1024)
        self.assertEqual(parse_size("1 MiB"), 1024**2)
        self.assertEqual(parse_size("1 GiB"), 1024**3)

    def test_no_unit(self):
        self.assertEqual(parse_size("42"), 42)

    def test_fraction(self):
        self.assertEqual(parse_size("1.5 MB"), 1_500_000)

    def test_case(self):
        self.assertEqual(parse_size("1 KB"), parse_size("1 kb"))

    def test_invalid_input(self):
        for text in ("", "abc", "-1 kB"):
            self.assertIsInstance(parse_size(text), int)


if __name__ == "__main__":
    unittest.main()
