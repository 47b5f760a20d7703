"""The gate ``checks``: the repository's linters and type checkers, as its settings name them."""

import re
from collections.abc import Iterator, Sequence

from worker.domain.command import CommandResult
from worker.domain.evidence import Finding

GATE = "checks"
_SHOWN = 1_500
_MISSING = re.compile(
    r"has no attribute|cannot find (?:implementation|module|name)|is not exported"
    r"|no exported member|unresolved|could not be resolved|undefined|does not exist on type"
    r"|unexpected keyword"
    r"|too many arguments|no-name-in-module|import-not-found|attr-defined|call-arg|\bF821\b",
    re.IGNORECASE,
)
"""How checkers say that something is not there yet."""


def findings(
    ran: Sequence[tuple[str, CommandResult]], tests: Sequence[str], *, red: bool
) -> Iterator[Finding]:
    """``ran`` are the commands with what came of each. While only tests are written (``red``), what
    they complain about counts in the new ``tests`` alone, and not that the code is missing.
    """
    for command, result in ran:
        if result.ok:
            continue
        output = _of_tests(result.output, tests) if red else result.output
        if not output.strip():
            continue
        how = f"hit a limit: {result.breach}" if result.breach else f"exited {result.exit_code}"
        text = f"`{command}` {how}. The end of what it printed: {output[-_SHOWN:].strip()}"
        yield Finding(GATE, command, text)


def _of_tests(output: str, tests: Sequence[str]) -> str:
    own = (line for line in output.splitlines() if any(path in line for path in tests))
    return "\n".join(line for line in own if not _MISSING.search(line))
