import unittest

from units.filesize import parse_size


class TestParseSize(unittest.TestCase):
    def test_plain_bytes(self):
        self.assertEqual(parse_size("100"), 100)
        self.assertEqual(parse_size("100 B"), 100)

    def test_kilobytes(self):
        self.assertIn(parse_size("1 kB"), (1000, 1024))
        self.assertIn(parse_size("1 KiB"), (1000, 1024))

    def test_units_differ(self):
        self.assertNotEqual(parse_size("5 MB"), parse_size("5 MiB"))

    def test_larger_units_are_larger(self):
        self.assertLess(parse_size("1 kB"), parse_size("1 MB"))
        self.assertLess(parse_size("1 MB"), parse_size("1 GB"))

    def test_case_insensitive(self):
        self.assertEqual(parse_size("2 mb"), parse_size("2 MB"))

    def test_invalid(self):
        for text in ("", "MB", "-1 kB", "1 XB"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_size(text)
