"""Which sandbox to open, and which are found."""

from dataclasses import dataclass, field

from worker.domain.lease import RunId
from worker.domain.plan import Limits


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What kind of sandbox to open."""

    run_id: RunId
    fence: int
    purpose: str
    """``agent``, ``execution`` or ``environment``."""
    image: str
    """As returned by ``Sandboxes.image``."""
    limits: Limits
    door: str | None = None
    """Directory on the worker's machine that holds the gateway's socket (``gateway.sock``), which
    the sandbox sees as ``http://127.0.0.1:8080``; None: no way out at all.
    """
    variables: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Environment variables of everything that runs in it; never a secret of the operator's."""


@dataclass(frozen=True, slots=True)
class FoundSandbox:
    """A sandbox of this fleet on this machine, running or ended."""

    run_id: RunId
    fence: int
    """Of the lease it was opened under; -1 where it cannot be told."""
