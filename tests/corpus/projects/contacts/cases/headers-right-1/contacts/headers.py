"""Names of columns as other programs write them."""

_NAMES = {
    "email": "email",
    "mail": "email",
    "emailaddress": "email",
    "name": "name",
    "fullname": "name",
    "displayname": "name",
    "phone": "phone",
    "mobile": "phone",
    "telephone": "phone",
}
_IGNORED = str.maketrans("", "", " -_")


class DuplicateColumn(ValueError):
    """Two columns mean the same."""


def canonical(header: list[str]) -> list[str]:
    """Our names for a header. Raises DuplicateColumn."""
    ours: list[str] = []
    for column in header:
        name = _NAMES.get(column.lower().translate(_IGNORED), column.strip())
        if name in ours:
            raise DuplicateColumn(f"there is more than one column {name!r}")
        ours.append(name)
    return ours
