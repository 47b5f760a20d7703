"""A write that takes longer than its lease may last is not gone on with."""

import pytest

from integrations.linear.client import LinearApi
from integrations.linear.documents import VIEWER
from worker.domain.errors import Unavailable


def test_after_its_time_nothing_is_sent() -> None:
    api = LinearApi("http://127.0.0.1:9/graphql", "stub-linear-key", attempts=1)
    with api.soon(-1), pytest.raises(Unavailable, match="took too long"):
        api.ask(VIEWER)
    with pytest.raises(Unavailable, match="does not answer"):
        api.ask(VIEWER)
    with api.soon(60), pytest.raises(Unavailable, match="does not answer"):
        api.ask(VIEWER)
    api.close()
