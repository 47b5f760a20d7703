"""The fleet file's tables: which keys there are, and what may stand in them."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")
_SIZE = re.compile(r"(\d+)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_HOST = re.compile(r"(?:\*\.)?(?:[A-Za-z0-9_-]+\.)*[A-Za-z0-9_-]+(?::\d{1,5})?")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_NO_LIMIT = "unlimited"


def _size(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a size such as "2g" or "512m"')
    return int(found[1]) * 1024 ** _POWERS[found[2].lower()]


def _registry(value: object) -> object:
    if not isinstance(value, str) or not _HOST.fullmatch(value.strip()):
        raise ValueError('must be host names such as "pypi.org" or "*.example.org:8443"')
    return value.strip().lower()


def _limit(value: object) -> object:
    return None if value == _NO_LIMIT else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Registry = Annotated[str, BeforeValidator(_registry)]
Bytes = Annotated[int, BeforeValidator(_size), Field(ge=16 * 1024**2)]
Count = Annotated[int, Field(gt=0, strict=True)]
OptionalCount = Annotated[Annotated[int, Field(gt=0, strict=True)] | None, BeforeValidator(_limit)]
OptionalAmount = Annotated[Annotated[float, Field(gt=0)] | None, BeforeValidator(_limit)]


class Table(BaseModel):
    """Unknown keys are faults: a misspelt key must not silently fall back to a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BudgetTable(Table):
    """``[….budget]``; ``"unlimited"`` takes a limit away."""

    max_iterations: Count | None = None
    max_minutes: OptionalAmount = None
    max_tokens: OptionalCount = None
    max_usd: OptionalAmount = None


class WorkTable(Table):
    """``[defaults]``: how to work on a repository, unless its own settings say otherwise."""

    agent: Text | None = None
    coder_model: Text | None = None
    evaluator: Literal["judge", "command"] | None = None
    evaluator_model: Text | None = None
    image: Text | None = None
    dockerfile: Text | None = None
    setup: tuple[Text, ...] | None = None
    memory: Bytes | None = None
    cpus: Annotated[float, Field(gt=0)] | None = None
    pids: Annotated[int, Field(ge=16, strict=True)] | None = None
    workspace: Bytes | None = None
    output: Annotated[int, BeforeValidator(_size), Field(ge=64 * 1024)] | None = None
    files: Annotated[int, Field(ge=1000, strict=True)] | None = None
    registries: tuple[Registry, ...] | None = None
    resume_sessions: Annotated[bool, Field(strict=True)] | None = None
    budget: BudgetTable = BudgetTable()
    lifetime: BudgetTable = BudgetTable()
    """Of a ticket, over all its runs."""


class RepositoryTable(WorkTable):
    """``[repositories."owner/name"]``."""

    base_branch: Text | None = None
    teams: tuple[Text, ...] = ()
    projects: tuple[Text, ...] = ()


class AgentTable(Table):
    """``[agents.NAME]``: a coding agent given as an argument vector."""

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    gateway: bool = False


class FleetTables(Table):
    """The whole file."""

    defaults: WorkTable = WorkTable()
    repositories: dict[str, RepositoryTable] = Field(default_factory=dict)
    agents: dict[str, AgentTable] = Field(default_factory=dict)


def keys_at(path: tuple[str, ...]) -> frozenset[str]:
    """The keys known in the table at ``path`` (as TOML nests them)."""
    tables: dict[str, type[Table]] = {"defaults": WorkTable, "repositories": RepositoryTable}
    match path:
        case ():
            known: type[Table] = FleetTables
        case (*_, "budget" | "lifetime"):
            known = BudgetTable
        case ("agents", _):
            known = AgentTable
        case (name, *_) if name in tables:
            known = tables[name]
        case _:
            return frozenset()
    return frozenset(known.model_fields)
