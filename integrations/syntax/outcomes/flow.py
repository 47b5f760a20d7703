"""Statements that are never reached, by the order of the code alone."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from integrations.syntax.tree import Node

_COMPARED = re.compile(r"([\w.]+|len\([\w.]+\)) ?(<|<=|>|>=|==|===) ?(-?[\w.]+)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MISSING = re.compile(r"([\w.]+) (?:is|==|===) (?:None|null|undefined)")
_LONGEST = 300
_DEEP = 8

Arms = Sequence[tuple[Node | None, Node]]
"""The conditions and bodies of an ``if`` with all that belongs to it; the last may have none."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What a language calls the parts of it."""

    blocks: frozenset[str]
    leaves: frozenset[str]
    """Statements after which nothing of the block comes."""
    arms: Callable[[Node], Arms]
    conjunction: str
    disjunction: str
    negation: str


class Unreached:
    """What is never reached, looked for once in each tree."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._known: dict[Node, set[Node]] = {}

    def of(self, trees: Iterable[Node]) -> set[Node]:
        """The nodes (with all below them)."""
        dead: set[Node] = set()
        for tree in trees:
            if tree not in self._known:
                self._known[tree] = _unreached(tree, self._flow)
            dead |= self._known[tree]
        return dead


def _unreached(root: Node, flow: Flow) -> set[Node]:
    dead: set[Node] = set()
    for node in root.walk():
        if node.kind in flow.blocks:
            dead.update(_after_the_end(node, flow))
        elif node.kind == "if_statement" and node.field != "alternative":
            _chain(flow.arms(node), [], flow, dead)
    return dead


def _after_the_end(block: Node, flow: Flow) -> list[Node]:
    dead: set[Node] = set()
    earlier: list[str] = []
    parts = block.parts
    for place, statement in enumerate(parts):
        if _leaves(statement, flow):
            return [*parts[place + 1 :], *dead]
        if statement.kind != "if_statement":
            earlier = []
            continue
        arms = flow.arms(statement)
        _chain(arms, earlier, flow, dead)
        if len(earlier) < _DEEP * _DEEP and all(_leaves(body, flow) for _, body in arms):
            earlier += [_plain(c) for c, _ in arms if c is not None and _pure(c)]
        else:
            earlier = []
    return list(dead)


def _pure(condition: Node) -> bool:
    return condition.end - condition.start < _LONGEST and "(" not in condition.text.strip("()")


def _chain(arms: Arms, before: Sequence[str], flow: Flow, dead: set[Node]) -> None:
    earlier = list(before)
    for condition, body in arms:
        text = _plain(condition) if condition is not None else ""
        if text in {"False", "false"} or any(_implies(text, known, flow) for known in earlier):
            dead.add(body)
        if condition is not None and text:
            earlier.append(text)
        if len(earlier) > _DEEP * _DEEP:
            return


def _plain(condition: Node) -> str:
    if condition.end - condition.start > _LONGEST:
        return ""
    return " ".join(condition.text.split()).removeprefix("(").removesuffix(")")


def _implies(later: str, earlier: str, flow: Flow) -> bool:
    """Whether the earlier condition holds wherever the later does."""
    if not later or not earlier:
        return False
    if later == earlier:
        return True
    if flow.disjunction in later or (flow.disjunction in earlier and flow.conjunction in earlier):
        return False
    known = [part.strip() for part in later.split(flow.conjunction)]
    if flow.disjunction in earlier:
        wanted = [part.strip() for part in earlier.split(flow.disjunction)]
        return any(_one_implies(part, one, flow) for part in known for one in wanted)
    wanted = [part.strip() for part in earlier.split(flow.conjunction)]
    return all(any(_one_implies(part, one, flow) for part in known) for one in wanted)


def _one_implies(later: str, earlier: str, flow: Flow) -> bool:
    if later == earlier:
        return True
    missing = _MISSING.fullmatch(later)
    if missing is not None and earlier == f"{flow.negation}{missing[1]}":
        return True
    new, old = _COMPARED.fullmatch(later), _COMPARED.fullmatch(earlier)
    if new is None or old is None or new[1] != old[1]:
        return False
    if new[3] == old[3]:
        return old[2] in {"==": ("<=", ">="), "===": ("<=", ">=")}.get(new[2], (f"{new[2]}=",))
    if _NUMBER.fullmatch(new[3]) is None or _NUMBER.fullmatch(old[3]) is None:
        return False
    return _within((new[2], float(new[3])), (old[2], float(old[3])))


def _within(new: tuple[str, float], old: tuple[str, float]) -> bool:
    """Whether each number that fits the one fits the other; the limits differ."""
    (what, value), (known, limit) = new, old
    if what in {"==", "==="}:
        return {"<": value < limit, ">": value > limit}.get(known[0], False)
    return what[0] == known[0] and (value > limit if known[0] == ">" else value < limit)


def _leaves(node: Node, flow: Flow, depth: int = 0) -> bool:
    if node.kind in flow.leaves:
        return True
    if depth > _DEEP:
        return False
    if node.kind in flow.blocks:
        parts = node.parts
        return bool(parts) and _leaves(parts[-1], flow, depth + 1)
    if node.kind != "if_statement":
        return False
    arms = flow.arms(node)
    closed = bool(arms) and arms[-1][0] is None
    return closed and all(_leaves(body, flow, depth + 1) for _, body in arms)
