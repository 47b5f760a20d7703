"""The SecretScanner port in memory: it knows the secrets that it was told of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from worker.domain.protection import FoundSecret


@dataclass(slots=True)
class MemoryScanner:
    """See ``worker.ports.SecretScanner``."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kind by regular expression."""

    def secrets(self, text: str) -> Sequence[FoundSecret]:
        """In order."""
        found = sorted(
            (match.start(), kind, match[0])
            for pattern, kind in self.kinds.items()
            for match in re.finditer(pattern, text)
        )
        return [
            FoundSecret(kind, shown, text.count("\n", 0, start) + 1) for start, kind, shown in found
        ]

    def scrub(self, text: str) -> str:
        """The text with ``[redacted: KIND]`` for each secret."""
        for pattern, kind in self.kinds.items():
            text = re.sub(pattern, f"[redacted: {kind}]", text)
        return text
