"""Unmistakable texts in the place of secrets, found again in whatever form they come out."""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from urllib.parse import quote


def canary(prefix: str, mark: str) -> str:
    """A new one, with the mark in it, and a prefix as that kind of secret has."""
    return f"{prefix}{mark}{secrets.token_hex(8)}"


def base64_cores(text: str) -> list[str]:
    """What base64 makes of the text wherever it stands in a longer one."""
    cores = []
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + text.encode()).decode()
        cores.append(encoded[-(-shift * 4 // 3) : (shift + len(text)) * 8 // 6])
    return cores


class Finder:
    """Looks for texts by their names: as they are, and in the usual encodings."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._names = {form.encode(): name for name, text in texts.items() for form in _forms(text)}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))

    def found_in(self, data: bytes | str) -> set[str]:
        """The names of those that are in there."""
        raw = data.encode(errors="replace") if isinstance(data, str) else data
        return {self._names[hit] for hit in self._pattern.findall(raw)}


def _forms(text: str) -> set[str]:
    return {
        text,
        text[::-1],
        text.encode().hex(),
        quote(text, safe=""),
        json.dumps(text)[1:-1],
        *base64_cores(text),
    }
