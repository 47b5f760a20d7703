import pytest

from accesslog.entry import MalformedLine
from accesslog.report import failures

GOOD = "2025-03-01T10:00:00 GET /cart 200 35ms"
BAD = "2025-03-01T10:00:00 GET /cart 500 35ms"


def test_failures():
    assert failures([GOOD, BAD]) == {"/cart": 1}


def test_no_failures():
    assert failures([GOOD, GOOD]) == {}


def test_malformed_line():
    with pytest.raises(MalformedLine):
        failures([GOOD, "xx", BAD])
