"""The type of a Python error, from what pytest and unittest write about it."""

import re
from collections.abc import Iterable

_TYPED = re.compile(r"([A-Za-z_][\w.]*(?:\.<locals>[\w.]*)*)(:\s.*|:)?$")
_USUAL = re.compile(r"(Error|Exception|Warning|Exit|Interrupt|Iteration|Group|Failed|Skipped)$")
_CRASHED = re.compile(r"worker '[^']{0,100}' crashed while")
_GROUPED = re.compile(r"\[single exception in (\w+)\]$")
_FIXTURE = re.compile(r"^(?:E\s+)?(?:fixture '[^'\n]*' not found|recursive dependency involving)")


def crashed(message: str) -> bool:
    """Whether the process that a test was given to has died (pytest-xdist)."""
    return _CRASHED.match(message) is not None


def typed(line: str) -> str:
    """The short type of an error told as ``package.Type: words``; empty where that is not one."""
    match = _TYPED.match(line.rstrip())
    if match is None:
        return ""
    name, words = match[1], match[2]
    short = name.rpartition(".")[2]
    sure = _USUAL.search(short) is not None
    return short if sure or (words and (short[:1].isupper() or "." in name)) else ""


def of_message(message: str) -> str:
    """Of the message by which pytest sums up a failure."""
    first = message.lstrip().split("\n", 1)[0]
    if match := _GROUPED.search(first):
        return match[1]
    # pytest leaves the type out of what its own rewriting of ``assert`` explains.
    return "AssertionError" if first.startswith("assert ") else typed(first)


def of_explanation(text: str) -> str:
    """Of pytest's long form: the lines that begin with ``E``; ``fixture`` where one is missing."""
    block = last_block(text.split("\n"))
    if any(_FIXTURE.match(line) for line in block):
        return "fixture"
    told = [found for line in block if (found := of_message(line))]
    if not told:
        return ""
    # A syntax error is told after the place that it is at; other messages may be long.
    return told[-1] if block[0].startswith("File ") else told[0]


def last_block(lines: Iterable[str]) -> list[str]:
    """The last lines in a row that begin with ``E``, without it."""
    block: list[str] = []
    within = False
    for line in lines:
        explains = line == "E" or line.startswith("E  ")
        if explains:
            block = [*block, line[1:].strip()] if within else [line[1:].strip()]
        within = explains
    return block


def of_traceback(lines: Iterable[str]) -> tuple[str, str]:
    """Type and message of the last error in a traceback as Python prints it."""
    last = ("", "")
    frames = False
    for line in lines:
        if line.startswith(("  ", "Traceback ")):
            frames = True
        elif frames and (found := typed(line)):
            last, frames = (found, line), False
    return last
