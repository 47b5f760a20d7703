"""Parse human readable file sizes."""

import re

_PATTERN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:([kmg])?(i)?b)?\s*", re.IGNORECASE)
_POWERS = {"k": 1, "m": 2, "g": 3}


def parse_size(text: str) -> int:
    """Parse a human readable size and return the number of bytes."""
    match = _PATTERN.fullmatch(text)
    if not match:
        raise ValueError(f"invalid size: {text!r}")
    number, prefix, binary = match.groups()
    if prefix is None:
        return int(float(number))
    if binary:
        base = 1000
    else:
        base = 1024
    return int(float(number) * base ** _POWERS[prefix.lower()])
