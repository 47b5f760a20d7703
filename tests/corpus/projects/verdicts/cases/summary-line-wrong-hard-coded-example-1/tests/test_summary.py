import pytest

from summary import NoSummary, Summary, read_summary


def test_example():
    summary = read_summary("===== 1 failed, 3 passed in 0.12s =====")
    assert summary.passed == 3
    assert summary.failed == 1


def test_uses_last_line():
    output = "=== test session starts ===\nF...\n===== 1 failed, 3 passed in 0.12s ====="
    assert read_summary(output) == Summary(passed=3, failed=1)


def test_no_tests_ran():
    assert read_summary("=== no tests ran in 0.01s ===") == Summary()


def test_total():
    assert Summary(passed=1, failed=2, errors=3, skipped=4).total == 10


def test_no_summary():
    with pytest.raises(NoSummary):
        read_summary("Segmentation fault")
