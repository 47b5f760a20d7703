import pytest

from textkit.wrap import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("   ", 10, []),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one two three", 3, ["one", "two", "three"]),
        ("aa bb cc", 5, ["aa bb", "cc"]),
        ("aaaaaaaaaa b", 5, ["aaaaaaaaaa", "b"]),
        ("b aaaaaaaaaa b", 5, ["b", "aaaaaaaaaa", "b"]),
        ("a b c d e f g h", 3, ["a b", "c d", "e f", "g h"]),
        ("a b c d e f g h", 5, ["a b c", "d e f", "g h"]),
    ],
)
def test_lines(text, width, lines):
    assert wrap(text, width) == lines


def test_width():
    with pytest.raises(ValueError):
        wrap("", 0)
