import unittest

from accounts.strength import Strength, strength


class StrengthTest(unittest.TestCase):
    def check(self, expected, *passwords):
        for password in passwords:
            with self.subTest(password):
                self.assertIs(strength(password), expected)

    def test_no_point(self):
        self.check(Strength.WEAK, "abcdefgh", "ABCDEFGH", "abcdefghijk")

    def test_one_point(self):
        self.check(Strength.WEAK, "abcdefghijkl", "abcdEFGH", "abcdefg1", "abcdefg!")

    def test_two_points(self):
        self.check(Strength.FAIR, "abcdefghijklmnop", "abcdefghijk1", "abcDEF12", "ABCDEF1!")

    def test_fifteen_characters_are_not_sixteen(self):
        self.check(Strength.WEAK, "abcdefghijklmno")
        self.check(Strength.GOOD, "abcdefghijklmno1")

    def test_three_points(self):
        self.check(Strength.GOOD, "Abcdef1!", "Abcdefghijk1", "abcdefghij1 ")

    def test_four_and_five_points(self):
        self.check(Strength.STRONG, "Abcdefghij1!", "Abcdefghijklmn1!")

    def test_seven_characters_are_always_weak(self):
        self.check(Strength.WEAK, "Abcde1!", "Ab1!", "")
        self.check(Strength.GOOD, "Abcdef1!")
