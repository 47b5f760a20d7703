import pytest

from textkit.wrap import wrap


@pytest.mark.parametrize(
    ("width", "per_line"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (9, 5), (10, 5)]
)
def test_many_short_words(width, per_line):
    lines = wrap("x " * 60, width)
    assert lines == [" ".join("x" * per_line)] * (60 // per_line)


def test_a_long_word_between_short_ones():
    assert wrap("a b extraordinary c d", 3) == ["a b", "extraordinary", "c d"]
