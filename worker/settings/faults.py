"""What is wrong with the configuration, said all at once and without any secret's value."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from worker.domain.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that an operator has to mend."""

    where: str
    """The setting's name, or file, table and key."""
    wrong: str
    """What is wrong, as the rest of a sentence (``is missing``); never holds the value."""
    remedy: str
    """What to do, as a sentence."""

    def __str__(self) -> str:
        return f"{self.where} {self.wrong}. {self.remedy}"


def refuse(faults: Sequence[Fault]) -> None:
    """Raise ConfigurationError with the whole list; do nothing where it is empty."""
    if not faults:
        return
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    lines = "\n".join(f"  * {fault}" for fault in faults)
    raise ConfigurationError(f"The configuration has {count}:\n{lines}")


def nearest(name: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """The known name most like ``name`` (difflib's ratio, at least ``cutoff``), or None."""
    found = difflib.get_close_matches(name, sorted(known), n=1, cutoff=cutoff)
    return found[0] if found else None
