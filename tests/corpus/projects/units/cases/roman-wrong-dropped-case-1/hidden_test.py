import unittest

from units.roman import to_roman


class RomanTest(unittest.TestCase):
    def test_numerals(self):
        for number, numeral in {
            1: "I", 3: "III", 4: "IV", 8: "VIII", 9: "IX", 14: "XIV", 40: "XL", 49: "XLIX",
            90: "XC", 400: "CD", 444: "CDXLIV", 900: "CM", 1994: "MCMXCIV", 2025: "MMXXV",
            3999: "MMMCMXCIX", 27: "XXVII", 666: "DCLXVI",
        }.items():
            with self.subTest(number):
                self.assertEqual(to_roman(number), numeral)

    def test_out_of_range(self):
        for number in (0, -1, 4000):
            with self.subTest(number), self.assertRaises(ValueError):
                to_roman(number)
