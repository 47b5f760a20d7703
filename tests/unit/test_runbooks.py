"""What the runbooks promise is tried by the tests they name."""

import re
from pathlib import Path

import pytest

RUNBOOKS = Path(__file__).resolve().parents[2] / "infra" / "runbooks"
FAULTS = (RUNBOOKS / "what-happens-when.md").read_text(encoding="utf-8")
ROWS = [
    line
    for line in FAULTS.splitlines()
    if line.startswith("| ") and not line.startswith(("| when ", "| ---"))
]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)\)")
TEST = re.compile(r"`(test_\w+)`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_each_fault_names_a_test_that_there_is(row: str) -> None:
    told = row.rstrip(" |").rsplit("|", 1)[1]
    (module,) = LINK.findall(told)
    names = TEST.findall(told)
    text = (RUNBOOKS / module).read_text(encoding="utf-8")
    assert names
    for name in names:
        assert f"def {name}(" in text, name


def test_every_scenario_is_told_of() -> None:
    """A fault that is tried but not explained helps nobody."""
    scenarios = RUNBOOKS.parents[1] / "tests" / "chaos" / "scenarios"
    untold = [p.name for p in sorted(scenarios.glob("test_*.py")) if p.name not in FAULTS]
    with_containers = [name for name in untold if name.endswith("_docker.py")]
    assert untold == with_containers, "those are the same faults as in the modules without _docker"


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
