"""Which paths a story frees, and which an execution command is made of."""

import pytest

from worker.domain.protection import USUAL, named_in, part_of_command
from worker.domain.repository_settings import RepositorySettings, parse

FILES = ("Makefile", "app/calc.py", "run.sh", "tests/conftest.py", "tests/test_a.py", "x/test_a.py")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Change `tests/test_a.py`, please.", "tests/test_a.py"),
        ("See ./tests/test_a.py: it is wrong", "tests/test_a.py"),
        ("Extend conftest.py.", "tests/conftest.py"),
        ("a new file .github/workflows/ci.yml", ".github/workflows/ci.yml"),
    ],
)
def test_a_story_frees_the_paths_that_it_names(text: str, named: str) -> None:
    assert named in named_in(text, FILES)


def test_a_name_that_two_files_have_frees_neither() -> None:
    assert not {"tests/test_a.py", "x/test_a.py"} & set(named_in("test_a.py fails", FILES))


def test_ordinary_words_free_nothing() -> None:
    assert named_in("Make the tests pass. Then run it all", FILES) == ()


@pytest.mark.parametrize(
    ("command", "patterns"),
    [
        ("./run.sh --all", ("/run.sh",)),
        ("make test", ("/Makefile",)),
        ("python3 -m pytest", ()),
        ("sh run.sh && python app/calc.py", ("/app/calc.py", "/run.sh")),
    ],
)
def test_the_files_of_an_execution_command_are_protected(
    command: str, patterns: tuple[str, ...]
) -> None:
    assert part_of_command(command, FILES) == patterns


def test_the_repositorys_settings_add_and_take_away() -> None:
    own = parse('protected = ["/schema/"]\nmay_change = ["/tests/generated/"]\n')
    protection = own.protection(("tests/test_a.py",), ("/run.sh",))
    assert protection.except_for == ("tests/test_a.py",)
    assert protection.existing[-2:] == ("/run.sh", "!/tests/generated/")
    assert protection.always[-2:] == ("/schema/", "!/tests/generated/")


def test_without_a_word_the_usual_is_protected() -> None:
    assert RepositorySettings().protection((), ()) == USUAL
