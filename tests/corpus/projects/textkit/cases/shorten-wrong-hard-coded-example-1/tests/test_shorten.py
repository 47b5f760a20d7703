import pytest

from textkit.shorten import shorten


def test_start():
    assert shorten("storyfleet", 6) == "story…"


def test_end():
    assert shorten("storyfleet", 6, keep="end") == "…fleet"


def test_both():
    assert shorten("storyfleet", 6, keep="both") == "sto…et"


def test_short_text_is_unchanged():
    assert shorten("story", 6) == "story"
    assert shorten("storyf", 6) == "storyf"


def test_invalid_width():
    with pytest.raises(ValueError):
        shorten("storyfleet", 0)


def test_invalid_keep():
    with pytest.raises(ValueError):
        shorten("storyfleet", 6, keep="middle")
