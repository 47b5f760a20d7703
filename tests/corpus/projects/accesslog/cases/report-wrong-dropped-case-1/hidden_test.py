import pytest

from accesslog.entry import MalformedLine
from accesslog.report import failures

OK = "2025-03-01T10:00:00 GET /cart 200 35ms"
BAD = "2025-03-01T10:00:01 GET /cart 500 35ms"


def test_counts():
    query = "2025-03-01T10:00:01 POST /cart?x=1&y=2 503 35ms"
    other = "2025-03-01T10:00:01 GET /pay 599 5ms"
    refused = "2025-03-01T10:00:01 GET /nope 404 5ms"
    assert failures([OK, BAD, query, other, refused]) == {"/cart": 2, "/pay": 1}


def test_skipped():
    assert failures(["", "# rotated", "   \n", BAD]) == {"/cart": 1}


def test_malformed():
    with pytest.raises(MalformedLine, match="line 3: "):
        failures([OK, "", "what is this", OK])
