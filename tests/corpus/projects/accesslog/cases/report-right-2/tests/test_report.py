from textwrap import dedent

import pytest

from accesslog.entry import MalformedLine
from accesslog.report import failures

LOG = dedent("""\
    # rotated at midnight
    2025-03-01T10:00:00 GET /cart 200 35ms
    2025-03-01T10:00:01 GET /cart?id=3 500 1035ms

    2025-03-01T10:00:02 POST /cart 503 12ms
    2025-03-01T10:00:03 GET /nothing 404 2ms
    2025-03-01T10:00:04 GET /pay 500 2ms
""")


def test_report():
    assert failures(LOG.splitlines()) == {"/cart": 2, "/pay": 1}


def test_keeps_line_ends():
    assert failures(LOG.splitlines(keepends=True)) == {"/cart": 2, "/pay": 1}


def test_empty():
    assert failures([]) == {}


def test_malformed_line_is_named():
    with pytest.raises(MalformedLine, match="^line 8: 'oops' is no entry$"):
        failures([*LOG.splitlines(), "oops"])


def test_malformed_first_line():
    with pytest.raises(MalformedLine, match="^line 1: "):
        failures(["oops", *LOG.splitlines()])
