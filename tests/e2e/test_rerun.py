"""A run that gives up teaches a rule; a person merges it; the rerun obeys it and stands beside."""

import subprocess
import sys

import pytest

from tests.e2e.playing import Fleet, Json
from tests.e2e.test_ticket_to_pull_request import ACCEPTS, SCRIPTED, STORY, git, wrote
from worker import bootstrap
from worker.domain.events import Outcome
from worker.domain.lease import RunId
from worker.domain.run import Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

RULE = "Write the whole word that the check looks for, never a part of it."


def fleet_command(fleet: Fleet, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "worker", *words],
        check=False,
        capture_output=True,
        text=True,
        cwd=fleet.directory,
        env=dict(fleet.stage.processes.environment) | {"COLUMNS": "200"},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_named(fleet: Fleet, run_id: str) -> Run:
    store = bootstrap.database(fleet.stage.database_url)
    return Run.from_journal(store.journal(RunId(run_id)))


def scripts(fleet: Fleet, coder: list[Json], *judge: Json) -> None:
    fleet.models_answer(
        {"model": "coder", "answers": coder},
        {"model": "judge", "answers": list(judge), "repeat": True},
    )


def test_from_giving_up_by_a_merged_rule_to_both_runs_side_by_side(fleet: Fleet) -> None:
    scripts(fleet, [*wrote("almost\n"), *wrote("nearly\n")], ACCEPTS)
    ticket = fleet.ticket("Teach and repeat", STORY, SCRIPTED, "agent")
    first = fleet.wait_closed(ticket)
    assert first.closed is not None
    assert first.closed.outcome is Outcome.GAVE_UP
    tip = git(fleet, SCRIPTED, "rev-parse", first.branch)
    (before,) = fleet.pulls(first)

    draft = {"evidence": [1], "root_cause": "Only a part was written.", "rule": RULE}
    scripts(fleet, [], {"structured": draft})
    fleet_command(fleet, "rules", "propose", first.id)
    branch = f"storyfleet/rules/{first.id}"
    (proposal,) = [p for p in fleet.stage.get("/github/pulls") if p["head"]["ref"] == branch]
    assert RULE in proposal["body"]
    # A person merges it, and the ticket's label is gone since.
    git(fleet, SCRIPTED, "update-ref", "refs/heads/main", branch)
    fleet.label(ticket, remove=("agent",))

    scripts(fleet, wrote("done\n"), ACCEPTS)
    shown = fleet_command(fleet, "rerun", first.id, "--wait")
    second = fleet.wait_closed(ticket)
    assert second.repeats is not None
    assert second.repeats.run == first.id
    assert second.closed is not None
    assert second.closed.outcome is Outcome.ACCEPTED
    assert RULE in second.rounds[0].report.prompt
    assert second.branch == f"agent/rerun/{second.id}"
    assert git(fleet, SCRIPTED, "show", f"{second.branch}:work.txt") == "done\n"
    (pull,) = fleet.pulls(second)
    assert not pull["draft"]
    assert f"A rerun of `{first.id}`" in pull["body"]
    assert before["html_url"] in pull["body"]

    assert git(fleet, SCRIPTED, "rev-parse", first.branch) == tip
    (after,) = fleet.pulls(first)
    same = ("number", "title", "body", "state", "draft", "updated_at", "head")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert run_named(fleet, first.id) == first
    for part in ("gave up", "accepted", first.id, second.id, pull["html_url"], "rules learned"):
        assert part in shown, part
    assert fleet_command(fleet, "compare", first.id).splitlines()[0] in shown
