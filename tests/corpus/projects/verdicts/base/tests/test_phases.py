from phases import TestRun


def test_exit_codes():
    assert TestRun(0).passed
    assert not TestRun(0).failed
    assert TestRun(1).failed
    assert not TestRun(1).passed
    assert not TestRun(4).failed
