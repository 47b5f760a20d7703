"""Texts made fit for rules: in pieces of a size, without what hides a token's end from a rule."""

import re
from collections.abc import Iterator

_PIECE_BYTES = 64 * 1024
"""In more than that, rules for what spans lines take time by the square of a hostile length."""
_OVERLAP_BYTES = 12 * 1024
"""Longer than a private key."""
_COLOUR = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_FULL_STOP = re.compile(rb"[.](?=\s|\Z)")
_ENCODED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
_PLAIN = frozenset(_ENCODED + b"=.~\"'`;\\ \t\r\n")
_SPACED = bytes(byte if byte in _PLAIN else ord(" ") for byte in range(256))
_RUN_BYTES = 256
_MARGIN_BYTES = 16
_ENCODED_LINE = re.compile(rb"[\s+\"']{0,16}[A-Za-z0-9+/_-]{60,}={0,2}[\s\\n\"',]{0,4}")
"""One of many, as base64 is broken into lines."""


def pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Parts with their offsets, which overlap."""
    step = _PIECE_BYTES - _OVERLAP_BYTES
    for start in range(0, max(1, len(data) - _OVERLAP_BYTES), step):
        # Zeros and byte order marks would be taken for another encoding than UTF-8.
        piece = data[start : start + _PIECE_BYTES]
        yield start, piece.replace(b"\0", b" ").replace(b"\xef\xbb\xbf", b"   ")


def opened(data: bytes) -> bytes:
    """With blanks for what may follow a token in a sentence, but not in the rules of its kind.

    Many rules want a quotation mark, a blank or the line's end there. Offsets stay.
    """
    plain = _COLOUR.sub(lambda match: b" " * len(match[0]), data)
    return _FULL_STOP.sub(b" ", plain.translate(_SPACED))


def within_encoded(data: bytes, start: int, end: int) -> bool:
    """Whether this is the inside of something long, as an image in base64: any letters come there
    in the end.
    """
    before, after = data[max(0, start - _RUN_BYTES) : start], data[end : end + _RUN_BYTES]
    run = len(before) - len(before.rstrip(_ENCODED)) + len(after) - len(after.lstrip(_ENCODED))
    if run < _MARGIN_BYTES:
        return False
    line = before.rpartition(b"\n")[2] + data[start:end] + after.partition(b"\n")[0]
    return run >= _RUN_BYTES or _ENCODED_LINE.fullmatch(line) is not None
