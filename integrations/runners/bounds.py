"""Text from a sandbox made fit to be read, and results made fit to be kept: short, in one piece."""

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from worker.domain.test_results import TestResult

RESULTS = 20_000
"""Of more tests, the first."""
_OUTPUT_CHARACTERS = 8 * 1024 * 1024
_LINES = 400_000
_LINE_CHARACTERS = 4_000
_MESSAGE_CHARACTERS = 600
_NAME_CHARACTERS = 500
_ERROR_CHARACTERS = 100

_COLOUR = re.compile(r"\x1b\[[0-9;:?]{0,40}[A-Za-z]|\x1b\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)")
_INVISIBLE = (
    *(code for code in range(0x20) if code not in {0x09, 0x0A, 0x0D}),
    *range(0x7F, 0xA0),
    *(0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF),
    *range(0xD800, 0xE000),
)
"""Control characters, those that turn the direction of writing, and halves of characters."""
_SHOWN: dict[int, str | None] = {**dict.fromkeys(_INVISIBLE), 0x0D: None}
_ONE_LINE: dict[int, str | None] = {**_SHOWN, 0x09: " ", 0x0A: " "}


@dataclass(frozen=True, slots=True)
class Output:
    """What a command wrote, without colours."""

    text: str
    lines: Sequence[str]
    """Each cut, so that no pattern takes long."""


def opened(output: str) -> Output:
    """Of a very long output, the end."""
    text = _COLOUR.sub("", output[-_OUTPUT_CHARACTERS:])
    lines = text.replace("\r\n", "\n").split("\n")[-_LINES:]
    return Output(text, [line[:_LINE_CHARACTERS] for line in lines])


def first(results: Iterable[TestResult]) -> dict[tuple[str, str], TestResult]:
    """By file and name: of one that is told again, what was told last; of very many, the first."""
    return {(result.file, result.name): result for result in islice(results, RESULTS)}


def bounded(result: TestResult, top: str) -> TestResult:
    """``top`` is the absolute path of the checkout, which names and files are told without."""
    name = result.name[: 2 * _NAME_CHARACTERS].translate(_ONE_LINE).strip()
    return TestResult(
        name=name.removeprefix(f"{top}/")[:_NAME_CHARACTERS],
        outcome=result.outcome,
        file=_below(result.file[: 2 * _NAME_CHARACTERS].translate(_ONE_LINE).strip(), top),
        error=result.error[:_ERROR_CHARACTERS].translate(_ONE_LINE).strip(),
        message=_message(result.message),
    )


def _message(text: str) -> str:
    shown = text[: 4 * _MESSAGE_CHARACTERS].translate(_SHOWN).strip("\n")
    lines = [line.rstrip() for line in shown.split("\n")]
    return "\n".join(lines).strip()[:_MESSAGE_CHARACTERS]


def _below(file: str, top: str) -> str:
    """Empty for a path that leads out of the checkout."""
    if not file:
        return ""
    path = posixpath.normpath(file.removeprefix("file://").replace("\\", "/"))
    path = path.removeprefix(f"{top}/")
    return "" if path.startswith(("/", "..")) or path == "." else path[:_NAME_CHARACTERS]
