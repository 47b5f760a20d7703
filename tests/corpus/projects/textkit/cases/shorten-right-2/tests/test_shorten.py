from itertools import product

import pytest

from textkit.shorten import shorten

KEEP = ("start", "end", "both")


@pytest.mark.parametrize(("keep", "width"), product(KEEP, range(1, 10)))
def test_exactly_the_width_if_too_long(keep, width):
    short = shorten("0123456789", width, keep)
    assert len(short) == width
    assert short.count("…") == 1
    start, end = short.split("…")
    assert "0123456789".startswith(start)
    assert "0123456789".endswith(end)
    assert len(start) - len(end) == {
        "start": width - 1,
        "end": 1 - width,
        "both": (width - 1) % 2,
    }[keep]


@pytest.mark.parametrize(("keep", "width"), product(KEEP, (3, 4, 100)))
def test_what_fits_stays(keep, width):
    assert shorten("abc", width, keep) == "abc"


def test_examples():
    assert shorten("storyfleet", 6) == "story…"
    assert shorten("storyfleet", 6, "end") == "…fleet"
    assert shorten("storyfleet", 6, "both") == "sto…et"


@pytest.mark.parametrize(("width", "keep"), [(0, "start"), (5, "middle"), (5, "")])
def test_nonsense(width, keep):
    with pytest.raises(ValueError):
        shorten("abc", width, keep)
