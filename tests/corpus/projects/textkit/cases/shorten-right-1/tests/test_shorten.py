import pytest

from textkit.shorten import shorten


@pytest.mark.parametrize(
    ("width", "start", "end", "both"),
    [
        (1, "…", "…", "…"),
        (2, "a…", "…g", "a…"),
        (3, "ab…", "…fg", "a…g"),
        (4, "abc…", "…efg", "ab…g"),
        (6, "abcde…", "…cdefg", "abc…fg"),
        (7, "abcdefg", "abcdefg", "abcdefg"),
        (8, "abcdefg", "abcdefg", "abcdefg"),
    ],
)
def test_each_width(width, start, end, both):
    assert shorten("abcdefg", width) == start
    assert shorten("abcdefg", width, keep="start") == start
    assert shorten("abcdefg", width, keep="end") == end
    assert shorten("abcdefg", width, keep="both") == both


def test_empty():
    assert shorten("", 1) == ""


@pytest.mark.parametrize("width", [0, -1])
def test_width_too_small(width):
    with pytest.raises(ValueError, match="width"):
        shorten("x", width)


@pytest.mark.parametrize("text", ["short", "too long for it"])
def test_unknown_keep(text):
    with pytest.raises(ValueError, match="'middle'"):
        shorten(text, 6, keep="middle")
