import pytest

from accesslog.entry import Entry
from accesslog.health import Health, health


def entry(status=200, milliseconds=20):
    return Entry("2025-03-01T10:00:00", "GET", "/", status, milliseconds)


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, Health.FINE),
        (299, Health.FINE),
        (300, Health.SLOW),
        (1999, Health.SLOW),
        (2000, Health.TOO_SLOW),
        (60_000, Health.TOO_SLOW),
    ],
)
def test_by_time(milliseconds, expected):
    assert health(entry(milliseconds=milliseconds)) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, Health.FINE),
        (399, Health.FINE),
        (400, Health.REFUSED),
        (499, Health.REFUSED),
        (500, Health.BROKEN),
        (599, Health.BROKEN),
    ],
)
def test_by_status(status, expected):
    assert health(entry(status=status)) is expected


def test_the_status_outranks_the_time():
    assert health(entry(404, 9000)) is Health.REFUSED
    assert health(entry(502, 9000)) is Health.BROKEN
