"""The agent's way out: opened where it is needed, told to the agent, and shut before the report."""

from dataclasses import replace

import pytest

from integrations.memory.gateway import MemoryGateway
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.sessions import MemorySessions
from tests.unit import builders as b
from tests.unit.director.doubles import (
    PlayAgent,
    PlaySandbox,
    PlaySandboxes,
    StillClock,
    does_nothing,
    green_if,
    writes,
)
from tests.unit.stages.tools import tools
from worker.domain.access import Access, CallOutcome, ModelCall, Passage
from worker.domain.budget import Budget, Spend
from worker.domain.errors import RateLimited
from worker.domain.events import AgentReported, ExecutionFinished
from worker.domain.evidence import SECRETS, Finding
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.plan import Limits
from worker.domain.run import Run
from worker.domain.task import AgentNeeds
from worker.domain.transcript import Action, AgentSession
from worker.stages import run_agent, run_execution_command

SLUG = "acme/app"
LEASE = Lease(RunId("eng-1-abc"), "w", FencingToken(7))
NEEDS = AgentNeeds(("agent-x:1",), gateway=True, memory_bytes=3 * 1024**3)
CALL = ModelCall("openai:coder", CallOutcome.ANSWERED, 200, Spend(70, 7, 9, 0, 0.0, 1))


class World:
    """One round with everything in memory."""

    def __init__(self, *passages: Passage, needs: AgentNeeds = NEEDS, **plan: object) -> None:
        self.repositories = MemoryRepositories()
        self.base = self.repositories.create(SLUG, {"calc.py": "", "tests/test_calc.py": "ok"})
        self.gateway = MemoryGateway(passages or (Passage(),))
        self.sandboxes = PlaySandboxes(green_if("calc.py", "square"))
        self.agent = PlayAgent([does_nothing], needs=needs)
        self.run = b.run(*b.started(base_commit=self.base, **plan))

    def play(self, run: Run | None = None) -> AgentReported:
        ports = (self.repositories, self.sandboxes, self.gateway)
        others = ({"native": self.agent}, MemorySessions(), StillClock())
        return run_agent.perform(run or self.run, LEASE, *ports, *others)


def test_an_agent_that_calls_from_inside_gets_a_door_its_tools_and_its_way() -> None:
    world = World(Passage((CALL,)), limits=Limits(memory_bytes=1024**3))
    session = world.play().report.session
    (access,), (spec,), (task,) = world.gateway.opened, world.sandboxes.opened, world.agent.tasks
    left = replace(world.run.require_plan().budget)
    assert access == Access(RunId("eng-1-abc"), 7, ("openai:coder",), left)
    assert spec.image == "default + agent-x:1 + forward"
    assert (spec.door, spec.variables) == ("/memory/0", ())
    assert spec.limits.memory_bytes == 3 * 1024**3
    assert task.way is not None
    assert (task.way.base_url, task.way.token) == ("http://127.0.0.1:8080", "token-0")
    assert world.gateway.open_doors == []
    assert session.spend == Spend(70, 7, 9, 0, 0.0, 1)
    assert session.calls == (CALL,)


def test_an_agent_that_calls_no_model_has_no_way_out() -> None:
    world = World(needs=AgentNeeds())
    world.play()
    (spec,) = world.sandboxes.opened
    assert world.gateway.opened == []
    assert (spec.door, spec.image) == (None, "default")
    assert world.agent.tasks[0].way is None


OUTSIDE = AgentNeeds(gateway=True, outside=True)


def test_an_agent_that_calls_from_the_worker_has_a_door_that_its_sandbox_is_not_shown() -> None:
    world = World(Passage((CALL,)), needs=OUTSIDE)
    session = world.play().report.session
    (access,), (spec,), (task,) = world.gateway.opened, world.sandboxes.opened, world.agent.tasks
    assert (access.models, access.outside) == (("openai:coder",), True)
    assert (spec.door, spec.image) == (None, "default")
    assert task.way is not None
    assert (task.way.token, task.way.socket) == ("token-0", "/memory/0/gateway.sock")
    assert (session.calls, session.spend) == ((CALL,), Spend(70, 7, 9, 0, 0.0, 1))


def test_with_registries_it_is_shown_the_door_all_the_same_but_no_models_are_there() -> None:
    world = World(needs=OUTSIDE, registries=("pypi.org",))
    world.play()
    (access,), (spec,) = world.gateway.opened, world.sandboxes.opened
    assert (access.models, access.outside) == (("openai:coder",), True)
    assert (spec.door, spec.image) == ("/memory/0", "default + forward")


def test_allowed_registries_are_a_door_for_every_agent_and_a_proxy_inside() -> None:
    world = World(needs=AgentNeeds(), registries=("pypi.org",))
    world.play()
    (access,), (spec,) = world.gateway.opened, world.sandboxes.opened
    assert (access.models, access.registries) == ((), ("pypi.org",))
    variables = dict(spec.variables)
    assert variables["HTTPS_PROXY"] == "http://storyfleet:token-0@127.0.0.1:8081"
    assert "127.0.0.1" in variables["NO_PROXY"]
    assert world.agent.tasks[0].way is None


def test_an_agent_without_a_model_is_told_of_no_way() -> None:
    world = World(coder_model=None, registries=("pypi.org",))
    world.play()
    assert world.agent.tasks[0].way is None


def test_the_token_stands_in_no_report() -> None:
    world = World()

    def talks(_: PlaySandbox) -> AgentSession:
        return AgentSession("used token-0", (Action("shell", "env", "KEY=token-0"),))

    world.agent.acts = [talks]
    session = world.play().report.session
    assert "token-0" not in str(session)


def test_what_the_gateway_saw_ends_the_stage_where_nothing_was_answered() -> None:
    world = World(Passage((ModelCall("openai:coder", CallOutcome.RATE_LIMITED, 429),)))
    with pytest.raises(RateLimited):
        world.play()
    assert world.gateway.open_doors == []


def test_the_next_round_is_made_on_the_newest_commit_without_a_secret() -> None:
    world = World(needs=AgentNeeds(), budget=Budget(max_rounds=3))
    world.agent.acts = [writes("key = 'hunter2'"), writes("key = 'hunter2'"), writes("clean")]
    first = world.play()
    leak = Finding(SECRETS, "calc.py:1", "Remove it.")
    red = ExecutionFinished(b.evidence(commit=first.report.commit, findings=(leak,)))
    run = world.run.apply(first).apply(red)
    second = world.play(run)
    assert run.head == first.report.commit
    assert second.report.commit != world.base
    with world.repositories.open(SLUG, LEASE.run_id) as checkout:
        assert "hunter2" in (checkout.read(second.report.commit, "calc.py") or "")
    third = world.play(run.apply(second).apply(red))
    assert third.report.diff.files == ("calc.py",)


def test_the_clean_room_finds_what_was_changed_and_has_no_way_out() -> None:
    world = World(registries=("pypi.org",))
    world.agent.acts = [writes("key = 'hunter2'")]
    reported = world.play()
    done = run_execution_command.perform(
        world.run.apply(reported), LEASE, world.repositories, tools(world.sandboxes, world.gateway)
    )
    evidence = done.evidence
    assert [(f.gate, f.place) for f in evidence.findings] == [(SECRETS, "calc.py:1")]
    assert not evidence.green
    spec = world.sandboxes.opened[-1]
    assert (spec.purpose, spec.door, spec.variables, spec.image) == (
        "execution",
        None,
        (),
        "default",
    )
