"""Reads the files that a model wrote into a text answer, in whatever way it marked them."""

import ast
import json
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_OPENING = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_PATH = re.compile(r"[\w.@+-]+(?:/[\w.@+-]+)*")
_COMMENT = re.compile(r"^\s*(?:#|//|--|;|/\*|<!--|%)\s*(?P<text>.*?)\s*(?:\*/|-->)?\s*$")
_LABEL = re.compile(r"^(?:file(?:name)?|path|title)\s*[:=]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """One whole file as the model wrote it."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    info: str
    before: str
    """The last line before it that is not blank."""
    text: str
    closed: bool


def read_answer(answer: str, editable: Sequence[str], *, cut_off: bool = False) -> list[Written]:
    """The files in ``answer``; ``editable`` are those asked for, empty where any may be written.

    A path is taken from the line before a block, from its info string, or from a comment in its
    first line. Where exactly one file was asked for, the first block without a path of its own is
    that file, or the whole answer if it plainly is such a file. ``cut_off`` says that the answer
    ended at its length limit: a block left open is then not a whole file.
    """
    blocks = [b for b in _blocks(answer) if b.text.strip() and (b.closed or not cut_off)]
    named: dict[str, str] = {}
    unnamed: list[str] = []
    for block in blocks:
        path, text = _named(block, editable)
        if path is None:
            unnamed.append(text)
        else:
            named[path] = text
    only = editable[0] if len(editable) == 1 else None
    if only is not None and only not in named and unnamed:
        named[only] = unnamed[0]
    if only is not None and not blocks and not cut_off and _plainly(answer, only):
        named[only] = answer.strip() + "\n"
    return [Written(path, text) for path, text in named.items()]


def _blocks(answer: str) -> Iterator[_Block]:
    lines = iter(answer.splitlines())
    before = ""
    for line in lines:
        opening = _OPENING.match(line)
        if not opening:
            before = line.strip() or before
            continue
        text: list[str] = []
        closed = False
        for inner in lines:
            if _closes(inner, opening["fence"]):
                closed = True
                break
            text.append(inner)
        yield _Block(opening["info"].strip(), before, "\n".join(text) + "\n", closed)
        before = ""


def _closes(line: str, fence: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(fence) and set(bare) == {fence[0]}


def _named(block: _Block, editable: Sequence[str]) -> tuple[str | None, str]:
    """The block's path, if it has one, and its text without the comment that named it."""
    for candidates in (_in_info(block.info), _in_line(block.before)):
        for candidate in candidates:
            path = _path(candidate, editable)
            if path is not None:
                return path, block.text
    first, _, rest = block.text.partition("\n")
    comment = _COMMENT.match(first)
    if comment:
        path = _path(_LABEL.sub("", comment["text"]).strip("`* "), editable)
        if path is not None:
            return path, rest
    return None, block.text


def _in_info(info: str) -> list[str]:
    """``python calc.py``, ``python:calc.py``, ``python title="calc.py"``, ``calc.py``."""
    words = re.split(r"[\s:{}]+", info)
    return [_LABEL.sub("", word).strip("\"'") for word in words]


def _in_line(line: str) -> list[str]:
    """``calc.py``, ``**calc.py**``, ``### `calc.py```, ``File: calc.py:``, or the only path that a
    sentence has in backticks.
    """
    quoted = re.findall(r"`([^`]+)`", line)
    bare = re.sub(r"^\s*(?:[#>*-]+|\d+[.)])\s+", "", line).strip("*_ ").rstrip(":").strip("*`_ ")
    return [_LABEL.sub("", bare).strip("`*\"' "), *(quoted if len(quoted) == 1 else [])]


def _path(candidate: str, editable: Sequence[str]) -> str | None:
    """``candidate`` as a path of the repository, if it can be one."""
    candidate = candidate.removeprefix("./")
    if not _PATH.fullmatch(candidate):
        return None
    matching = [p for p in editable if p == candidate or PurePosixPath(p).name == candidate]
    if len(matching) == 1:
        return matching[0]
    suffix = PurePosixPath(candidate).suffix
    plausible = "/" in candidate or (len(suffix) > 1 and not suffix[1:].isdigit())
    return candidate if plausible else None


def _plainly(answer: str, path: str) -> bool:
    """Whether a text without any block is itself such a file, and not words."""
    text = answer.strip()
    match PurePosixPath(path).suffix:
        case ".py":
            return _is_python(text)
        case ".json":
            try:
                return isinstance(json.loads(text), dict | list)
            except (ValueError, RecursionError):
                return False
        case _:
            return False


def _is_python(text: str) -> bool:
    """Words can parse as an expression; a program has a statement of another kind."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(not isinstance(statement, ast.Expr) for statement in tree.body)
