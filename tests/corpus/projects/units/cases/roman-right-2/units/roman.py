"""Roman numerals, digit by digit."""

_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_TENS = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
_HUNDREDS = ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM")


def to_roman(number: int) -> str:
    if number < 1 or number > 3999:
        raise ValueError("Roman numerals go from 1 to 3999")
    thousands, rest = divmod(number, 1000)
    hundreds, rest = divmod(rest, 100)
    tens, ones = divmod(rest, 10)
    return "M" * thousands + _HUNDREDS[hundreds] + _TENS[tens] + _ONES[ones]
