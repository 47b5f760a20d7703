import pytest

from textkit.shorten import shorten


@pytest.mark.parametrize(
    ("text", "width", "keep", "expected"),
    [
        ("storyfleet", 6, "start", "story…"),
        ("storyfleet", 10, "start", "storyfleet"),
        ("storyfleet", 9, "start", "storyfle…"),
        ("storyfleet", 6, "end", "…fleet"),
        ("storyfleet", 7, "both", "sto…eet"),
        ("storyfleet", 6, "both", "sto…et"),
        ("abc", 3, "both", "abc"),
        ("abc", 1, "start", "…"),
        ("abc", 1, "end", "…"),
        ("abc", 1, "both", "…"),
        ("abc", 2, "both", "a…"),
        ("abcdefgh", 3, "end", "…gh"),
        ("", 1, "start", ""),
    ],
)
def test_shorten(text, width, keep, expected):
    assert shorten(text, width, keep) == expected


def test_default():
    assert shorten("abcdefgh", 4) == "abc…"


def test_errors():
    for width, keep in ((0, "start"), (-1, "end"), (3, "middle")):
        with pytest.raises(ValueError):
            shorten("abcdefgh", width, keep)
