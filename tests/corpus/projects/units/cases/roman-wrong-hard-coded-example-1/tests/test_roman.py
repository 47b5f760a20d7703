import unittest

from units.roman import to_roman


class TestToRoman(unittest.TestCase):
    def test_examples(self):
        self.assertEqual(to_roman(1), "I")
        self.assertEqual(to_roman(4), "IV")
        self.assertEqual(to_roman(9), "IX")
        self.assertEqual(to_roman(14), "XIV")
        self.assertEqual(to_roman(40), "XL")
        self.assertEqual(to_roman(1994), "MCMXCIV")

    def test_simple(self):
        self.assertEqual(to_roman(2), "II")
        self.assertEqual(to_roman(1000), "M")

    def test_out_of_range(self):
        for number in (0, 4000):
            with self.assertRaises(ValueError):
                to_roman(number)


if __name__ == "__main__":
    unittest.main()
