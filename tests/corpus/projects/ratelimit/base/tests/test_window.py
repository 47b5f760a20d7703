import pytest

from ratelimit.window import FixedWindow


def test_limit_within_a_window():
    window = FixedWindow(2, 10)
    assert [window.allow(0), window.allow(1), window.allow(9.9)] == [True, True, False]


def test_a_new_window():
    window = FixedWindow(1, 10)
    assert window.allow(5)
    assert not window.allow(14.9)
    assert window.allow(15)


@pytest.mark.parametrize(("limit", "seconds"), [(0, 1), (1, 0)])
def test_nonsense(limit, seconds):
    with pytest.raises(ValueError):
        FixedWindow(limit, seconds)
