"""The suite's short form: forty tickets through a whole fleet with real containers, under fire."""

from pathlib import Path

import pytest

from tests.chaos import report, suite
from tests.contracts.run_store.postgres_server import binaries

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

SEED = 2026


@pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed")
def test_forty_tickets_end_once_each_whatever_is_killed_and_cut(tmp_path: Path) -> None:
    plan = suite.Plan(tickets=40, seed=SEED, command=f"infra/scripts/chaos --short --seed {SEED}")
    lines: list[str] = []
    done = suite.perform(plan, tmp_path, lines.append)
    assert done.passed, report.markdown(done)
    assert done.kills >= 10
    assert done.api_faults_injected >= 20
    assert sum(done.outcomes.values()) == 40
