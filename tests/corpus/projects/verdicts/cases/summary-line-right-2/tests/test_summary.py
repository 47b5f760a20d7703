import pytest

from summary import NoSummary, read_summary


def test_failed_and_passed():
    found = read_summary("FF.\n===== 1 failed, 3 passed in 0.12s =====")
    assert found == (3, 1, 0, 0)
    assert found.total == 4


def test_one_error_and_many():
    assert read_summary("== 1 error in 1s ==").errors == 1
    assert read_summary("== 22 errors in 1s ==").errors == 22


def test_skipped_and_words_that_do_not_count():
    found = read_summary("== 5 skipped, 1 warning, 9 deselected in 1s ==")
    assert found == (0, 0, 0, 5)


def test_last_one_wins():
    assert read_summary("== 1 passed in 1s ==\n== 2 passed in 1s ==\nbye").passed == 2


def test_nothing_ran():
    assert read_summary("== no tests ran in 0.01s ==").total == 0


@pytest.mark.parametrize("output", ["", "Aborted", "= 1 passed", "1 passed ="])
def test_no_summary(output):
    with pytest.raises(NoSummary):
        read_summary(output)
