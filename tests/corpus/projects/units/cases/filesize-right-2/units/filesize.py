"""File sizes."""

from fractions import Fraction

UNITS = (
    ("kib", 2**10),
    ("mib", 2**20),
    ("gib", 2**30),
    ("kb", 10**3),
    ("mb", 10**6),
    ("gb", 10**9),
    ("b", 1),
)


def parse_size(text: str) -> int:
    number, factor = text.strip().lower(), 1
    for unit, factor_of_unit in UNITS:
        if number.endswith(unit):
            number, factor = number[: -len(unit)].strip(), factor_of_unit
            break
    if not set(number) <= set("0123456789."):
        raise ValueError(f"{text!r} is not a file size")
    try:
        return int(Fraction(number) * factor)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a file size") from error
