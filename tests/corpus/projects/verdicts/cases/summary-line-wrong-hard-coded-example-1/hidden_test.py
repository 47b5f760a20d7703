import pytest

from summary import NoSummary, read_summary


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("===== 1 failed, 3 passed in 0.12s =====", (3, 1, 0, 0)),
        ("=== 12 passed, 2 skipped, 1 warning in 3.00s ===", (12, 0, 0, 2)),
        ("=== 1 error in 0.10s ===", (0, 0, 1, 0)),
        ("=== 1 failed, 2 errors, 2 deselected in 0.10s ===", (0, 1, 2, 0)),
        ("=== no tests ran in 0.01s ===", (0, 0, 0, 0)),
    ],
)
def test_numbers(line, numbers):
    found = read_summary(f"=== test session starts ===\n.F\n{line}\n")
    assert (found.passed, found.failed, found.errors, found.skipped) == numbers
    assert found.total == sum(numbers)


@pytest.mark.parametrize("output", ["", "Segmentation fault", "3 passed in 0.1s"])
def test_none(output):
    with pytest.raises(NoSummary):
        read_summary(output)
