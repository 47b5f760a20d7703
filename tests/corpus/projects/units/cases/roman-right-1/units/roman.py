"""Roman numerals."""

_SYMBOLS = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
LARGEST = 3999


def to_roman(number: int) -> str:
    """``number`` as a Roman numeral. Raises ValueError outside of 1 to 3999."""
    if not 1 <= number <= LARGEST:
        raise ValueError(f"no Roman numeral for {number}")
    parts = []
    for value, symbol in _SYMBOLS:
        count, number = divmod(number, value)
        parts.append(symbol * count)
    return "".join(parts)
