from retrying.errors import TemporaryError


def test_it_tells_how_long_to_wait():
    assert TemporaryError("busy", 3).wait_seconds == 3
    assert TemporaryError("busy").wait_seconds is None
