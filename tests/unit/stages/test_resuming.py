"""When a round goes on with its agent's session, and all that makes it begin anew."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from integrations.memory.gateway import MemoryGateway
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.sessions import MemorySessions
from tests.unit import builders as b
from tests.unit.director.doubles import PlayAgent, PlaySandbox, PlaySandboxes, StillClock, green_if
from worker import journal
from worker.domain.access import CallOutcome, ModelCall, Passage
from worker.domain.budget import Budget, Spend
from worker.domain.errors import FleetError, HandOverRefused, SandboxGone, Unavailable
from worker.domain.events import AgentReported, TierRaised
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.mode import Mode
from worker.domain.plan import Tier
from worker.domain.run import Run
from worker.domain.task import AgentNeeds, AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox
from worker.rendering import transcript
from worker.stages import run_agent
from worker.stages.resuming import LONGEST_TOKENS, MOST_BYTES

SLUG = "acme/app"
LEASE = Lease(RunId("eng-1-abc"), "w", FencingToken(7))
STATE = ".mine/sessions"
NEEDS = AgentNeeds(("agent-mine:1",), sessions=(STATE,))


class RememberingAgent(PlayAgent):
    """Writes its session to its home, and takes up one that is there."""

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        assert isinstance(sandbox, PlaySandbox)
        resumed = task.resumption is not None and sandbox.unpack_home(
            task.resumption.archive, self.needs.sessions
        )
        session = super().work(task, sandbox)
        before = sandbox.home.get(STATE, "") if resumed else ""
        sandbox.home[STATE] = f"{before}round {task.round_number}; "
        return replace(session, id="abc-1", resumed=resumed)


def _writes(sandbox: PlaySandbox) -> AgentSession:
    sandbox.write("calc.py", (sandbox.read("calc.py") or "") + "x")
    return AgentSession("wrote")


@dataclass
class World:
    """Rounds of one run, each with the sessions that this machine keeps."""

    plan: dict[str, object] = field(default_factory=dict)
    act: Callable[[PlaySandbox], AgentSession] = _writes
    passages: tuple[Passage, ...] = (Passage(),)
    sessions: MemorySessions = field(default_factory=MemorySessions)
    needs: AgentNeeds = NEEDS

    def __post_init__(self) -> None:
        self.repositories = MemoryRepositories()
        base = self.repositories.create(SLUG, {"calc.py": ""})
        self.agent = RememberingAgent([self.act], needs=self.needs)
        settings = {"resume_sessions": True, "budget": Budget(max_rounds=9), **self.plan}
        self.run = b.run(*b.started(base_commit=base, **settings))

    def play(self) -> AgentReported:
        """One round, which is not accepted; as the journal tells of it."""
        reported = run_agent.perform(
            self.run,
            LEASE,
            self.repositories,
            PlaySandboxes(green_if("calc.py", "square")),
            MemoryGateway(self.passages),
            {"native": self.agent, "other": self.agent},
            self.sessions,
            StillClock(),
        )
        read = journal.decode_event(journal.encode_event(reported))
        assert read == reported
        self.run = self.run.apply(reported)
        for event in b.revised_round(reported.report.commit)[1:]:
            self.run = self.run.apply(event)
        return reported

    @property
    def task(self) -> AgentTask:
        return self.agent.tasks[-1]


def test_the_next_round_goes_on_and_is_told_the_feedback_alone() -> None:
    world = World()
    first = world.play().report
    assert (first.session.resumed, bool(first.kept)) == (False, True)
    assert "Acceptance criteria" in first.prompt

    second = world.play().report
    assert world.task.resumption is not None
    assert world.task.resumption.session == "abc-1"
    assert second.session.resumed
    assert second.prompt == world.task.resumption.prompt
    assert "# The task goes on: round 2" in second.prompt
    assert "1 failed" in second.prompt
    assert "Acceptance criteria" not in second.prompt
    assert "Acceptance criteria" in world.task.prompt, "if it cannot, it gets the whole"
    assert second.kept not in ("", first.kept)

    third = world.play().report
    assert b'"round 1; round 2; "' in (world.task.resumption.archive or b"")
    assert third.session.resumed
    assert "going on with its session of the round before" in transcript.render(world.run)
    assert "round 1; " not in repr(world.run), "what it remembers is in no journal"
    assert "round 1; " not in transcript.render(world.run)


def test_the_prompt_does_not_grow_with_the_rounds() -> None:
    world = World()
    sizes = [len(world.play().report.prompt) for _ in range(5)]
    assert max(sizes[1:]) - min(sizes[1:]) < 10


def loses_its_state(world: World) -> None:
    world.sessions.forget(LEASE.run_id)


def another_worker(world: World) -> None:
    world.sessions = MemorySessions()


def kept_by_a_round_that_was_interrupted(world: World) -> None:
    """It ended before its event was in the journal."""
    before = world.run
    world.play()
    world.run = before


def raised(world: World) -> None:
    world.run = world.run.apply(TierRaised(1, "stalled"))


def a_newer_agent(world: World) -> None:
    world.agent.needs = replace(NEEDS, tools=("agent-mine:2",))


def an_agent_that_cannot(world: World) -> None:
    world.agent.needs = replace(NEEDS, sessions=())


ANEW = {
    "pruned": loses_its_state,
    "another machine": another_worker,
    "interrupted": kept_by_a_round_that_was_interrupted,
    "tier raised": raised,
    "another version": a_newer_agent,
    "cannot resume": an_agent_that_cannot,
}


@pytest.mark.parametrize("happens", ANEW.values(), ids=ANEW)
def test_a_round_begins_anew(happens: Callable[[World], None]) -> None:
    world = World({"ladder": (Tier("other", "openai:big"),)})
    world.play()
    happens(world)
    report = world.play().report
    assert world.task.resumption is None
    assert (report.session.resumed, report.prompt) == (False, world.task.prompt)
    assert "Acceptance criteria" in report.prompt


def test_the_first_round_of_code_begins_anew_after_tests() -> None:
    world = World({"mode": Mode.TEST_FIRST})
    begun = world.run
    reported = world.play()
    assert reported.report.kept
    world.run = begun.apply(reported)
    for event in b.red_round(reported.report.commit)[1:]:
        world.run = world.run.apply(event)
    assert world.run.red == reported.report.commit
    world.play()
    assert world.task.resumption is None


@pytest.mark.parametrize(
    "world",
    [
        World({"resume_sessions": False}),
        World(needs=replace(NEEDS, sessions=())),
        World(sessions=MemorySessions(most_bytes=3)),
    ],
    ids=["switched off", "cannot resume", "no room"],
)
def test_nothing_is_kept(world: World) -> None:
    assert world.play().report.kept == ""
    assert world.sessions.kept() == frozenset()
    world.play()
    assert world.task.resumption is None


def test_an_agent_that_does_not_name_its_session_keeps_nothing() -> None:
    world = World()
    world.agent = PlayAgent([_writes], needs=NEEDS)  # type: ignore[assignment]
    assert world.play().report.kept == ""


@pytest.mark.parametrize("fault", [SandboxGone("gone"), Unavailable("no Docker")])
def test_a_sandbox_that_is_gone_after_the_hand_over_costs_no_round(fault: FleetError) -> None:
    def breaks(sandbox: PlaySandbox) -> AgentSession:
        sandbox.packing_fault = fault
        return _writes(sandbox)

    world = World(act=breaks)
    report = world.play().report
    assert (report.kept, report.session.failure) == ("", None)
    assert report.diff.files == ("calc.py",)


def test_a_session_that_is_too_large_is_not_kept() -> None:
    world = World()

    def grows(sandbox: PlaySandbox) -> AgentSession:
        sandbox.home[STATE] = "x" * MOST_BYTES
        return _writes(sandbox)

    class Growing(RememberingAgent):
        def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
            session = super().work(task, sandbox)
            assert isinstance(sandbox, PlaySandbox)
            grows(sandbox)
            return session

    world.agent = Growing([_writes], needs=NEEDS)
    assert world.play().report.kept == ""


def fails(sandbox: PlaySandbox) -> AgentSession:
    return replace(_writes(sandbox), failure="timeout")


def is_refused(sandbox: PlaySandbox) -> AgentSession:
    sandbox.refusal = HandOverRefused("too large")
    return _writes(sandbox)


@pytest.mark.parametrize("act", [fails, is_refused])
def test_after_a_failure_or_thrown_away_work_its_memory_is_not_true(
    act: Callable[[PlaySandbox], AgentSession],
) -> None:
    world = World(act=act)
    report = world.play().report
    assert (report.kept, bool(report.session.failure)) == ("", True)
    world.play()
    assert world.task.resumption is None


def calls(*tokens: int, outcome: CallOutcome = CallOutcome.ANSWERED) -> tuple[ModelCall, ...]:
    return tuple(ModelCall("openai:coder", outcome, 200, Spend(n - 1, 1, 0)) for n in tokens)


@pytest.mark.parametrize(
    ("passage", "resumes"),
    [
        (Passage(calls(10, LONGEST_TOKENS, 20)), True),
        (Passage(calls(10, LONGEST_TOKENS + 1, 20)), False),
        (Passage((*calls(10), *calls(99_999, outcome=CallOutcome.LEFT))), True),
        (Passage((*calls(10), *calls(20, outcome=CallOutcome.FAILED))), False),
    ],
    ids=["long", "too long", "a call that was left", "ended with a call that failed"],
)
def test_a_conversation_that_has_become_long_is_begun_anew(passage: Passage, resumes: bool) -> None:
    """Every call would pay for all of it again."""
    world = World(passages=(passage,), needs=replace(NEEDS, gateway=True))
    assert world.play().report.kept
    world.play()
    assert (world.task.resumption is not None) is resumes


def test_a_journal_without_any_of_this_is_read_as_fresh_sessions() -> None:
    plan = b.started()
    run = Run.from_journal([b.opened(), *plan, AgentReported(b.report())])
    assert not run.require_plan().resume_sessions
    assert (run.require_round().report.kept, run.require_round().report.session.id) == ("", "")
