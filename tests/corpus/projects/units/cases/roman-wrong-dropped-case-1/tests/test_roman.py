import unittest

from units.roman import to_roman


class TestToRoman(unittest.TestCase):
    def test_ones(self):
        self.assertEqual(
            [to_roman(n) for n in range(1, 11)],
            ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"],
        )

    def test_tens(self):
        self.assertEqual(to_roman(14), "XIV")
        self.assertEqual(to_roman(40), "XL")
        self.assertEqual(to_roman(90), "XC")

    def test_thousands(self):
        self.assertTrue(to_roman(1994).startswith("M"))
        self.assertTrue(to_roman(1994).endswith("XCIV"))

    def test_zero(self):
        with self.assertRaises(ValueError):
            to_roman(0)
