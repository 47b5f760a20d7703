import unittest

from accounts.strength import Strength, strength


class StrengthTest(unittest.TestCase):
    def test_strength(self):
        rows = {
            "": Strength.WEAK,
            "abcdefgh": Strength.WEAK,
            "abcdefg1": Strength.WEAK,
            "Abcdefg1": Strength.FAIR,
            "Abcdefghijk": Strength.WEAK,
            "Abcdefghijkl": Strength.FAIR,
            "abcdefghijklmnop": Strength.FAIR,
            "abcdefghijklmno": Strength.WEAK,
            "Abcdef1!": Strength.GOOD,
            "Abcdefghijk1": Strength.GOOD,
            "Abcdefghij1!": Strength.STRONG,
            "Abcdefghijklmn1!": Strength.STRONG,
            "Abcd1!x": Strength.WEAK,
        }
        for password, expected in rows.items():
            with self.subTest(password):
                self.assertIs(strength(password), expected)
