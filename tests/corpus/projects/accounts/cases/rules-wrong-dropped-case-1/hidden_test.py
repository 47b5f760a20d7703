import unittest

from accounts.passwords import broken_rules


class RulesTest(unittest.TestCase):
    def test_rules(self):
        rows = {
            "correct horse": [],
            "abcdefghij12": [],
            "abcdefghij1": ["length"],
            "abcde1!x": [],
            "abcd1!x": ["length"],
            "abcdefg1": ["length"],
            "abcdefg!": ["length"],
            "abcdef1 ": ["length"],
            "ab1 " * 16: [],
            "ab1 " * 16 + "x": ["length"],
            "xx Linus yy 1": ["name"],
            "xxlinusyyzz1": ["name"],
            "aab1ccd2eef3": [],
            "aaab1ccd2eef": ["repetition"],
            "abcdefghijkl": ["mix"],
            "1234567890!?": ["mix"],
            "linuslll": ["length", "name", "repetition", "mix"],
        }
        for password, rules in rows.items():
            with self.subTest(password):
                self.assertEqual(list(broken_rules(password, "linus")), rules)
