"""Smells in Python code."""

import re
from collections.abc import Iterator, Sequence

from integrations.syntax.mutation.python import called
from integrations.syntax.mutation.wording import logs
from integrations.syntax.smells.examples import Rows, made_for_tests
from integrations.syntax.smells.python_examples import candidates
from integrations.syntax.tree import Node
from worker.domain.source import Smell

_ANY = re.compile(r"\b(Exception|BaseException)\b")
_EXPECTED = frozenset(
    {
        *("KeyError", "IndexError", "LookupError", "ValueError", "StopIteration", "AttributeError"),
        *("FileNotFoundError", "ImportError", "ModuleNotFoundError", "ProcessLookupError"),
        *(
            "FileExistsError",
            "ZeroDivisionError",
            "UnicodeDecodeError",
            "Empty",
            "Full",
            "DoesNotExist",
        ),
        *("TypeError", "StopAsyncIteration", "CancelledError", "InvalidOperation", "NotFound"),
    }
)
"""What is not there, or not of that form: an ordinary answer to one question, no failure."""
_CONSTANTS = frozenset({"none", "true", "false", "integer", "float", "string"})
_EMPTY = frozenset({"[]", "{}", "()", "set()", "dict()", "list()", "tuple()", "frozenset()", "-1"})
_NESTED = frozenset({"function_definition", "lambda", "class_definition"})


def smells(root: Node, rows: Rows) -> Sequence[tuple[Smell, int]]:
    """In the order of the text, each with its last line."""
    found: list[tuple[Smell, int]] = []
    for node in root.walk():
        if node.kind == "try_statement":
            for clause in node.parts:
                if clause.kind == "except_clause":
                    found += _handled(clause, node)
        elif node.kind == "with_item" and _suppresses_all(node):
            found.append((Smell("swallowed error", node.line, node.short), node.line))
    for candidate in candidates(root) if rows else ():
        for pair in made_for_tests(candidate, rows):
            smell = Smell("hard-coded example", pair.node.line, pair.node.short)
            found.append((smell, _last_line(pair.node)))
    return sorted(found, key=lambda one: one[0].line)


def _handled(clause: Node, statement: Node) -> Iterator[tuple[Smell, int]]:
    value, body = clause.child("value"), clause.parts[-1]
    broad = value is None or _ANY.search(value.short) is not None
    if broad and not any(node.kind == "raise_statement" for node in clause.walk(_nested)):
        yield Smell("broad except", clause.line, clause.short), clause.line
    if body.kind != "block" or not all(_forgets(part) for part in body.parts):
        return
    if broad or not _is_an_answer(value, statement):
        yield Smell("swallowed error", clause.line, clause.short), _last_line(clause)


def _nested(node: Node) -> bool:
    return node.kind in _NESTED


def _is_an_answer(value: Node | None, statement: Node) -> bool:
    """Whether one thing is tried, and its ordinary refusal is what is caught."""
    body = statement.child("body")
    if value is None or body is None or len(body.parts) != 1:
        return False
    caught = value.parts[0] if value.kind == "as_pattern" else value
    named = caught.parts if caught.kind in {"tuple", "parenthesized_expression"} else [caught]
    return all(name.short.rpartition(".")[2] in _EXPECTED for name in named)


def _forgets(statement: Node) -> bool:
    if statement.kind in {"pass_statement", "continue_statement", "break_statement"}:
        return True
    inner = statement.parts[0] if statement.parts else None
    if statement.kind == "return_statement":
        return inner is None or _default(inner)
    if statement.kind != "expression_statement" or inner is None:
        return False
    if inner.kind == "assignment":
        value = inner.child("right")
        return value is not None and _default(value)
    return inner.kind in {"ellipsis", "string"} or (inner.kind == "call" and logs(called(inner)))


def _default(value: Node) -> bool:
    constant = value.kind in _CONSTANTS and len(value.children) <= len(("open", "text", "close"))
    return constant or value.short in _EMPTY


def _suppresses_all(item: Node) -> bool:
    value = item.child("value")
    return (
        value is not None
        and value.kind == "call"
        and called(value).rpartition(".")[2] == "suppress"
        and _ANY.search(value.short) is not None
    )


def _last_line(node: Node) -> int:
    return node.line + node.text.count("\n")
