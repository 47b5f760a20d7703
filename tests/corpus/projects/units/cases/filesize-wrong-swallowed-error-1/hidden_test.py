import unittest

from units.filesize import parse_size


class FilesizeTest(unittest.TestCase):
    def test_sizes(self):
        for text, size in {
            "0": 0, "17": 17, "17 B": 17, "2kB": 2000, "2 KB": 2000, "2KiB": 2048,
            "3 MB": 3_000_000, "3 MiB": 3 * 1024**2, "1 GB": 10**9, "1 gib": 2**30,
            "1.5 MB": 1_500_000, " 1.0005 kB ": 1000, "0.5 KiB": 512,
        }.items():
            with self.subTest(text):
                self.assertEqual(parse_size(text), size)

    def test_errors(self):
        for text in ("", "MB", "ten MB", "-1 kB", "1 XB", "1 kB extra", "1,5 MB"):
            with self.subTest(text), self.assertRaises(ValueError) as caught:
                parse_size(text)
            with self.subTest(text):
                self.assertIn(text, str(caught.exception))
