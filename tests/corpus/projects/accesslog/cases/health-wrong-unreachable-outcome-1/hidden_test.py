import pytest

from accesslog.entry import Entry
from accesslog.health import Health, health


@pytest.mark.parametrize(
    ("status", "milliseconds", "expected"),
    [
        (200, 299, Health.FINE),
        (200, 300, Health.SLOW),
        (304, 1999, Health.SLOW),
        (200, 2000, Health.TOO_SLOW),
        (399, 5, Health.FINE),
        (400, 5, Health.REFUSED),
        (499, 5000, Health.REFUSED),
        (500, 5, Health.BROKEN),
        (503, 5000, Health.BROKEN),
    ],
)
def test_health(status, milliseconds, expected):
    assert health(Entry("t", "GET", "/", status, milliseconds)) is expected
