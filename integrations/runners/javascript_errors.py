"""The type of a JavaScript error, from what its runners write about it."""

import re
from collections.abc import Iterable

MISSING = "MODULE_NOT_FOUND"
_TYPED = re.compile(r"(?:Uncaught )?([A-Z]\w{0,80})(?: \[[\w ]+\])?: ")
_MISSING = re.compile(
    r"Cannot find (?:module|package) |Failed to (?:resolve import|load url) |ERR_MODULE_NOT_FOUND"
)
_SYNTAX = re.compile(r"invalid JS syntax|Transform failed|Jest failed to parse|PARSE_ERROR")
_EXPECTED = ("expect(", "expect.")
_ASSERTED = (*_EXPECTED, "assert.", "assert(")


def typed(line: str) -> str:
    """``MODULE_NOT_FOUND`` whatever the type that a missing module is told by."""
    line = line.strip()
    if _MISSING.search(line):
        return MISSING
    if _SYNTAX.search(line):
        return "SyntaxError"
    match = _TYPED.match(line)
    if match is not None and line.removeprefix("Error: ").startswith(_EXPECTED):
        return "AssertionError"
    if match is not None:
        return match[1]
    return "AssertionError" if line.startswith(_ASSERTED) else ""


def of_lines(lines: Iterable[str]) -> str:
    """The first that is told, a mere ``Error`` only if there is nothing more precise."""
    vague = ""
    for line in lines:
        found = typed(line)
        if found and found != "Error":
            return found
        vague = vague or found
    return vague
