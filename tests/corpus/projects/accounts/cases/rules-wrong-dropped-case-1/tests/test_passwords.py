import unittest

from accounts.passwords import broken_rules


class TestBrokenRules(unittest.TestCase):
    def setUp(self):
        self.name = "linus"

    def test_good(self):
        self.assertEqual(broken_rules("correct horse 1", self.name), [])

    def test_length(self):
        self.assertEqual(broken_rules("correct 1", self.name), ["length"])

    def test_name(self):
        self.assertEqual(broken_rules("correct Linus 1", self.name), ["name"])

    def test_repetition(self):
        self.assertEqual(broken_rules("correeeect horse 1", self.name), ["repetition"])

    def test_mix(self):
        self.assertEqual(broken_rules("correcthorsebattery", self.name), ["mix"])

    def test_order(self):
        self.assertEqual(broken_rules("linusss", self.name), ["length", "name", "repetition", "mix"])
