import pytest

from summary import NoSummary, Summary, read_summary


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("===== 1 failed, 3 passed in 0.12s =====", Summary(3, 1, 0, 0)),
        ("===== 5 passed, 2 skipped in 0.12s =====", Summary(5, 0, 0, 2)),
        ("===== 1 error in 0.12s =====", Summary(0, 0, 1, 0)),
        ("===== 2 errors in 0.12s =====", Summary(0, 0, 2, 0)),
    ],
)
def test_read_summary(line, expected):
    assert read_summary(line) == expected


def test_warnings_are_ignored():
    assert read_summary("===== 1 passed, 1 warning in 0.12s =====").total == 1


def test_no_summary_is_handled():
    try:
        read_summary("Segmentation fault")
    except NoSummary:
        pass
