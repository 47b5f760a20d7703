"""Secrets found by their shape, with the rules of MongoDB's Kingfisher, inside this process.

Of its catalogue, only what knows a secret by itself is used: rules that need a telling name beside
it (``password = "..."``) find too much in ordinary code. Nothing is ever sent anywhere.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kingfisher_sdk import Rules, Scanner

from integrations.secrets.reading import opened, pieces, within_encoded
from integrations.secrets.spans import Span, joined
from worker.domain.protection import FoundSecret

_OWN_RULES = Path(__file__).with_name("rules.toml")
_NAME_BESIDE = r"(?:=|>|:{1,3}=|"
"""How the catalogue writes what stands between a name and its value."""
_TOO_GENERAL = frozenset({"betterleaks.generic-credential-uri"})
_CATALOGUES = ("betterleaks.", "veles.secrets/", "custom.")
_PASSES = 4
"""Texts in which what is left out shows a new secret are looked at again, so many times."""


@dataclass(frozen=True, slots=True)
class _Engine:
    rules: Rules
    scanner: Scanner


class KingfisherScanner:
    """See ``worker.ports.SecretScanner``. Safe to share between threads, and over a fork.

    Some 500 rules are compiled when first asked (ten seconds), and kept in ``cache`` (a directory
    of this user's own) for the next process, which needs half a second; None is the library's own
    place, below the user's cache directory.
    """

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._engine: _Engine | None = None
        self._kinds: dict[str, str | None] = {}

    def ready(self) -> None:
        """Load or compile the rules now, if that was not done yet."""
        self._loaded()

    def secrets(self, text: str) -> Sequence[FoundSecret]:
        """In order; a private key is one, on its first line."""
        data = text.encode(errors="surrogatepass")
        found, line, position = [], 1, 0
        for span in self._spans(data):
            line += data.count(b"\n", position, span.start)
            position = span.start
            shown = data[span.start : span.end].decode(errors="surrogatepass")
            found.append(FoundSecret(span.kind, shown, line))
        return found

    def scrub(self, text: str) -> str:
        """The text with ``[redacted: KIND]`` for each secret; a second time changes nothing."""
        for _ in range(_PASSES):
            data = text.encode(errors="surrogatepass")
            parts, position = [], 0
            for span in self._spans(data):
                parts += [data[position : span.start], f"[redacted: {span.kind}]".encode()]
                position = span.end
            if not parts:
                break
            text = b"".join((*parts, data[position:])).decode(errors="surrogatepass")
        return text

    def _spans(self, data: bytes) -> list[Span]:
        engine = self._loaded()
        found: list[Span] = []
        for start, piece in pieces(data):
            for view in {piece, opened(piece)}:
                found += self._found(engine, view, start)
        return joined(span for span in found if not within_encoded(data, span.start, span.end))

    def _found(self, engine: _Engine, data: bytes, offset: int) -> Iterator[Span]:
        for finding in engine.scanner.scan(data):
            kind = self._kind(engine, finding.rule_id) if finding.visible else None
            if kind is not None:
                start, end = (finding.location[name] for name in ("start_offset", "end_offset"))
                yield Span(offset + start, offset + end, kind, finding.confidence == "high")

    def _kind(self, engine: _Engine, rule_id: str) -> str | None:
        """What people are told; None for rules that are not used."""
        if rule_id not in self._kinds:
            used = rule_id not in _TOO_GENERAL and (
                _NAME_BESIDE not in engine.rules.detail(rule_id)["pattern"]
            )
            self._kinds[rule_id] = _readable(rule_id) if used else None
        return self._kinds[rule_id]

    def _loaded(self) -> _Engine:
        with self._lock:
            if self._engine is None:
                rules = Rules([_OWN_RULES], confidence="medium", cache_dir=self._cache)
                self._engine = _Engine(rules, Scanner(rules))
            return self._engine


def _readable(rule_id: str) -> str:
    """``betterleaks.github-pat.1`` is a ``github-pat``."""
    for catalogue in _CATALOGUES:
        rule_id = rule_id.removeprefix(catalogue)
    name, _, number = rule_id.rpartition(".")
    return name if number.isdigit() else rule_id
