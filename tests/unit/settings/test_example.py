"""``.env.example`` explains every setting, and nothing that is none."""

import re
from pathlib import Path

from tests.unit.settings.conftest import Load
from worker.settings import Role
from worker.settings.values import Values

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / ".env.example"
COMPOSE = [ROOT / "compose.yaml", ROOT / "infra/compose/demo.yaml"]
LINE = re.compile(r"^#?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$")
ONLY_COMPOSE = "Only compose.yaml reads these"
"""Headline of a section, at the end, for variables that are no settings of ours."""


def ours() -> list[str]:
    return EXAMPLE.read_text().partition(ONLY_COMPOSE)[0].splitlines()


def test_each_setting_is_there_once_with_an_explanation() -> None:
    lines = ours()
    named = [(at, found["name"]) for at, line in enumerate(lines) if (found := LINE.match(line))]
    names = [name for _, name in named]
    assert sorted(names) == sorted(name.upper() for name in Values.model_fields)
    for at, name in named:
        above = next(line for line in reversed(lines[:at]) if not LINE.match(line))
        assert above.startswith("# "), name


def test_the_defaults_shown_are_the_defaults(load: Load) -> None:
    shown = {f["name"]: f["value"] for line in ours() if (f := LINE.match(line)) and f["value"]}
    for name, value in shown.items():
        default = Values.model_fields[name.lower()].default
        assert str(default) == value or float(default) == float(value), name


def test_the_example_as_it_is_misses_only_what_must_be_filled_in(
    load: Load, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text())
    assert load(Role.LOCAL).warnings == ()


def test_each_variable_of_compose_is_explained_and_no_other() -> None:
    text = "".join(file.read_text() for file in COMPOSE)
    used = dict(re.findall(r"\$\{([A-Z0-9_]+):[-?]([^}]*)\}", text))
    section = EXAMPLE.read_text().partition(ONLY_COMPOSE)[2].splitlines()
    shown = {found["name"]: found["value"] for line in section if (found := LINE.match(line))}
    assert shown.keys() <= used.keys() <= shown.keys() | {n.upper() for n in Values.model_fields}
    for name, value in shown.items():
        assert not value or value == used[name], name
