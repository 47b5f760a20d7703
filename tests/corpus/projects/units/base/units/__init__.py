"""Conversions for people: lengths, sizes, numerals."""

FEET_PER_METRE = 3.280839895


def metres_to_feet(metres: float) -> float:
    return metres * FEET_PER_METRE


def feet_to_metres(feet: float) -> float:
    return feet / FEET_PER_METRE
