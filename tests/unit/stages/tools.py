"""What evidence is produced with, in memory."""

import time

from integrations.memory.gateway import MemoryGateway
from integrations.memory.runners import MemoryRunners
from integrations.memory.syntax import MemorySyntax
from tests.unit import builders as b
from worker import ports
from worker.ports import Sandboxes
from worker.stages.run_execution_command import Tools


class Clock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


def tools(
    sandboxes: Sandboxes,
    gateway: MemoryGateway | None = None,
    syntax: MemorySyntax | None = None,
    clock: ports.Clock | None = None,
) -> Tools:
    """``hunter2`` is a secret; tests are read from lines such as ``passed: test_a``."""
    scanner = b.WordScanner("hunter2")
    gateway, syntax = gateway or MemoryGateway(), syntax or MemorySyntax()
    return Tools(sandboxes, gateway, scanner, MemoryRunners(), syntax, clock or Clock())
