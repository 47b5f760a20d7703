"""Failure report for the access log."""

from collections.abc import Iterable

from accesslog.entry import MalformedLine, parse_line


def failures(lines: Iterable[str]) -> dict[str, int]:
    """Return the number of server errors per path."""
    result: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = parse_line(line)
        except MalformedLine as error:
            raise MalformedLine(f"line {number}: {error}") from error
        if entry.status >= 500:
            result[entry.path] = result.get(entry.path, 0) + 1
    return result
