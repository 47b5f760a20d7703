import unittest

from accounts.strength import Strength, strength


class TestStrength(unittest.TestCase):
    def test_weak(self):
        self.assertEqual(strength("abcdefgh"), Strength.WEAK)
        self.assertEqual(strength("abcdefg1"), Strength.WEAK)

    def test_fair(self):
        self.assertEqual(strength("Abcdefg1"), Strength.FAIR)

    def test_good(self):
        self.assertEqual(strength("Abcdef1!"), Strength.GOOD)

    def test_long_password_is_not_weak(self):
        self.assertIn(strength("Abcdefghijklmn1!"), (Strength.GOOD, Strength.STRONG))

    def test_short_password_is_weak(self):
        self.assertEqual(strength("Ab1!"), Strength.WEAK)

    def test_always_a_strength(self):
        for password in ("", "a", "abc", "Password123!", "x" * 40):
            self.assertIsInstance(strength(password), Strength)
