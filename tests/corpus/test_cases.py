"""The corpus can be read, and is as large as it must be; its cases are run by ``check.py``."""

from pathlib import Path

import pytest

from tests.corpus.cases import WRONG_KINDS, CorpusFault, load
from tests.corpus.check import faults_of_counts, faults_of_files, table

CASES = load()


def test_there_are_enough_of_each() -> None:
    assert list(faults_of_counts(CASES)) == []


def test_no_case_touches_what_it_must_not() -> None:
    assert {case.name: faults for case in CASES if (faults := list(faults_of_files(case)))} == {}


def test_names_are_unique_and_stories_are_told() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert all("## Acceptance criteria" in case.story_text for case in CASES)
    assert all(case.story_title for case in CASES)


def test_a_change_is_laid_over_its_base() -> None:
    (case,) = (c for c in CASES if c.name == "cart/volume-discount-right-2")
    assert set(case.change) == {"README.md", "discounts.py", "tests/test_discounts.py"}
    assert case.head == {**case.base, **case.change}
    assert (case.right, case.kind, case.proof) == (True, "right", "")
    assert (case.language, case.execution_command) == ("python", "python -m pytest -q")


def test_a_hidden_test_is_no_part_of_a_change() -> None:
    wrong = [case for case in CASES if not case.right]
    assert {case.kind for case in wrong} == set(WRONG_KINDS)
    assert all(case.proof and case.proof_name not in case.change for case in wrong)


def test_readme_has_the_table() -> None:
    assert table(CASES) in Path(__file__).with_name("README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("folder", "facts"),
    [
        ("s-wrong-off-by-one-1", 'right = true\nkind = "right"\nwhat = "x."'),
        ("t-right-1", 'right = true\nkind = "right"\nwhat = "x."'),
        ("s-right-1", 'right = true\nkind = "off-by-one"\nwhat = "x."'),
        ("s-wrong-off-by-one-1", 'right = false\nkind = "off-by-one"\nwhat = "x."'),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused(
    tmp_path: Path, folder: str, facts: str
) -> None:
    files = {
        "base/.storyfleet.toml": 'execution_command = "node --test"',
        "stories/s.md": "# S\n",
        f"cases/{folder}/case.toml": facts,
    }
    for name, text in files.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    with pytest.raises(CorpusFault, match=folder):
        load(tmp_path)
