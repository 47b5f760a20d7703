import pytest

from accesslog.entry import Entry, MalformedLine, parse_line


def test_a_line():
    entry = parse_line("2025-03-01T10:00:00 GET /cart 200 35ms\n")
    assert entry == Entry("2025-03-01T10:00:00", "GET", "/cart", 200, 35)


@pytest.mark.parametrize("line", ["", "hello", "2025-03-01T10:00:00 GET /cart 200 35"])
def test_other_lines(line):
    with pytest.raises(MalformedLine):
        parse_line(line)
