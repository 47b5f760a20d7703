import pytest

from textkit.paragraphs import wrap_text


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, []),
        ("hello world", 11, ["hello world"]),
        ("hello world", 10, ["hello", "world"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("one\n\n\n\ntwo", 10, ["one", "", "two"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("abcdefghij kl", 4, ["abcd", "efgh", "ij", "kl"]),
    ],
)
def test_wrap_text(text, width, expected):
    assert wrap_text(text, width) == expected


def test_code_block():
    lines = wrap_text("intro\n\n    x = 1", 20)
    assert lines[0] == "intro"
    assert lines[-1].strip() == "x = 1"
