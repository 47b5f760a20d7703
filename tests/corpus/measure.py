"""Runs the gates alone, with no judge, over the corpus, and says what they let through."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from integrations.docker import DockerSandboxes
from integrations.git.repositories import GitRepositories
from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.gateway import MemoryGateway
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.scanner import MemoryScanner
from integrations.memory.tracker import MemoryTracker
from integrations.runners.reading import InstalledRunners
from integrations.stubs.repositories import seed_repository
from integrations.syntax.reader import TreeSitterSyntax
from tests.corpus.cases import Case, load
from tests.corpus.table import Measured, table, within_limits
from tests.integration.git.workshop import git
from worker.domain.events import AgentReported, RunOpened, StoryExamined
from worker.domain.evidence import Evidence
from worker.domain.fleet import AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.run import Run
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.domain.transcript import AgentReport, AgentSession
from worker.stages import examine_story, run_execution_command
from worker.stages.run_execution_command import Tools

IMAGE = "storyfleet/corpus:latest"
"""See infra/images/corpus: the sandbox with pytest and Node."""
PROJECTS = Path(__file__).parent / "projects"


class _Clock:
    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


def measure(case: Case, directory: Path, sandboxes: DockerSandboxes) -> Measured:
    """One case as a round of a run: planned from its base, and its change put before the gates."""
    run, repositories = a_round(case, directory)
    evidence = evidence_of(run, repositories, sandboxes)
    failed = () if evidence.passed else (f"the suite: {evidence.output[-300:]}",)
    return Measured(
        case.name,
        case.language,
        case.right,
        case.kind,
        evidence.green,
        tuple(dict.fromkeys(finding.gate for finding in evidence.findings)),
        (*failed, *(f"[{f.gate}] {f.place}: {f.text}" for f in evidence.findings)),
        evidence.notes,
        evidence.seconds,
        evidence.gates_seconds,
    )


def a_round(case: Case, directory: Path) -> tuple[Run, GitRepositories]:
    """A run whose first round has handed the change in."""
    slug = f"corpus/{case.name.replace('/', '-')}"
    git_root = directory / "git"
    seed_repository(git_root, slug, case.base)
    _hand_in(case, git_root / f"{slug}.git", directory / "hand-in" / slug)
    repositories = GitRepositories(directory / "work", lambda n: str(git_root / f"{n}.git"), None)
    ref = TicketRef(TicketId(slug), "CASE-1", "CASE")
    ticket = Ticket(
        ref, case.story_title, case.story_text, "https://x.invalid/1", labels=("agent",)
    )
    run = Run.from_journal([RunOpened(RunId("case-1"), ref, slug)])
    planned = examine_story.perform(
        run,
        MemoryTracker([ticket]),
        MemoryCodeHost({slug: "main"}),
        repositories,
        MemoryRunStore(),
        _fleet(slug),
    )
    if not isinstance(planned, StoryExamined) or planned.plan is None:
        raise ValueError(f"{case.name}: {planned}")
    run = run.apply(planned)
    with repositories.open(slug, run.id) as checkout:
        head = checkout.resolve("change")
        diff = checkout.diff(planned.plan.base_commit, head)
    report = AgentReport("corpus", None, "", AgentSession(""), head, diff)
    return run.apply(AgentReported(report)), repositories


def evidence_of(run: Run, repositories: GitRepositories, sandboxes: DockerSandboxes) -> Evidence:
    """What the clean room and the gates make of the newest round."""
    tools = Tools(
        sandboxes,
        MemoryGateway(),
        MemoryScanner(),
        InstalledRunners(),
        TreeSitterSyntax(),
        _Clock(),
    )
    lease = Lease(run.id, "corpus", FencingToken(1))
    return run_execution_command.perform(run, lease, repositories, tools).evidence


def _fleet(slug: str) -> Fleet:
    defaults = Defaults(agent="corpus", evaluator="command")
    repository = FleetRepository(slug, "main", teams=("CASE",), defaults=defaults)
    return Fleet((repository,), {"corpus": AgentCommand(("true",))})


def _hand_in(case: Case, remote: Path, directory: Path) -> None:
    """The change as a branch beside the base."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    git(directory.parent, "clone", "--quiet", str(remote), directory.name)
    for path, text in case.change.items():
        file = directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(directory, "checkout", "--quiet", "-b", "change")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "-m", case.story_title)
    git(directory, "push", "--quiet", "origin", "change")


def main(arguments: Sequence[str] | None = None) -> int:
    """The code is 1 if the gates let more through, or stop more, than they may."""
    parser = argparse.ArgumentParser(prog="infra/scripts/corpus", description=__doc__)
    parser.add_argument("--cases", type=Path, default=PROJECTS, help="another corpus of this form")
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time")
    parser.add_argument("--report", type=Path, help="a JSON file for everything that was found")
    asked = parser.parse_args(arguments)
    cases = [case for case in load(asked.cases) if asked.only in case.name]
    if not cases:
        parser.error(f"no case holds {asked.only!r} in its name")
    with TemporaryDirectory(prefix="corpus-") as directory:
        measured = _all(cases, Path(directory), asked.jobs)
    if asked.report:
        rows = [asdict(one) for one in measured]
        asked.report.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(table(measured))
    return 0 if within_limits(measured) else 1


def _all(cases: Sequence[Case], directory: Path, jobs: int) -> list[Measured]:
    sandboxes = DockerSandboxes(IMAGE, fleet=f"corpus-{os.getpid()}", lifetime_seconds=3600)

    def one(numbered: tuple[int, Case]) -> Measured:
        number, case = numbered
        told = measure(case, directory / str(number), sandboxes)
        mark = "ok " if told.accepted is told.right else "BAD"
        how = "accepted" if told.accepted else ", ".join(told.gates) or "the suite is red"
        print(f"{mark} {told.name}: {how}", file=sys.stderr, flush=True)
        return told

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, enumerate(cases)))


if __name__ == "__main__":
    raise SystemExit(main())
