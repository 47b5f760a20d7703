from accesslog.report import failures


def test_counts_server_errors():
    lines = [
        "2025-03-01T10:00:00 GET /cart 500 35ms",
        "2025-03-01T10:00:00 GET /cart 502 35ms",
        "2025-03-01T10:00:00 GET /pay 200 35ms",
        "2025-03-01T10:00:00 GET /pay 404 35ms",
    ]
    assert failures(lines) == {"/cart": 2}


def test_query_string_is_ignored():
    assert failures(["2025-03-01T10:00:00 GET /cart?x=1 500 35ms"]) == {"/cart": 1}


def test_blank_lines_and_comments():
    assert failures(["", "# comment", "2025-03-01T10:00:00 GET /a 500 1ms"]) == {"/a": 1}


def test_malformed_line_does_not_break_the_report():
    lines = ["garbage", "2025-03-01T10:00:00 GET /a 500 1ms"]
    result = failures(lines)
    assert isinstance(result, dict)
