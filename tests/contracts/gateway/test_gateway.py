"""What every gateway promises: the one in memory, and the real one before the stub's models."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.gateway.worlds import MODEL, MemoryWorld, World, real_world
from worker.domain.access import Access, CallOutcome
from worker.domain.errors import ConfigurationError
from worker.domain.lease import RunId

DOUBLE = "integrations.memory.gateway"
ACCESS = Access(RunId("run-1"), 1, (MODEL,))


@pytest.fixture(params=["memory", "http"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    with tempfile.TemporaryDirectory(prefix="gw-") as scratch, real_world(Path(scratch)) as real:
        yield real


def test_a_door_has_a_place_and_a_token_of_its_own(world: World) -> None:
    with world.gateway.open(ACCESS) as one, world.gateway.open(ACCESS) as other:
        assert one.token != other.token
        assert one.directory != other.directory
        assert all((one.token, one.directory))


def test_nothing_has_gone_through_a_new_door(world: World) -> None:
    with world.gateway.open(ACCESS) as door:
        assert (door.passage().calls, door.passage().refusals) == ((), ())
        assert not door.over()


def test_after_the_block_every_call_is_known(world: World) -> None:
    with world.gateway.open(ACCESS) as door:
        world.call(door, CallOutcome.ANSWERED)
        world.call(door, CallOutcome.ANSWERED)
    passage = door.passage()

    assert [(call.model, call.outcome, call.status) for call in passage.calls] == [
        (MODEL, CallOutcome.ANSWERED, 200)
    ] * 2
    assert (passage.spend.input_tokens, passage.spend.output_tokens) == (20, 10)
    assert passage.answered
    assert passage.trouble is None


def test_doors_do_not_share_what_went_through(world: World) -> None:
    with world.gateway.open(ACCESS) as one, world.gateway.open(ACCESS) as other:
        world.call(one, CallOutcome.ANSWERED)

    assert (len(one.passage().calls), len(other.passage().calls)) == (1, 0)


def test_after_a_refused_key_it_is_over(world: World) -> None:
    with world.gateway.open(ACCESS) as door:
        world.call(door, CallOutcome.UNAUTHORISED)
        assert door.over()
    trouble = door.passage().trouble

    assert trouble is not None
    assert (trouble.outcome, trouble.status) == (CallOutcome.UNAUTHORISED, 401)


@pytest.mark.parametrize("outcome", [CallOutcome.FAILED, CallOutcome.RATE_LIMITED])
def test_after_one_failure_it_is_not_over(world: World, outcome: CallOutcome) -> None:
    with world.gateway.open(ACCESS) as door:
        world.call(door, outcome)
        assert not door.over()
    trouble = door.passage().trouble

    assert trouble is not None
    assert trouble.outcome is outcome


def test_a_provider_that_is_not_set_up(world: World) -> None:
    access = Access(RunId("run-1"), 1, ("anthropic:claude",))
    with pytest.raises(ConfigurationError), world.gateway.open(access):
        pass
