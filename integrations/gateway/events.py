"""Cuts a stream of server-sent events into its events, without changing a byte."""

import re

_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(rb"\r\n|\n|\r")
_LONGEST_END = 4


class TooLong(Exception):
    """An event has no end."""


class EventSplitter:
    """Fed with pieces of any length."""

    def __init__(self, longest_bytes: int) -> None:
        self._longest_bytes = longest_bytes
        self._rest = bytearray()
        self._searched = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The events that are whole now, each with its blank line. Raises TooLong."""
        self._rest += piece
        events = []
        while (end := _END.search(self._rest, self._searched)) is not None:
            events.append(bytes(self._rest[: end.end()]))
            del self._rest[: end.end()]
            self._searched = 0
        self._searched = max(0, len(self._rest) - _LONGEST_END + 1)
        if len(self._rest) > self._longest_bytes:
            raise TooLong
        return events

    @property
    def rest(self) -> bytes:
        """What came after the last whole event."""
        return bytes(self._rest)


def data_of(event: bytes) -> bytes:
    """The event's data; empty for comments and the like."""
    lines = [line[5:] for line in _LINE.split(event) if line.startswith(b"data:")]
    return b"\n".join(line.removeprefix(b" ") for line in lines)
