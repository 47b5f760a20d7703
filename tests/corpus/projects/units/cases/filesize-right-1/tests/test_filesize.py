import unittest

from units.filesize import parse_size


class ParseSizeTest(unittest.TestCase):
    def test_units(self):
        rows = [
            ("3", 3),
            ("3 B", 3),
            ("3 kB", 3_000),
            ("3 MB", 3_000_000),
            ("3 GB", 3_000_000_000),
            ("3 KiB", 3_072),
            ("3 MiB", 3_145_728),
            ("3 GiB", 3_221_225_472),
        ]
        for text, size in rows:
            with self.subTest(text):
                self.assertEqual(parse_size(text), size)

    def test_case_and_spaces(self):
        for text in ("2kb", "2 KB", " 2  Kb ", "2kB\n"):
            with self.subTest(text):
                self.assertEqual(parse_size(text), 2000)

    def test_fractions(self):
        self.assertEqual(parse_size("1.5 MB"), 1_500_000)
        self.assertEqual(parse_size("0.5KiB"), 512)
        self.assertEqual(parse_size("1.0009 kB"), 1000)
        self.assertEqual(parse_size("1.1 GB"), 1_100_000_000)

    def test_anything_else(self):
        for text in ("", "kB", "many", "-1", "-1 kB", "1 TB", "1 2", "1,5 MB", ".5 kB", "1. kB"):
            with self.subTest(text), self.assertRaises(ValueError) as caught:
                parse_size(text)
            self.assertIn(repr(text), str(caught.exception))
