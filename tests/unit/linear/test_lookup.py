"""What a webhook asks Linear is asked seldom and holds up nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

from integrations.linear.lookup import LOOKUP_SECONDS, Lookup
from worker.domain.errors import Unavailable


def test_an_answer_is_kept_for_a_while() -> None:
    now, answers = [0.0], iter(["one", "two"])
    lookup = Lookup(lambda: next(answers), "unknown", lambda: now[0])
    for now[0], expected in ((0, "one"), (LOOKUP_SECONDS, "one"), (LOOKUP_SECONDS + 1, "two")):
        assert lookup() == expected


def test_not_knowing_is_kept_too() -> None:
    asked = []

    def absent() -> str:
        asked.append(1)
        raise Unavailable("Linear does not answer.")

    lookup = Lookup(absent, "unknown", lambda: 0.0)
    assert [lookup(), lookup()] == ["unknown", "unknown"]
    assert len(asked) == 1


def test_nobody_waits_for_another_thread_that_asks() -> None:
    asking, answer = threading.Event(), threading.Event()

    def slow() -> str:
        asking.set()
        answer.wait(timeout=60)
        return "known"

    lookup = Lookup(slow, "unknown", lambda: 0.0)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lookup)
        assert asking.wait(timeout=60)
        assert lookup() == "unknown"
        answer.set()
        assert first.result() == "known"
    assert lookup() == "known"
