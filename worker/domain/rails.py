"""What a repository's settings allow a change to be: how large, where, and of what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Banned:
    """A pattern that no added line may match."""

    name: str
    pattern: str
    """A regular expression of Python's ``re``, searched for in each added line."""
    files: tuple[str, ...] = ()
    """Shell patterns (fnmatch) of paths; empty means all but tests."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rails:
    """None or empty where the settings say nothing."""

    dependencies: tuple[str, ...] | None = None
    """Names, or shell patterns of names, that manifests may newly hold; ``()`` means none."""
    directories: tuple[str, ...] = ()
    """Paths below which files may change; a path without a slash at its end is a file."""
    interfaces: tuple[str, ...] = ()
    """Shell patterns of files whose public names and signatures must stay as on the base."""
    banned: tuple[Banned, ...] = ()
    max_files: int | None = None
    max_lines: int | None = None
    """Added lines, tests not counted."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """How the tests of a change are put to the proof."""

    seconds: float = 300.0
    """For all mutants of a round together; 0 turns it off."""
    survivors: float = 0.1
    """The share of the tried mutants that may survive."""
