"""When a run is given back to the queue, for how long, and whether that counts as an attempt."""

import pytest

from tests.unit.director.driving import again, driven, noting, outcome
from worker.director import loop
from worker.director.loop import Driving, drive
from worker.domain.errors import RateLimited, RetryableError, Unavailable
from worker.domain.events import Outcome

NO_DOCKER = Unavailable("the Docker daemon does not answer")


@pytest.mark.parametrize(
    ("fault", "delay"),
    [
        (RateLimited("slow down", 7), 7),
        (RateLimited("slow down"), loop.RATE_LIMIT_DELAY_SECONDS),
    ],
)
def test_a_rate_limit_postpones_without_counting_an_attempt(
    fault: RetryableError, delay: float
) -> None:
    w, store = noting()
    w.sandboxes.fault = fault
    driven(w)
    for _ in range(5):
        again(w)
    assert store.given_back == [(delay, "slow down", False)] * 6


def test_each_failure_waits_about_twice_as_long_up_to_a_limit() -> None:
    patient = Driving(heartbeat_seconds=60, lease_seconds=60, max_attempts=9)
    w, store = noting()
    w.sandboxes.fault = NO_DOCKER
    drive(w.open(), w.ports(), w.fleet, patient)
    for _ in range(7):
        again(w, patient)
    for (delay, note, failed), expected in zip(
        store.given_back, (10, 20, 40, 80, 160, 300, 300, 300), strict=True
    ):
        assert 0.8 * expected <= delay <= 1.2 * expected
        assert (note, failed) == (str(NO_DOCKER), True)
    assert outcome(again(w, patient)) is Outcome.FAILED
