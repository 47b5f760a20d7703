"""Smells in JavaScript and TypeScript code."""

import re
from collections.abc import Iterator, Sequence

from integrations.syntax.mutation.javascript import called
from integrations.syntax.mutation.wording import logs
from integrations.syntax.smells.examples import Rows, made_for_tests
from integrations.syntax.smells.javascript_examples import candidates
from integrations.syntax.tree import Node
from worker.domain.source import Smell

_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
_PARSING = re.compile(
    r"\b(JSON\.parse|new URL|decodeURI(Component)?|BigInt|require\.resolve|(access|stat|lstat)"
    r"(Sync)?|atob|new RegExp|Temporal\.\w+\.from|structuredClone)\("
)
"""What refuses by an error what is not of its form; the language cannot catch that alone."""
_CONSTANTS = frozenset({"null", "undefined", "true", "false", "number", "string"})
_NOTHING = frozenset({"[]", "{}", "void 0", "-1", "({})", "NaN"})


def smells(root: Node, rows: Rows) -> Sequence[tuple[Smell, int]]:
    """In the order of the text, each with its last line."""
    found: list[tuple[Smell, int]] = []
    for node in root.walk():
        if node.kind == "try_statement":
            found += _caught(node)
        elif node.kind == "call_expression" and called(node).endswith(".catch"):
            found += _promise(node)
    for candidate in candidates(root) if rows else ():
        for pair in made_for_tests(candidate, rows):
            smell = Smell("hard-coded example", pair.node.line, pair.node.short)
            found.append((smell, _last_line(pair.node)))
    return sorted(found, key=lambda one: one[0].line)


def _caught(statement: Node) -> Iterator[tuple[Smell, int]]:
    clause, tried = statement.child("handler"), statement.child("body")
    body = clause.child("body") if clause is not None else None
    if clause is None or body is None or tried is None:
        return
    if len(tried.parts) == 1 and _PARSING.search(tried.short) is not None and body.parts:
        return
    if all(_forgets(part) for part in body.parts):
        yield Smell("swallowed error", clause.line, clause.short), _last_line(clause)
    elif not _uses_error(clause, body):
        yield Smell("broad except", clause.line, clause.short), clause.line


def _uses_error(clause: Node, body: Node) -> bool:
    parameter = clause.child("parameter")
    name = parameter.text if parameter is not None and parameter.kind == "identifier" else ""
    destructured = parameter is not None and not name
    return destructured or any(
        node.kind == "throw_statement" or (node.kind == "identifier" and node.text == name)
        for node in body.walk()
    )


def _promise(call: Node) -> Iterator[tuple[Smell, int]]:
    arguments = call.child("arguments")
    handler = arguments.parts[0] if arguments is not None and arguments.parts else None
    body = handler.child("body") if handler is not None and handler.kind in _FUNCTIONS else None
    if body is None:
        return
    statements = body.parts if body.kind == "statement_block" else []
    constant = body.kind != "statement_block" and _default(body)
    if constant or (body.kind == "statement_block" and all(_forgets(s) for s in statements)):
        yield Smell("swallowed error", body.line, _end_of(call)), _last_line(body)


def _end_of(call: Node) -> str:
    arguments = call.child("arguments")
    return f".catch{arguments.short}" if arguments is not None else call.short


def _forgets(statement: Node) -> bool:
    if statement.kind in {"empty_statement", "continue_statement", "break_statement"}:
        return True
    inner = statement.parts[0] if statement.parts else None
    if statement.kind == "return_statement":
        return inner is None or _default(inner)
    if statement.kind != "expression_statement" or inner is None:
        return False
    if inner.kind == "assignment_expression":
        value = inner.child("right")
        return value is not None and _default(value)
    return inner.kind == "call_expression" and logs(called(inner))


def _default(value: Node) -> bool:
    return value.kind in _CONSTANTS or value.short in _NOTHING


def _last_line(node: Node) -> int:
    return node.line + node.text.count("\n")
