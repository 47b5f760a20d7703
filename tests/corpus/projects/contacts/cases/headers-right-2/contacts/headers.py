"""Maps headers of exported files to our own columns."""

import re
from collections import Counter

SYNONYMS = {
    "email": ("email", "mail", "emailaddress"),
    "name": ("name", "fullname", "displayname"),
    "phone": ("phone", "mobile", "telephone"),
}


class DuplicateColumn(ValueError):
    def __init__(self, column: str) -> None:
        super().__init__(f"column {column} is there twice")
        self.column = column


def _canonical_name(written: str) -> str:
    key = re.sub(r"[\s_-]", "", written).lower()
    for ours, synonyms in SYNONYMS.items():
        if key in synonyms:
            return ours
    return written.strip()


def canonical(header: list[str]) -> list[str]:
    names = [_canonical_name(written) for written in header]
    name, times = Counter(names).most_common(1)[0] if names else ("", 0)
    if times > 1:
        raise DuplicateColumn(name)
    return names
