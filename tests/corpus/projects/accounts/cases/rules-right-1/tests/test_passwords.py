import unittest

from accounts.passwords import broken_rules


class BrokenRulesTest(unittest.TestCase):
    def assert_broken(self, expected, *passwords):
        for password in passwords:
            with self.subTest(password):
                self.assertEqual(broken_rules(password, "ada"), expected)

    def test_good(self):
        self.assert_broken([], "correct horse", "abcdefghij12", "12345678901a")

    def test_length(self):
        self.assert_broken(["length"], "abcdefghij1", "1bcdefgh", "!bcdefgh", "ab 1 cd ")
        self.assert_broken([], "a1" * 6, "a1" * 32)
        self.assert_broken(["length"], "a1" * 32 + "b")

    def test_shorter_if_complex(self):
        self.assert_broken([], "abcdef1!", "ab_d5fgh")
        self.assert_broken(["length"], "abcde1!", "a1!" * 22)

    def test_name(self):
        self.assert_broken(["name"], "my ada is great", "MYADAISGREAT!", "0123456789ada")
        self.assertEqual(broken_rules("my ada is great", "ADA"), ["name"])
        self.assertEqual(broken_rules("my ada is great", "bob"), [])

    def test_repetition(self):
        self.assert_broken(["repetition"], "correct horsee ee   x", "bbb correct h", "1 correct hh!!!")
        self.assert_broken([], "aabbaabbaabb1")

    def test_mix(self):
        self.assert_broken(["mix"], "abcdefghijkl", "123456789012", "12345 67890 !")

    def test_all_at_once_and_in_order(self):
        self.assert_broken(["length", "name", "repetition", "mix"], "adaaa")
        self.assert_broken(["length", "mix"], "")
