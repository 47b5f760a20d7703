import pytest

from summary import NoSummary, Summary, read_summary

START = "============ test session starts ============\ncollected 4 items\n\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("===== 1 failed, 3 passed in 0.12s =====", Summary(passed=3, failed=1)),
        ("= 10 passed, 2 skipped in 1.00s =", Summary(passed=10, skipped=2)),
        ("=== 1 error in 0.10s ===", Summary(errors=1)),
        ("=== 3 passed, 2 errors in 0.10s ===", Summary(passed=3, errors=2)),
        ("=== 1 passed, 1 warning, 2 deselected in 0.10s ===", Summary(passed=1)),
        ("=== no tests ran in 0.01s ===", Summary()),
    ],
)
def test_numbers(line, expected):
    assert read_summary(START + line + "\n") == expected


def test_the_last_line_counts():
    earlier = "=== 7 passed in 0.1s ===\n"
    assert read_summary(earlier + "noise\n=== 2 failed in 0.1s ===") == Summary(failed=2)


def test_total():
    assert Summary(1, 20, 300, 4000).total == 4321


@pytest.mark.parametrize("output", ["", "Killed\n", "3 passed in 0.1s\n"])
def test_no_summary(output):
    with pytest.raises(NoSummary):
        read_summary(output)
