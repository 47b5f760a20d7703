import pytest

from textkit.shorten import shorten


def test_example():
    assert shorten("storyfleet", 6) == "story…"


def test_fits():
    assert shorten("story", 5) == "story"
    assert shorten("", 5) == ""


@pytest.mark.parametrize("keep", ["start", "end", "both"])
def test_length_and_ellipsis(keep):
    result = shorten("storyfleet", 6, keep)
    assert len(result) == 6
    assert "…" in result


def test_both():
    assert shorten("storyfleet", 7, "both") == "sto…eet"
    assert shorten("storyfleet", 6, "both") == "sto…et"


@pytest.mark.parametrize(("width", "keep"), [(0, "start"), (5, "middle")])
def test_invalid(width, keep):
    with pytest.raises(ValueError):
        shorten("storyfleet", width, keep)
