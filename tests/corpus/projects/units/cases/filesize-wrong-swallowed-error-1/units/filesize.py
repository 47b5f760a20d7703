"""Parse human readable file sizes."""

import re

_PATTERN = re.compile(r"^\s*([\d.]+)\s*([kmg]?i?b)?\s*$", re.IGNORECASE)
_FACTORS = {
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}


def parse_size(text: str) -> int:
    """Parse a human readable size and return the number of bytes."""
    try:
        number, unit = _PATTERN.match(text).groups()
        return int(float(number) * _FACTORS[(unit or "b").lower()])
    except (AttributeError, KeyError, ValueError):
        return 0
