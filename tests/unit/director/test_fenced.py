"""Whatever people could see happens only under a held lease; whatever only reads needs none."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.unit.director.doubles import world
from worker.director import fenced
from worker.domain.errors import LeaseLost
from worker.domain.lease import RunId
from worker.domain.summary import Kept
from worker.ports import Checkout, CodeHost, Tracker

WRAPPERS: dict[type, Callable[..., Any]] = {
    Tracker: fenced.FencedTracker,
    CodeHost: fenced.FencedCodeHost,
    Checkout: fenced.FencedCheckout,
}
MUTATING = {
    (Tracker, "start"),
    (Tracker, "comment"),
    (Tracker, "attach"),
    (CodeHost, "publish"),
    (Checkout, "accept"),
    (Checkout, "push"),
    (Checkout, "add_file"),
    (Checkout, "keep_journal"),
    (Checkout, "forget"),
}
READING = {
    (Tracker, "ticket"),
    (Tracker, "ready_tickets"),
    (CodeHost, "default_branch"),
    (CodeHost, "file_url"),
    (CodeHost, "ended_pull_requests"),
    (CodeHost, "known_pull_request"),
    (Checkout, "resolve"),
    (Checkout, "files"),
    (Checkout, "read"),
    (Checkout, "bundle"),
    (Checkout, "archive"),
    (Checkout, "protect"),
    (Checkout, "diff"),
    (Checkout, "kept_journal"),
    (Checkout, "commit_file"),
}
WITHOUT_ANSWER = {"start", "comment", "attach", "push", "add_file", "keep_journal", "forget"}

methods = pytest.mark.parametrize(
    ("port", "name"),
    sorted(MUTATING | READING, key=str),
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)


@dataclass
class Behind:
    """Stands for any port: notes each call and answers with the call's name."""

    log: list[object] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., str]:
        def called(*arguments: object, **named: object) -> str:
            self.log.append((name, arguments, named))
            return f"answer of {name}"

        return called


def arguments_of(port: type, name: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """A value of its own for each parameter of a port's method."""
    parameters = list(inspect.signature(getattr(port, name)).parameters.values())[1:]
    keyword_only = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    plain = tuple(p.name for p in parameters if p.name not in keyword_only)
    return plain, {name: f"{name} by name" for name in keyword_only}


def lost() -> None:
    raise LeaseLost("another worker has it")


def test_every_method_of_the_fenced_ports_is_either_reading_or_mutating() -> None:
    of_ports = {
        (port, name)
        for port in WRAPPERS
        for name, member in vars(port).items()
        if inspect.isfunction(member) and not name.startswith("_")
    }
    assert of_ports == MUTATING | READING


@methods
def test_a_call_reaches_the_port_with_the_guard_first_where_it_changes_something(
    port: type, name: str
) -> None:
    behind = Behind()
    wrapped = WRAPPERS[port](behind, lambda: behind.log.append("guard"))
    plain, named = arguments_of(port, name)
    answer = getattr(wrapped, name)(*plain, **named)
    guard: list[object] = ["guard"] if (port, name) in MUTATING else []
    assert behind.log == [*guard, (name, plain, named)]
    assert answer == (None if name in WITHOUT_ANSWER else f"answer of {name}")


@methods
def test_without_the_lease_nothing_is_changed_and_reading_goes_on(port: type, name: str) -> None:
    behind = Behind()
    wrapped = WRAPPERS[port](behind, lost)
    plain, named = arguments_of(port, name)
    if (port, name) in READING:
        getattr(wrapped, name)(*plain, **named)
        assert behind.log == [(name, plain, named)]
    else:
        with pytest.raises(LeaseLost):
            getattr(wrapped, name)(*plain, **named)
        assert behind.log == []


def test_repositories_open_fenced_checkouts_and_close_them() -> None:
    behind, steps = Behind(), list[object]()

    class Opening:
        @contextmanager
        def open(self, repository: str, run_id: RunId) -> Iterator[Any]:
            steps.append((repository, run_id))
            yield behind
            steps.append("closed")

        def kept(self, repository: str) -> Kept:
            return Kept(frozenset({RunId(f"of {repository}")}))

    repositories = fenced.FencedRepositories(Opening(), lost)
    assert repositories.kept("acme/app").runs == {"of acme/app"}
    with repositories.open("acme/app", RunId("r1")) as checkout:
        assert checkout.resolve("main") == "answer of resolve"
        with pytest.raises(LeaseLost):
            checkout.push("agent/x", "c1")
    assert steps == [("acme/app", "r1"), "closed"]
    assert [entry[0] for entry in behind.log if isinstance(entry, tuple)] == ["resolve"]


def test_the_fence_stands_around_tracker_code_host_and_repositories_alone() -> None:
    ports = world().ports()
    around = fenced.fenced(ports, lost)
    assert around.tracker == fenced.FencedTracker(ports.tracker, lost)
    assert around.code_host == fenced.FencedCodeHost(ports.code_host, lost)
    assert around.repositories == fenced.FencedRepositories(ports.repositories, lost)
    for name in ("sandboxes", "agents", "judge", "store", "bell", "clock", "observers", "redact"):
        assert getattr(around, name) is getattr(ports, name), name
