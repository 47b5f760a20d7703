"""Each run's branch is found again from its ticket, or is a rerun's own."""

import pytest

from tests.unit.builders import opened, run
from worker.domain.branches import RERUNS, branch_of_rerun, branch_of_ticket
from worker.domain.lease import RunId


@pytest.mark.parametrize(
    ("identifier", "title", "branch"),
    [
        ("ENG-1", "Square numbers!", "agent/ENG-1-square-numbers"),
        ("ENG 1", "", "agent/ENG-1"),
        ("ENG-1", "é" * 9, "agent/ENG-1"),
        ("ENG-1", "a" * 60, f"agent/ENG-1-{'a' * 40}"),
        ("RERUN-1", "x", "agent/RERUN-1-x"),
    ],
)
def test_a_tickets_branch(identifier: str, title: str, branch: str) -> None:
    assert branch_of_ticket(identifier, title) == branch
    assert not branch.lower().startswith(RERUNS)


def test_a_reruns_branch_is_no_tickets() -> None:
    assert branch_of_rerun(RunId("eng-1-abc")) == "agent/rerun/eng-1-abc"
    assert run().branch == "agent/ENG-1"
    assert opened().repeats is None
