import pytest

from accesslog.entry import MalformedLine
from accesslog.report import failures


def line(path="/", status=200):
    return f"2025-03-01T10:00:00 GET {path} {status} 35ms\n"


def test_counts_failures_by_path():
    lines = [line("/cart", 500), line("/pay", 503), line("/cart", 502), line("/help", 200)]
    assert failures(lines) == {"/cart": 2, "/pay": 1}


def test_only_from_500_on():
    assert failures([line("/a", 499), line("/b", 500)]) == {"/b": 1}


def test_nothing_failed():
    assert failures([]) == {}
    assert failures([line()]) == {}


def test_query_does_not_count():
    lines = [line("/cart?x=1", 500), line("/cart", 500), line("/cart?x=2?y", 500)]
    assert failures(lines) == {"/cart": 3}


def test_blank_lines_and_comments_are_skipped():
    assert failures(["\n", "  \n", "# 500\n", line("/", 500)]) == {"/": 1}


@pytest.mark.parametrize(("before", "number"), [([], 1), ([line()], 2), (["\n", "#\n", line()], 4)])
def test_other_lines_are_an_error_that_names_the_line(before, number):
    with pytest.raises(MalformedLine, match=rf"^line {number}: nonsense"):
        failures([*before, "nonsense", line()])
