"""Names that a member may choose."""

import re

_NAME = re.compile(r"[a-z][a-z0-9_]{2,19}")


def is_valid_name(name: str) -> bool:
    """3 to 20 characters: lower-case letters, digits and underscores; a letter first."""
    return _NAME.fullmatch(name) is not None
