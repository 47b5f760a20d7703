"""What a change added, and to which kind of file."""

from tests.unit.gates.changing import change
from worker.gates import change as module


def test_added_lines_are_those_that_are_new_or_different() -> None:
    it = change({"a.py": "one\ntwo!\nthree\nfour\n"}, {"a.py": "one\ntwo\nthree\nold\n"})
    assert it.added("a.py") == {2, 4}
    assert it.added_lines("a.py") == ((2, "two!"), (4, "four"))
    assert it.removed("a.py") == ("two", "old")


def test_a_new_file_is_all_added_and_a_removed_one_all_removed() -> None:
    it = change({"new.py": "a\nb\n", "gone.py": None}, {"gone.py": "x\n"})
    assert it.added("new.py") == {1, 2}
    assert (it.added("gone.py"), it.removed("gone.py")) == (frozenset(), ("x",))


def test_tests_and_code_are_told_apart_and_removed_files_are_neither() -> None:
    it = change({"src/a.py": "", "tests/test_a.py": "", "gone.py": None}, {"gone.py": "x"})
    assert (it.code, it.tests) == (("src/a.py",), ("tests/test_a.py",))


def test_a_very_long_file_is_taken_for_new_as_a_whole() -> None:
    lines = module._COMPARED_LINES + 1
    text = "x\n" * lines
    assert len(change({"a.py": text}, {"a.py": text}).added("a.py")) == lines


def test_each_text_is_read_once() -> None:
    read: list[str] = []

    def head(path: str) -> str:
        read.append(path)
        return "x\n"

    it = module.Change(("a.py",), lambda _: None, head)
    assert it.added("a.py") == it.added("a.py") == {1}
    assert (it.code, read) == (("a.py",), ["a.py"])
