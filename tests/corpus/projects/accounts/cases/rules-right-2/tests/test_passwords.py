import unittest

from accounts.passwords import broken_rules

ROWS = [
    # password, broken rules
    ("twelve chars", []),
    ("short words", ["length"]),
    ("sh0rt ok", ["length"]),
    ("sh0rt-ok", []),
    ("sh0rt-o", ["length"]),
    ("short--ok", ["length"]),
    ("ab1-" * 16, []),
    ("ab1-" * 16 + "c", ["length"]),
    ("is eve in here?", ["name"]),
    ("IS EVE IN HERE?", ["name"]),
    ("doubles: bb cc dd", []),
    ("triples: bbb cc dd", ["repetition"]),
    ("at the ends: ddd", ["repetition"]),
    ("onlyletters", ["length", "mix"]),
    ("onlylettersx", ["mix"]),
    ("4815162342 !", ["mix"]),
    ("eveee", ["length", "name", "repetition", "mix"]),
]


class PasswordTest(unittest.TestCase):
    def test_rows(self):
        for password, rules in ROWS:
            with self.subTest(password=password):
                self.assertEqual(broken_rules(password, "eve"), rules)
