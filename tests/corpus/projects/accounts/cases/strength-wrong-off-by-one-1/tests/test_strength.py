import unittest

from accounts.strength import Strength, strength


class TestStrength(unittest.TestCase):
    def test_weak(self):
        self.assertIs(strength("abcdefghij"), Strength.WEAK)

    def test_fair(self):
        self.assertIs(strength("Abcdefghij1"), Strength.FAIR)

    def test_good(self):
        self.assertIs(strength("Abcdefgh1!"), Strength.GOOD)

    def test_strong(self):
        self.assertIs(strength("Abcdefghijklmnopq1!"), Strength.STRONG)

    def test_too_short(self):
        self.assertIs(strength("Ab1!"), Strength.WEAK)
