"""Roman numeral conversion."""

NUMERALS = {
    1000: "M",
    500: "D",
    100: "C",
    90: "XC",
    50: "L",
    40: "XL",
    10: "X",
    9: "IX",
    5: "V",
    4: "IV",
    1: "I",
}


def to_roman(number: int) -> str:
    """Convert an integer between 1 and 3999 to a Roman numeral."""
    if not isinstance(number, int) or number < 1 or number > 3999:
        raise ValueError(f"cannot convert {number!r}")
    result = ""
    for value, numeral in NUMERALS.items():
        while number >= value:
            result += numeral
            number -= value
    return result
