import unittest

from accounts.names import is_valid_name


class NamesTest(unittest.TestCase):
    def test_valid(self):
        for name in ("ada", "a_1", "a" * 20):
            with self.subTest(name):
                self.assertTrue(is_valid_name(name))

    def test_invalid(self):
        for name in ("", "ab", "a" * 21, "1ab", "Ada", "a-b", "ada "):
            with self.subTest(name):
                self.assertFalse(is_valid_name(name))
