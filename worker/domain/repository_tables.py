"""The tables of a repository's settings: ``[budget]``, ``[[ladder]]``, ``[rails]``, ``[mutation]``.

Each reader takes what stands in the file and raises Faulty for what cannot be used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from worker.domain.budget import MICRO, Budget
from worker.domain.plan import Tier
from worker.domain.rails import Banned, Mutation, Rails

BUDGET = frozenset({"max_minutes", "max_tokens", "max_usd"})
LADDER = BUDGET | {"agent", "coder_model", "max_iterations"}
RAILS = frozenset({"dependencies", "directories", "interfaces", "banned", "max_files", "max_lines"})
BANNED = frozenset({"name", "pattern", "files", "why"})
MUTATION = frozenset({"seconds", "survivors"})

Table = Mapping[str, Any]


class Faulty(ValueError):
    """A table cannot be used; the message names the key and says what it must be."""


@dataclass(frozen=True, slots=True)
class Limited:
    """The limits that a table sets; None where it says nothing."""

    max_iterations: int | None = None
    max_minutes: float | None = None
    max_tokens: int | None = None
    max_usd: float | None = None

    def over(self, below: Budget) -> Budget:
        """``below`` with these limits instead of its own."""
        merged = below
        if self.max_iterations is not None:
            merged = replace(merged, max_rounds=self.max_iterations)
        if self.max_minutes is not None:
            merged = replace(merged, max_seconds=self.max_minutes * 60)
        if self.max_tokens is not None:
            merged = replace(merged, max_tokens=self.max_tokens)
        if self.max_usd is not None:
            merged = replace(merged, max_micro_usd=round(self.max_usd * MICRO))
        return merged


@dataclass(frozen=True, slots=True)
class Rung:
    """A tier above the first, as the file names it."""

    agent: str | None
    coder_model: str | None
    limits: Limited

    def tier(self, first: Tier) -> Tier:
        """What it does not name is the first tier's."""
        agent, model = self.agent or first.agent, self.coder_model or first.coder_model
        return Tier(agent, model, self.limits.over(first.budget))


def limits(table: Table, where: str) -> Limited:
    """Raises Faulty."""
    rounds = table.get("max_iterations")
    if rounds is not None:
        rounds = _whole(rounds, f"{where}.max_iterations")
    minutes, tokens, usd = (
        None if key not in table else _positive(table[key], f"{where}.{key}")
        for key in ("max_minutes", "max_tokens", "max_usd")
    )
    return Limited(rounds, minutes, None if tokens is None else int(tokens), usd)


def ladder(tables: object) -> tuple[Rung, ...]:
    """The tiers above the first. Raises Faulty."""
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Faulty("`ladder` must be a list of tables ([[ladder]])")
    return tuple(_rung(table, f"ladder[{n}]") for n, table in enumerate(tables, 1))


def _rung(table: Table, where: str) -> Rung:
    _known(table, LADDER, where)
    agent, model = table.get("agent"), table.get("coder_model")
    if model is not None and (not isinstance(model, str) or ":" not in model):
        raise Faulty(f"`{where}.coder_model` must be written as provider:name (`openai:gpt-5`)")
    if not (agent or model) or not isinstance(agent, str | None):
        raise Faulty(f"`{where}` must name an `agent`, a `coder_model`, or both")
    return Rung(agent, model, limits(table, where))


def rails(table: object) -> Rails:
    """Raises Faulty."""
    if not isinstance(table, dict):
        raise Faulty("`rails` must be a table ([rails])")
    _known(table, RAILS, "rails")
    dependencies = table.get("dependencies")
    return Rails(
        dependencies=None if dependencies is None else _texts(dependencies, "rails.dependencies"),
        directories=_texts(table.get("directories", []), "rails.directories"),
        interfaces=_texts(table.get("interfaces", []), "rails.interfaces"),
        banned=_banned(table.get("banned", [])),
        max_files=_optional_whole(table, "max_files"),
        max_lines=_optional_whole(table, "max_lines"),
    )


def _banned(tables: object) -> tuple[Banned, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise Faulty("`rails.banned` must be a list of tables ([[rails.banned]])")
    return tuple(_one_banned(table, f"rails.banned[{n}]") for n, table in enumerate(tables, 1))


def _one_banned(table: Table, where: str) -> Banned:
    _known(table, BANNED, where)
    name, pattern, why = (table.get(key, "") for key in ("name", "pattern", "why"))
    if not (isinstance(name, str) and name.strip() and isinstance(pattern, str) and pattern):
        raise Faulty(f"`{where}` must have a `name` and a `pattern`")
    try:
        re.compile(pattern)
    except re.error as fault:
        raise Faulty(f"`{where}.pattern` is no regular expression: {fault}") from fault
    return Banned(name, pattern, _texts(table.get("files", []), f"{where}.files"), str(why))


def mutation(table: object) -> Mutation:
    """Raises Faulty."""
    if not isinstance(table, dict):
        raise Faulty("`mutation` must be a table ([mutation])")
    _known(table, MUTATION, "mutation")
    usual = Mutation()
    seconds, survivors = (
        table.get("seconds", usual.seconds),
        table.get("survivors", usual.survivors),
    )
    if not _number(seconds) or seconds < 0:
        raise Faulty("`mutation.seconds` must be a number, 0 or more")
    if not _number(survivors) or not 0 <= survivors <= 1:
        raise Faulty("`mutation.survivors` must be a share from 0 to 1")
    return Mutation(float(seconds), float(survivors))


def _known(table: Table, keys: frozenset[str], where: str) -> None:
    """Raises Faulty for a key that is none: in a table of rules a slip must not switch one off."""
    for key in table:
        if key not in keys:
            listed = ", ".join(f"`{one}`" for one in sorted(keys))
            raise Faulty(f"`{where}.{key}` is not a known key (known are {listed})")


def _positive(value: object, where: str) -> float:
    """Raises Faulty unless it is a positive number."""
    if not _number(value) or value <= 0:  # type: ignore[operator]
        raise Faulty(f"`{where}` must be a positive number")
    return float(value)  # type: ignore[arg-type]


def _whole(value: object, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise Faulty(f"`{where}` must be a positive whole number")
    return value


def _optional_whole(table: Table, key: str) -> int | None:
    return None if key not in table else _whole(table[key], f"rails.{key}")


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise Faulty(f"`{where}` must be a list of texts")
    return tuple(value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
