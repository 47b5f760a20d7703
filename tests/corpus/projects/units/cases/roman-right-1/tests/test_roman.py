import unittest

from units.roman import to_roman


class ToRomanTest(unittest.TestCase):
    def check(self, **expected):
        for numeral, number in expected.items():
            with self.subTest(number=number):
                self.assertEqual(to_roman(number), numeral)

    def test_single_symbols(self):
        self.check(I=1, V=5, X=10, L=50, C=100, D=500, M=1000)

    def test_subtractive_forms(self):
        self.check(IV=4, IX=9, XL=40, XC=90, CD=400, CM=900)

    def test_composed(self):
        self.check(III=3, VIII=8, XIV=14, XXXIX=39, CDXLIV=444, MCMXCIV=1994, MMXXV=2025)

    def test_largest(self):
        self.check(MMMCMXCIX=3999)

    def test_out_of_range(self):
        for number in (-1, 0, 4000):
            with self.subTest(number=number), self.assertRaisesRegex(ValueError, str(number)):
                to_roman(number)
