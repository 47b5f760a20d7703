import pytest

from textkit.wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("one", 10, ["one"]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("a  b\nc", 3, ["a b", "c"]),
        ("extraordinary day", 5, ["extraordinary", "day"]),
    ],
)
def test_lines(text, width, lines):
    assert wrap(text, width) == lines


def test_width():
    with pytest.raises(ValueError):
        wrap("x", 0)
