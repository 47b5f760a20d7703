from accesslog.entry import Entry
from accesslog.health import Health, health


def _entry(status: int, milliseconds: int) -> Entry:
    return Entry("2025-03-01T10:00:00", "GET", "/", status, milliseconds)


def test_fine():
    assert health(_entry(200, 35)) is Health.FINE


def test_slow():
    assert health(_entry(200, 800)) is Health.SLOW


def test_too_slow():
    assert health(_entry(200, 4000)) is Health.TOO_SLOW


def test_refused():
    assert health(_entry(400, 35)) is Health.REFUSED
    assert health(_entry(404, 4000)) is Health.REFUSED


def test_broken():
    assert health(_entry(500, 35)) is Health.BROKEN
