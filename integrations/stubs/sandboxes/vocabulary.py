"""The few commands that a scripted sandbox understands, and what they do."""

import posixpath
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_SHELLS = (("sh", "-c"), ("bash", "-c"))
_NOT_UNDERSTOOD = re.compile(r"[$`\\\n]")
_NOT_PLAIN_PATH = re.compile(r"[*?\[\]~]|^-")
_NOT_PLAIN_WORD = re.compile(r"[*^$\\\[\]]|^-|^$")
_SECONDS = re.compile(r"\d+(\.\d+)?")
_NUMBER = re.compile(r"\d{1,3}")
_NO_MATCH, _NO_FILE = 1, 2


@dataclass(frozen=True, slots=True)
class Step:
    """One simple command of a line."""

    words: tuple[str, ...]
    after_success: bool
    """Whether it stands behind ``&&``."""


def understood(argv: Sequence[str]) -> tuple[Step, ...] | None:
    """The steps of an argument vector, or of the line that it gives to a shell; None where any part
    of it is not in the vocabulary: ``sleep N``, ``grep -q WORD FILE``, ``true``, ``false``,
    ``exit N``, joined by ``&&`` or ``;``. A quoted ``;`` is taken for a bare one.
    """
    given_to_a_shell = len(argv) == 3 and tuple(argv[:2]) in _SHELLS  # noqa: PLR2004 - sh -c TEXT
    steps = _steps(argv[2]) if given_to_a_shell else (Step(tuple(argv), after_success=False),)
    return steps if steps and all(_known(step.words) for step in steps) else None


def perform(
    steps: Sequence[Step], files: Mapping[str, bytes], pause: Callable[[float], None]
) -> tuple[int, str]:
    """The exit code and the output of the steps; ``pause`` is given what is to be slept, in
    seconds, and may raise.
    """
    code, output = 0, ""
    for step in steps:
        if step.after_success and code != 0:
            continue
        match step.words:
            case ("exit", number):
                return int(number), output
            case ("sleep", seconds):
                pause(float(seconds))
                code = 0
            case ("grep", "-q", word, path):
                code = _grep(word, files.get(posixpath.normpath(path)))
                output += f"grep: {path}: No such file\n" if code == _NO_FILE else ""
            case (word,):
                code = 0 if word == "true" else 1
    return code, output


def _steps(line: str) -> tuple[Step, ...]:
    if _NOT_UNDERSTOOD.search(line):
        return ()
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    steps: list[Step] = []
    words: list[str] = []
    after_success = False
    try:
        for part in [*lexer, ";"]:
            if part not in (";", "&&"):
                words.append(part)
                continue
            if words:
                steps.append(Step(tuple(words), after_success))
            elif part == "&&" or after_success:
                return ()
            words, after_success = [], part == "&&"
    except ValueError:  # a quote that is not closed
        return ()
    return tuple(steps)


def _known(words: tuple[str, ...]) -> bool:
    match words:
        case ("sleep", seconds):
            return bool(_SECONDS.fullmatch(seconds))
        case ("exit", number):
            return bool(_NUMBER.fullmatch(number)) and int(number) < 256  # noqa: PLR2004 - a byte
        case ("grep", "-q", word, path):
            return not (_NOT_PLAIN_WORD.search(word) or _NOT_PLAIN_PATH.search(path))
        case ("true",) | ("false",):
            return True
        case _:
            return False


def _grep(word: str, content: bytes | None) -> int:
    if content is None:
        return _NO_FILE
    # A dot stands for any character, as in any basic regular expression.
    pattern = re.compile(re.escape(word).replace(r"\.", "."))
    return 0 if pattern.search(content.decode(errors="replace")) else _NO_MATCH
