"""What every bell promises, over the one in memory and the one in Redis."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis

from integrations.broker import CeleryBell, start_broker
from integrations.memory.bell import MemoryBell
from worker.domain.errors import Unavailable
from worker.ports import Bell


@dataclass(frozen=True)
class Case:
    bell: Bell
    rings: Callable[[], int]
    silence: Callable[[], None]


def memory() -> Case:
    bell = MemoryBell()

    def silence() -> None:
        bell.broken = True

    return Case(bell, lambda: bell.rings, silence)


@pytest.fixture(params=["memory", pytest.param("celery", marks=pytest.mark.integration)])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    if request.param == "memory":
        yield memory()
        return
    with start_broker(tmp_path) as broker, Redis.from_url(broker.url) as redis:
        bell = CeleryBell(broker.url)
        yield Case(
            bell,
            lambda: int(redis.llen("storyfleet:celery")),
            lambda: redis.shutdown(nosave=True),
        )
        bell.close()


def test_each_ring_is_told(case: Case) -> None:
    case.bell.ring()
    case.bell.ring()
    assert case.rings() == 2


def test_it_may_be_rung_from_many_threads(case: Case) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: case.bell.ring(), range(40)))
    assert case.rings() == 40


def test_a_ring_that_nobody_is_told_of_is_unavailable(case: Case) -> None:
    case.bell.ring()
    case.silence()
    with pytest.raises(Unavailable):
        case.bell.ring()
