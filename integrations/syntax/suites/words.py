"""Names that say that something is true or false, in any language."""

import re

_PREDICATE = re.compile(
    r"_*(is|has|can|should|was|are|does|did|will|must|needs|allows|supports|contains|includes"
    r"|matches|equals|exists|accepts|validates)(?![a-z])"
)
_METHODS = frozenset(
    {
        *("startswith", "endswith", "isdigit", "isalpha", "isalnum", "isupper", "islower"),
        *("isspace", "istitle", "isnumeric", "isdecimal", "isidentifier", "isascii", "isclose"),
        *("isnan", "isinf", "isfinite", "issubset", "issuperset", "isdisjoint", "match", "search"),
        *("fullmatch", "allclose", "array_equal", "startsWith", "endsWith", "test", "every"),
        *("some", "isArray", "isInteger", "isNaN", "compare_digest", "samefile", "equal"),
        *("deepEqual", "isDeepStrictEqual"),
    }
)
_STATES = frozenset(
    {
        *("ok", "valid", "success", "passed", "failed", "empty", "done", "open", "ready", "active"),
        *("green", "red", "found", "healthy", "alive", "running", "dirty", "clean", "equal"),
        *("free", "busy", "busted", "full", "online", "offline", "visible", "hidden", "member"),
    }
)
_STATE = re.compile(r"\w{2,}(ed|able|ible)")


def says_yes_or_no(name: str) -> bool:
    """Whether a call of this gives a boolean, by its name."""
    last = name.rpartition(".")[2]
    return last in _METHODS or _PREDICATE.match(last) is not None


def is_yes_or_no(name: str) -> bool:
    """Whether what is called so is a boolean."""
    last = name.rpartition(".")[2].lstrip("_#")
    return (
        last.lower() in _STATES
        or _STATE.fullmatch(last) is not None
        or _PREDICATE.match(last) is not None
    )


_ORDER = frozenset({"<", "<=", ">", ">="})
_NUMBER = re.compile(r"-?[0-9][0-9_]*(\.[0-9_]*)?n?")
_MEASURED = re.compile(
    r"(^|_)(elapsed|duration|seconds|millis|ms|took|time|clock|memory|bytes|random|probability|diff"
    r"|error|distance|delta|abs|now|monotonic|perf_counter|isclose|p\d\d)(_|$)",
    re.IGNORECASE,
)
_COMPUTED = re.compile(r"\s[-+*/%]\s")


def leaves_open(subject: str, operator: str, bound: str) -> bool:
    """Whether ``SUBJECT OPERATOR BOUND`` is true of nearly any result: ``total(cart) > 0``. What is
    measured, or is off by a little, can be compared in no other way.
    """
    if operator not in _ORDER or _NUMBER.fullmatch(bound) is None:
        return False
    name = subject.partition("(")[0].rpartition(".")[2]
    return _MEASURED.search(name) is None and _COMPUTED.search(subject) is None


CHECKING = re.compile(r"_*(assert|check|expect|verify|ensure)(?![a-z])\w*")
"""A function that checks, by its name, where its text is elsewhere."""
