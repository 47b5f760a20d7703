"""Running stubs, a tracker on them, and one ticket, for the tests beside."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from integrations.linear import LinearTracker
from integrations.stubs import Stubs, StubsConfig, start_stubs
from worker.domain.ticket import TicketId

CONFIG = StubsConfig(git_root=Path())


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    with start_stubs(CONFIG) as running:
        yield running


def connect(stubs: Stubs, key: str = CONFIG.linear_key, longest: int = 500) -> LinearTracker:
    url = f"{stubs.url}/linear/graphql"
    return LinearTracker(url, key, longest_pause_seconds=0, longest_comment=longest)


@pytest.fixture
def tracker(stubs: Stubs) -> Iterator[LinearTracker]:
    with closing(connect(stubs)) as tracker:
        yield tracker


@pytest.fixture
def ticket_id(stubs: Stubs) -> TicketId:
    return TicketId(stubs.person.create_ticket("Talk", labels=["agent"]).id)
