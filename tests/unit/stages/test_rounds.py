"""One round's stages by themselves: the agent's assignment, the evidence, and what is published."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.gateway import MemoryGateway
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.runners import MemoryRunners
from integrations.memory.sandboxes import Answer, MemorySandboxes
from integrations.memory.sessions import MemorySessions
from integrations.memory.tracker import MemoryTracker
from tests.unit import builders as b
from tests.unit.builders import REF
from tests.unit.director.doubles import PlayAgent, PlaySandboxes, StillClock, does_nothing, green_if
from tests.unit.stages.tools import tools
from worker.domain.budget import Budget, Spend
from worker.domain.command import Breach, Command, CommandResult
from worker.domain.errors import ConfigurationError
from worker.domain.events import AgentReported, ExecutionFinished
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.plan import ImageSpec, Limits
from worker.domain.run import Run
from worker.domain.task import AgentTask
from worker.domain.transcript import AgentSession
from worker.stages import publish, run_agent, run_execution_command, start_work

SLUG = "acme/app"
LEASE = Lease(RunId("eng-1-abc"), "w", FencingToken(7))


def remote() -> tuple[MemoryRepositories, str]:
    """The repository and its base commit."""
    repositories = MemoryRepositories()
    return repositories, repositories.create(SLUG, {"calc.py": "", "README.md": "x"})


def ported(
    run: Run,
    repositories: MemoryRepositories,
    sandboxes: PlaySandboxes,
    agent: PlayAgent,
    gateway: MemoryGateway | None = None,
    clock: StillClock | None = None,
) -> AgentReported:
    return run_agent.perform(
        run,
        LEASE,
        repositories,
        sandboxes,
        gateway or MemoryGateway(),
        {"native": agent},
        MemorySessions(),
        clock or StillClock(),
    )


def task_of(run: Run, repositories: MemoryRepositories) -> AgentTask:
    agent = PlayAgent([does_nothing])
    sandboxes = PlaySandboxes(green_if("calc.py", "square"))
    ported(run, repositories, sandboxes, agent)
    (task,) = agent.tasks
    return task


@pytest.mark.parametrize(
    ("max_seconds", "timeout"), [(None, 50), (1000.0, 50), (42.0, 40), (2.0, 1), (1.0, 1)]
)
def test_a_session_never_lasts_longer_than_the_budget_has_left(
    max_seconds: float | None, timeout: float
) -> None:
    repositories, base = remote()
    spent = b.report(commit=base, session=AgentSession("", spend=Spend(seconds=2.0)))
    budget = Budget(9, max_seconds)
    plan = b.started(base_commit=base, agent_timeout_seconds=50.0, budget=budget)
    task = task_of(b.run(*plan, AgentReported(spent)), repositories)
    assert task.timeout_seconds == timeout
    assert task.round_number == 2
    assert task.allowance == budget.left_after(Spend(seconds=2.0))


def test_the_task_names_what_may_be_changed_and_read() -> None:
    repositories, base = remote()
    named = {"context_editable": ("src",), "context_read_only": ("docs",)}
    task = task_of(b.run(*b.started(base_commit=base, **named)), repositories)
    assert (task.model, task.editable, task.readable) == ("openai:coder", ("src",), ("docs",))
    assert "Square numbers" in task.brief


def test_an_agent_that_is_not_there_is_a_wrong_setting() -> None:
    repositories, base = remote()
    run = b.run(*b.started(base_commit=base, agent="ghost"))
    sandboxes = PlaySandboxes(green_if("x", "y"))
    with pytest.raises(ConfigurationError, match="ghost"):
        ported(run, repositories, sandboxes, PlayAgent([does_nothing]))
    assert sandboxes.opened == []


def test_the_sessions_time_is_measured_by_the_fleet() -> None:
    repositories, base = remote()
    clock = StillClock()

    def takes_a_minute(_: object) -> AgentSession:
        clock.sleep(60)
        return AgentSession("done", spend=Spend(1, 2))

    reported = ported(
        b.run(*b.started(base_commit=base)),
        repositories,
        PlaySandboxes(green_if("x", "y")),
        PlayAgent([takes_a_minute]),
        clock=clock,
    )
    assert reported.report.session.spend == Spend(1, 2, seconds=60)


def finished(answer: Answer) -> tuple[MemorySandboxes, ExecutionFinished]:
    repositories, base = remote()
    changes = {
        "image": ImageSpec("base", None, ("make deps",)),
        "limits": Limits(pids=9),
        "execution_timeout_seconds": 33.0,
    }
    run = b.run(*b.started(base_commit=base, **changes), AgentReported(b.report(commit=base)))
    sandboxes = MemorySandboxes(answer, images={"base"})
    return sandboxes, run_execution_command.perform(run, LEASE, repositories, tools(sandboxes))


def test_evidence_is_made_in_a_fresh_sandbox_with_the_plans_image_and_limits() -> None:
    sandboxes, event = finished(lambda _command, _files: CommandResult(0, "2 passed", 1.5))
    (spec,) = sandboxes.opened
    assert (spec.run_id, spec.fence, spec.purpose) == (LEASE.run_id, 7, "execution")
    assert (spec.image, spec.limits) == ("base+make deps", Limits(pids=9))
    runners = MemoryRunners()
    ran, read = sandboxes.commands
    assert ran == Command(("sh", "-c", "make test"), 33.0, dict(runners.variables))
    assert read.argv == ("cat", runners.path)
    evidence = replace(event.evidence, gates=(), gates_seconds=0.0)
    assert evidence == b.evidence(commit=remote()[1], output="2 passed")


def test_whatever_the_command_does_is_evidence_and_its_end_is_kept() -> None:
    output = "x" * run_execution_command.KEPT_OUTPUT + "the end"
    _, event = finished(lambda _c, _f: CommandResult(137, output, 2, Breach.OUT_OF_MEMORY))
    evidence = event.evidence
    assert (evidence.exit_code, evidence.breach) == (137, Breach.OUT_OF_MEMORY)
    assert evidence.output.endswith("the end")
    assert "7 characters cut" in evidence.output


Published = Callable[..., tuple[MemoryRepositories, MemoryCodeHost, MemoryTracker, str | None]]


@pytest.fixture
def published() -> Published:
    def published(
        draft_because: str | None = None, **plan: object
    ) -> tuple[MemoryRepositories, MemoryCodeHost, MemoryTracker, str | None]:
        repositories, base = remote()
        code_host, tracker = MemoryCodeHost({SLUG: "main"}), MemoryTracker([b.ticket()])
        run = b.run(*b.started(base_commit=base, **plan), *b.accepted_round(base))
        for _ in range(2):
            event = publish.perform(run, draft_because, repositories, code_host, tracker)
        return repositories, code_host, tracker, event.transcript_url

    return published


def test_publishing_twice_is_one_branch_one_pull_request_one_link(published: Published) -> None:
    repositories, code_host, tracker, url = published()
    (pull,) = code_host.pulls(SLUG)
    assert (pull.draft, pull.base) == (False, "main")
    assert url in pull.text.body  # type: ignore[operator]
    assert [a.subtitle for a in tracker.attachments(REF.id)] == ["ready for review"]
    kept = repositories.branch_files(SLUG, "storyfleet/transcripts")
    assert kept is not None
    assert list(kept) == ["ENG-1/eng-1-abc.md"]


def test_a_repository_may_keep_transcripts_out(published: Published) -> None:
    repositories, code_host, _, url = published(transcripts="")
    assert url is None
    assert set(repositories.branches[SLUG]) == {"main", "agent/ENG-1-square-numbers"}
    assert "whole transcript" not in code_host.pulls(SLUG)[0].text.body


def test_a_draft_says_why_on_the_ticket_too(published: Published) -> None:
    _, code_host, tracker, _ = published("out of rounds")
    assert code_host.pulls(SLUG)[0].draft
    assert [a.subtitle for a in tracker.attachments(REF.id)] == ["draft: out of rounds"]


def test_work_starts_with_a_started_state_and_one_comment_however_often() -> None:
    tracker = MemoryTracker([replace(b.ticket(), state_type="backlog")])
    run = b.run(*b.started())
    for _ in range(2):
        start_work.perform(run, tracker)
    assert tracker.ticket(REF.id).state_type == "started"
    assert list(tracker.comments(REF.id)) == ["eng-1-abc:start"]
