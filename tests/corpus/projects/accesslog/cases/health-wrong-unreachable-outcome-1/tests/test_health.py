import pytest

from accesslog.entry import Entry
from accesslog.health import Health, health


def make(status, milliseconds):
    return Entry("2025-03-01T10:00:00", "GET", "/", status, milliseconds)


def test_fine():
    assert health(make(200, 100)) == Health.FINE


def test_slow():
    assert health(make(200, 500)) == Health.SLOW


def test_too_slow_is_not_fine():
    assert health(make(200, 5000)) in (Health.SLOW, Health.TOO_SLOW)


@pytest.mark.parametrize("status", [400, 404, 499])
def test_refused(status):
    assert health(make(status, 100)) == Health.REFUSED


@pytest.mark.parametrize("status", [500, 503])
def test_broken(status):
    assert health(make(status, 100)) == Health.BROKEN
