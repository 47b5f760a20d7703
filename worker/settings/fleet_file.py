"""The fleet file (TOML): read, checked whole, and turned into the allowlist of repositories."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from worker.domain.fleet import Fleet
from worker.settings.faults import Fault, nearest
from worker.settings.fleet_tables import SLUG, FleetTables, keys_at
from worker.settings.fleet_work import BUILT_IN_AGENTS, assemble
from worker.settings.models import model_fault
from worker.settings.values import Role, Values

DEFAULT_NAME = "fleet.toml"

_WRONG = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be a text",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "missing": "is missing",
    "too_short": "is empty",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading the file."""

    fleet: Fleet
    faults: Sequence[Fault] = ()
    warnings: Sequence[str] = ()


def read(values: Values, directory: Path, role: Role) -> Reading:
    """Read the fleet file, or make an empty allowlist where none is named and none is there."""
    path = directory / (values.fleet_file or DEFAULT_NAME)
    nothing = assemble(FleetTables(), values)
    if values.fleet_file is None and not path.exists():
        return Reading(nothing, warnings=_empty(f"there is no {DEFAULT_NAME}", role))
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        wrong = f"names {path}, which cannot be read ({error.strerror})"
        remedy = "Copy infra/fleet.example.toml there, or mend the path."
        return Reading(nothing, [Fault("FLEET_FILE", wrong, remedy)])
    except UnicodeDecodeError:
        return Reading(nothing, [Fault(path.name, "is not UTF-8 text", "Save it as UTF-8.")])
    except tomllib.TOMLDecodeError as error:
        return Reading(nothing, [Fault(path.name, f"is not valid TOML: {error}", "Mend the line.")])
    tables, faults = _tolerant(path.name, document)
    faults += [*_ambiguous(path.name, tables), *_agent_faults(path.name, tables)]
    if role in {Role.WORKER, Role.LOCAL}:
        faults += _model_faults(path.name, tables, values)
    return Reading(assemble(tables, values), faults, _odd(path.name, tables, role))


def _tolerant(file: str, document: dict[str, Any]) -> tuple[FleetTables, list[Fault]]:
    """What is well-formed, and a fault for each key that is not, so that all are told at once."""
    faults: list[Fault] = []
    while True:
        try:
            return FleetTables.model_validate(document), faults
        except ValidationError as error:
            for e in error.errors():
                fault = _fault(file, e["loc"], e)
                # What is taken out for being malformed would be told again as missing.
                if fault.where not in {told.where for told in faults}:
                    faults.append(fault)
                _take_out(document, [part for part in e["loc"] if isinstance(part, str)])


def _take_out(document: dict[str, Any], path: Sequence[str]) -> None:
    """Remove a key; where it is the key itself that is missing, the table that lacks it."""
    *tables, key = path
    inner, outer, name = document, document, key
    for table in tables:
        if table not in inner:
            return
        outer, inner, name = inner, inner[table], table
    if inner.pop(key, None) is None:
        outer.pop(name, None)


def _fault(file: str, loc: tuple[int | str, ...], error: Mapping[str, Any]) -> Fault:
    *table, key = (part for part in loc if isinstance(part, str))
    where = _where(file, tuple(table), key)
    if error["type"] == "extra_forbidden":
        known = keys_at(tuple(table))
        meant = nearest(key, known)
        hint = f"Did you mean {meant}?" if meant else f"Known are: {', '.join(sorted(known))}."
        return Fault(where, "is not a known key", hint)
    wrong = _WRONG.get(error["type"], "is malformed").format_map(error.get("ctx", {}))
    return Fault(where, wrong, "See infra/fleet.example.toml.")


def _ambiguous(file: str, tables: FleetTables) -> Iterator[Fault]:
    """Names that are none, and tickets that would have two places to go to."""
    seen: dict[tuple[str, str], str] = {}
    for slug, table in tables.repositories.items():
        where = f'{file} [repositories."{slug}"]'
        if not SLUG.fullmatch(slug):
            yield Fault(where, "is not owner/name", "Write it as in the repository's address.")
        named = [("repository", slug), *(("team", t) for t in table.teams)]
        named += [("project", p) for p in table.projects]
        for kind, name in named:
            other = seen.setdefault((kind, name.lower()), slug)
            if other != slug:
                wrong = f"has the {kind} {name}, which is mapped to {other} already"
                yield Fault(where, wrong, "A ticket goes to one repository: keep one of the two.")


def _agent_faults(file: str, tables: FleetTables) -> Iterator[Fault]:
    for name in tables.agents:
        if name in BUILT_IN_AGENTS:
            where = f"{file} [agents.{name}]"
            yield Fault(where, "has the name of a built-in agent", "Give it another name.")
    known = {*BUILT_IN_AGENTS, *tables.agents}
    for where, table in _work_tables(file, tables):
        if table.agent and table.agent not in known:
            remedy = f"Known are: {', '.join(sorted(known))}; or add an [agents.{table.agent}]."
            yield Fault(f"{where} agent", "names an unknown agent", remedy)


def _model_faults(file: str, tables: FleetTables, values: Values) -> list[Fault]:
    named = [
        (f"{where} {key}", model)
        for where, table in _work_tables(file, tables)
        for key, model in (
            ("coder_model", table.coder_model),
            ("evaluator_model", table.evaluator_model),
        )
        if model
    ]
    found = (model_fault(values, where, model) for where, model in named)
    return [fault for fault in found if fault]


def _odd(file: str, tables: FleetTables, role: Role) -> list[str]:
    if not tables.repositories:
        return _empty(f"{file} lists none", role)
    return [
        f"{file}: no ticket ever goes to {slug}, for it has neither teams nor projects."
        for slug, table in tables.repositories.items()
        if not (table.teams or table.projects) and role is not Role.LOCAL
    ]


def _empty(why: str, role: Role) -> list[str]:
    if role is Role.LOCAL:
        return []
    return [f"THE FLEET WORKS ON NOTHING: no repository is allowed ({why}). Set FLEET_FILE."]


def _work_tables(file: str, tables: FleetTables) -> list[tuple[str, Any]]:
    own = [(f'{file} [repositories."{slug}"]', t) for slug, t in tables.repositories.items()]
    return [(f"{file} [defaults]", tables.defaults), *own]


def _where(file: str, table: tuple[str, ...], key: str) -> str:
    if not table:
        return f"{file} {key}"
    written = ".".join(f'"{part}"' if "/" in part else part for part in table)
    return f"{file} [{written}] {key}"
