"""The gate ``secrets``: nothing that has the shape of a secret comes in with the change."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from worker.domain.evidence import SECRETS, Finding
from worker.ports import SecretScanner

ReadFile = Callable[[str], str | None]


def findings(
    changed: Sequence[str], base: ReadFile, head: ReadFile, scanner: SecretScanner
) -> Iterator[Finding]:
    """What a changed file has more of than before; the secret itself is not told."""
    for path in changed:
        after = head(path)
        if after is None:
            continue
        known = Counter(found.text for found in scanner.secrets(base(path) or ""))
        for found in scanner.secrets(after):
            if known[found.text] > 0:
                known[found.text] -= 1
                continue
            yield Finding(
                SECRETS,
                f"{path}:{found.line}",
                f"This has the shape of a secret ({found.kind}). Remove it; read it from the"
                " environment instead, and write examples so that they cannot be taken for real.",
            )
