"""A desk per kind of tracker: in memory, and Linear over HTTP against the stub."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from integrations.linear import LinearTracker
from integrations.memory.tracker import MemoryTracker
from integrations.stubs import StubsConfig, start_stubs
from tests.contracts.tracker.desk import Desk, LinearDesk, MemoryDesk


@pytest.fixture(params=["memory", "linear"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "memory":
        yield MemoryDesk(MemoryTracker(), count(1))
        return
    config = StubsConfig(git_root=tmp_path)
    with ExitStack() as stack:
        stubs = stack.enter_context(start_stubs(config))

        def connect() -> LinearTracker:
            url = f"{stubs.url}/linear/graphql"
            tracker = LinearTracker(url, config.linear_key, longest_pause_seconds=0)
            return stack.enter_context(closing(tracker))

        yield LinearDesk(stubs, connect)
