import unittest

from accounts.passwords import broken_rules


class TestBrokenRules(unittest.TestCase):
    def test_good_password(self):
        self.assertEqual(broken_rules("correct horse battery 1!", "ada"), [])

    def test_too_short(self):
        self.assertIn("length", broken_rules("ab1!", "ada"))

    def test_too_long(self):
        self.assertIn("length", broken_rules("ab1!" * 17, "ada"))

    def test_contains_name(self):
        self.assertEqual(broken_rules("my name is ADA 1!", "ada"), ["name"])

    def test_repetition(self):
        self.assertEqual(broken_rules("horse battteries 1!", "ada"), ["repetition"])

    def test_mix(self):
        self.assertEqual(broken_rules("onlyletterseverywhere", "ada"), ["mix"])
        self.assertEqual(broken_rules("12345678901234!", "ada"), ["mix"])


if __name__ == "__main__":
    unittest.main()
