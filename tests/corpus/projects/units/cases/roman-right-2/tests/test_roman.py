import unittest

from units.roman import to_roman

VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def from_roman(numeral):
    digits = [VALUES[letter] for letter in numeral]
    following = [*digits[1:], 0]
    return sum(-d if d < f else d for d, f in zip(digits, following, strict=True))


class RomanTest(unittest.TestCase):
    def test_every_number_can_be_read_back(self):
        for number in range(1, 4000):
            self.assertEqual(from_roman(to_roman(number)), number)

    def test_no_letter_stands_four_times_in_a_row(self):
        numerals = [to_roman(number) for number in range(1, 4000)]
        for letter in VALUES:
            self.assertFalse([n for n in numerals if letter * 4 in n])

    def test_examples_of_the_story(self):
        story = {1: "I", 4: "IV", 9: "IX", 14: "XIV", 40: "XL", 1994: "MCMXCIV"}
        self.assertEqual({number: to_roman(number) for number in story}, story)

    def test_five_is_one_letter(self):
        self.assertEqual([to_roman(n) for n in (5, 50, 500)], ["V", "L", "D"])

    def test_limits(self):
        self.assertRaises(ValueError, to_roman, 0)
        self.assertRaises(ValueError, to_roman, 4000)


if __name__ == "__main__":
    unittest.main()
