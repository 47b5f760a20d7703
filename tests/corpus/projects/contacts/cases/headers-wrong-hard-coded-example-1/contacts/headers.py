"""Canonical column names."""


class DuplicateColumn(ValueError):
    """Raised when two columns map to the same canonical name."""


def canonical(header: list[str]) -> list[str]:
    """Return the canonical names of the given columns."""
    result: list[str] = []
    for column in header:
        lowered = column.strip().lower()
        if lowered in ("email", "e-mail", "mail"):
            name = "email"
        elif lowered in ("name", "full name"):
            name = "name"
        elif lowered in ("phone", "mobile"):
            name = "phone"
        else:
            name = column.strip()
        if name in result:
            raise DuplicateColumn(name)
        result.append(name)
    return result
