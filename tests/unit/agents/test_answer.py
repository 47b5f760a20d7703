"""Reading whole files out of a model's answer, however it marked them."""

import pytest

from integrations.agents.native.answer import Written, read_answer

CODE = "def square(n):\n    return n * n\n"
ONE = ("calc.py",)
TWO = ("src/calc.py", "README.md")


@pytest.mark.parametrize(
    "answer",
    [
        f"```python\n{CODE}```",
        f"Here you are:\n\n```\n{CODE}```\nHave fun!",
        f"~~~python\n{CODE}~~~",
        f"```python\n{CODE}",
        f"```calc.py\n{CODE}```",
        f"```python calc.py\n{CODE}```",
        f"```python:calc.py\n{CODE}```",
        f'```python title="calc.py"\n{CODE}```',
        f"calc.py\n```python\n{CODE}```",
        f"**calc.py**\n\n```python\n{CODE}```",
        f"### `calc.py`:\n```python\n{CODE}```",
        f"File: calc.py\n```python\n{CODE}```",
        f"This is the new `calc.py` with a square:\n```python\n{CODE}```",
        f"```python\n# calc.py\n{CODE}```",
        f"```python\n# File: ./calc.py\n{CODE}```",
        f"```python\n{CODE}```\nUse it like this:\n```python\nsquare(3)\n```",
        f"   ```python\n{CODE}   ```",
        CODE,
    ],
)
def test_one_file_was_asked_for(answer: str) -> None:
    assert read_answer(answer, ONE) == [Written("calc.py", CODE)]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I cannot help with that.",
        "Sorry",
        "square",
        "```python\n\n```",
        "def square(n:\n  return",
        '"def square(n): return n"',
    ],
)
def test_no_file_at_all(answer: str) -> None:
    assert read_answer(answer, ONE) == []


def test_text_that_is_no_code_is_not_taken_for_other_kinds_of_files() -> None:
    assert read_answer("hello = 1", ("calc.go",)) == []
    assert read_answer('{"a": 1}', ("a.json",)) == [Written("a.json", '{"a": 1}\n')]
    assert read_answer("42", ("a.json",)) == []
    assert read_answer("{", ("a.json",)) == []


def test_several_files_each_with_its_path() -> None:
    answer = f"src/calc.py\n```python\n{CODE}```\n\n`README.md`\n\n```markdown\n# Calc\n```\n"
    expected = [Written("src/calc.py", CODE), Written("README.md", "# Calc\n")]
    assert read_answer(answer, TWO) == expected
    assert read_answer(answer, ()) == expected


def test_the_file_name_alone_is_enough_where_it_is_unambiguous() -> None:
    assert read_answer(f"calc.py\n```\n{CODE}```", TWO) == [Written("src/calc.py", CODE)]
    ambiguous = ("a/calc.py", "b/calc.py")
    assert read_answer(f"calc.py\n```\n{CODE}```", ambiguous) == [Written("calc.py", CODE)]


def test_a_block_without_a_path_is_nobodys_where_several_were_asked_for() -> None:
    assert read_answer(f"```python\n{CODE}```", TWO) == []


def test_the_last_version_of_a_file_counts() -> None:
    answer = f"calc.py\n```\nold = 1\n```\nOh, better:\n\ncalc.py\n```\n{CODE}```"
    assert read_answer(answer, ONE) == [Written("calc.py", CODE)]


def test_blocks_inside_a_longer_fence_belong_to_the_file() -> None:
    inside = "# Calc\n\n```python\nsquare(3)\n```\n"
    answer = f"README.md\n````markdown\n{inside}````"
    assert read_answer(answer, TWO) == [Written("README.md", inside)]


def test_a_comment_that_is_no_path_stays() -> None:
    code = "# returns the square\n" + CODE
    assert read_answer(f"```python\n{code}```", ONE) == [Written("calc.py", code)]


def test_an_answer_cut_off_inside_a_block_is_not_a_file() -> None:
    assert read_answer(f"```python\n{CODE}", ONE, cut_off=True) == []
    assert read_answer(CODE, ONE, cut_off=True) == []
    whole = f"```python\n{CODE}```\nThen ```"
    assert read_answer(whole, ONE, cut_off=True) == [Written("calc.py", CODE)]


@pytest.mark.parametrize("words", ["Version 2.0", "It costs 3.14", "python", "e.g. this"])
def test_words_before_a_block_are_not_paths(words: str) -> None:
    assert read_answer(f"{words}\n```python\n{CODE}```", ONE) == [Written("calc.py", CODE)]
