import unittest
from collections import Counter
from itertools import product

from accounts.strength import Strength, strength


def password(length, *, mixed, digit, special):
    extra = "X" * mixed + "7" * digit + "#" * special
    return "x" * (length - len(extra)) + extra


class StrengthTest(unittest.TestCase):
    def test_every_combination(self):
        seen = Counter()
        for length, for_length in ((8, 0), (11, 0), (12, 1), (15, 1), (16, 2), (30, 2)):
            for flags in product((False, True), repeat=3):
                mixed, digit, special = flags
                found = strength(password(length, mixed=mixed, digit=digit, special=special))
                points = for_length + sum(flags)
                expected = ["WEAK", "WEAK", "FAIR", "GOOD", "STRONG", "STRONG"][points]
                self.assertEqual(found.name, expected, (length, flags))
                seen[found] += 1
        self.assertEqual(set(seen), set(Strength))

    def test_short_ones_are_weak(self):
        for length in range(3, 8):
            short = password(length, mixed=True, digit=True, special=True)
            self.assertIs(strength(short), Strength.WEAK)

    def test_upper_case_alone_is_not_mixed(self):
        self.assertIs(strength("XXXXXXX1"), Strength.WEAK)
