"""``fleet check``, ``fleet health`` and the demo's options: what needs no service."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from worker.cli import app
from worker.cli.demo import _unfolded
from worker.domain.errors import ConfigurationError
from worker.health import touch_health
from worker.settings import Role, Settings

COMPLETE = {
    "LINEAR_API_KEY": "stub-linear-key",
    "LINEAR_WEBHOOK_SECRET": "stub-webhook-secret",
    "GITHUB_TOKEN": "stub-github-token",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "COLUMNS": "500",
}
FLEET = '[repositories."acme/app"]\nteams = ["ENG"]\n'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """An empty working directory, and the signal handlers of before afterwards."""
    kept = signal.getsignal(signal.SIGTERM)
    with contextlib.chdir(tmp_path):
        yield tmp_path
    signal.signal(signal.SIGTERM, kept)


def fleet(here: Path, *words: str, **variables: str) -> Result:
    environment = {**COMPLETE, "DATA_DIR": str(here / "data"), **variables}
    return CliRunner().invoke(app, words, env=environment)


def test_complete_settings_are_said_to_be_so_with_the_allowlist(here: Path) -> None:
    (here / "fleet.toml").write_text(FLEET)
    done = fleet(here, "check")
    assert done.exit_code == 0
    assert "The settings are complete. Repositories: acme/app." in done.output


def test_warnings_name_the_process_that_they_are_about(here: Path) -> None:
    (here / "fleet.toml").write_text(FLEET)
    done = fleet(here, "check", LINEAR_APIKEY="x")
    assert done.exit_code == 0
    assert "receiver: LINEAR_APIKEY is not a setting" in done.output


def test_every_fault_is_told_and_nothing_is_said_to_be_complete(here: Path) -> None:
    done = fleet(here, "check", LINEAR_API_KEY="", REDIS_URL="")
    assert isinstance(done.exception, ConfigurationError)
    for name in ("LINEAR_API_KEY", "REDIS_URL"):
        assert name in str(done.exception)
    assert "complete" not in done.output


def test_health_is_whether_the_mark_is_fresh(here: Path) -> None:
    assert fleet(here, "health").exit_code == 1
    given = {"DATA_DIR": str(here / "data")}
    touch_health(Settings.load(Role.LOCAL, variables=given, directory=here), Role.WORKER)
    assert fleet(here, "health", "--role", "worker").exit_code == 0
    assert fleet(here, "health", "--role", "reconciler").exit_code == 1


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (("--model", "gpt-5"), "provider:name"),
        (("--model", "smollm2"), "needs its weights"),
        (("--model", "smollm2", "--weights", "missing.gguf"), "needs its weights"),
    ],
)
def test_a_demo_with_a_wrong_option_starts_nothing(
    here: Path, options: tuple[str, ...], remedy: str
) -> None:
    done = fleet(here, "demo", "--directory", str(here / "demo"), *options)
    assert isinstance(done.exception, ConfigurationError)
    assert remedy in str(done.exception)
    assert not (here / "demo").exists()


def test_a_folded_transcript_becomes_headings() -> None:
    folded = "<details>\n<summary>Round 1: accept</summary>\n\nx\n</details>"
    assert _unfolded(folded) == "\n### ▸ Round 1: accept\n\nx\n"
