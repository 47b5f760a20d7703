"""What never tells anything by a change, in any language: logging, and the like."""

import re

_LOGGER = re.compile(
    r"(^|[._])(log|logs|logger|logging|logrus|slog|console|warnings|structlog|getlogger|get_logger)$"
)
_ARGUMENTS = re.compile(r"\([^()]*\)")
_LEVELS = frozenset(
    {
        *("debug", "info", "warn", "warning", "error", "exception", "critical", "fatal", "trace"),
        *("log", "notice", "print", "println", "printf", "table", "dir", "group", "assert", "time"),
        *("warn_explicit", "infof", "debugf", "warnf", "errorf", "bind", "basicconfig"),
        *("getlogger", "setlevel", "timeend", "groupend", "get_logger"),
    }
)
_PRINTING = frozenset(
    {
        "print",
        "pprint",
        "println",
        "fmt.print",
        "fmt.println",
        "fmt.printf",
        "pprint.pprint",
        "process.emitwarning",
        "warn",
    }
)
_TIDYING = frozenset(
    {
        *("close", "flush", "sleep", "warn", "acquire", "release", "wait", "collect", "mkdir"),
        *(
            "makedirs",
            "join",
            "shutdown",
            "assert_never",
            "super",
            "cleartimeout",
            "preventdefault",
        ),
        *("clearinterval", "aclose", "dispose", "unref", "freeze", "setrecursionlimit", "seed"),
    }
)


def logs(called: str) -> bool:
    """Whether a call of this name only tells people something."""
    name = _ARGUMENTS.sub("", called.lower().replace(" ", ""))
    if name in _PRINTING:
        return True
    holder, _, last = name.rpartition(".")
    return last in _LEVELS and _LOGGER.search(holder) is not None


def tidies(called: str) -> bool:
    """Whether no result hangs on a call of this name."""
    return called.lower().rpartition(".")[2] in _TIDYING or called.startswith("super")
