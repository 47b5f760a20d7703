"""An operator's terminal: the command itself, SQLite, and stand-ins over HTTP with real git."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.sql import SqlRunStore, open_store
from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs
from integrations.stubs.models import Answer, Script
from integrations.stubs.repositories import git_environment
from worker import bootstrap
from worker.domain.events import RunEvent, RunOpened
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.ticket import TicketRef

SLUG = "acme/app"
TOKEN = "a-token-of-this-test"
FILES = {
    "README.md": "# App\n",
    "AGENTS.md": "# Ours\n\nBe kind.\n",
    ".storyfleet.toml": 'execution_command = "make test"\n',
}


@dataclass
class Terminal:
    """Runs ``fleet`` as a process of its own, over one database and one repository."""

    directory: Path
    stubs: Stubs
    store: SqlRunStore
    settings: dict[str, str]

    def fleet(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "worker", *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.directory,
            env=bootstrap.child_environment(self.settings),
            timeout=120,
        )

    def worked(self, run_id: str, ref: TicketRef, events: Sequence[RunEvent]) -> None:
        """A run with this journal, as a worker leaves it."""
        assert self.store.open_run(None, RunOpened(RunId(run_id), ref, SLUG))
        lease = self.store.claim_next("worker-1", ClaimLimits())
        assert lease is not None
        for event in events:
            self.store.append(lease, event)

    def models_answer(self, *answers: Answer) -> None:
        self.stubs.models.script = Script.in_order(*answers)

    def asked(self) -> list[dict[str, Any]]:
        return list(self.stubs.models.requests)

    def pulls(self) -> list[dict[str, Any]]:
        told = httpx.get(f"{self.stubs.url}/_stub/github/pulls").raise_for_status()
        pulls: list[dict[str, Any]] = told.json()
        return pulls

    def git(self, *arguments: str) -> str:
        bare = self.directory / "git" / f"{SLUG}.git"
        done = subprocess.run(
            ["git", f"--git-dir={bare}", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=git_environment(),
        )
        return done.stdout


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    seed_repository(tmp_path / "git", SLUG, FILES)
    (tmp_path / "fleet.toml").write_text(
        f'[defaults]\nagent = "native"\n\n[repositories."{SLUG}"]\nteams = ["ENG"]\n'
    )
    url = f"sqlite:///{tmp_path / 'fleet.db'}"
    with start_stubs(StubsConfig(git_root=tmp_path / "git", github_token=TOKEN)) as stubs:
        store = open_store(url, 30.0)
        settings = {
            "LINEAR_API_KEY": "stub-linear-key",
            "LINEAR_API_URL": f"{stubs.url}/linear/graphql",
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_API_URL": f"{stubs.url}/github",
            "GITHUB_GIT_URL": f"{stubs.url}/git",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path / "data"),
            "FLEET_FILE": str(tmp_path / "fleet.toml"),
            "CODER_MODEL": "openai:coder",
            "EVALUATOR_MODEL": "openai:judge",
            "OPENAI_BASE_URL": f"{stubs.url}/openai/v1",
            "OPENAI_API_KEY": "a-model-key-of-this-test",
        }
        yield Terminal(tmp_path, stubs, store, settings)
        store.close()


def told(request: dict[str, Any]) -> str:
    """Everything that a model was sent."""
    return json.dumps(request["messages"], ensure_ascii=False)
