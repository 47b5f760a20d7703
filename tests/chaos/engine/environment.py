"""The settings of one world's processes, and its fleet file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worker import bootstrap

LINEAR_KEY = "chaos-linear-key"
WEBHOOK_SECRET = "chaos-webhook-secret"
GITHUB_TOKEN = "chaos-github-token"
MODEL_KEY = "chaos-model-key"

QUICK = {
    "LEASE_SECONDS": "6",
    "HEARTBEAT_SECONDS": "1.5",
    "RECONCILE_SECONDS": "1",
    "TRACKER_SECONDS": "5",
    "TIDY_SECONDS": "10",
    "TIDY_REPOSITORIES_SECONDS": "20",
    "GRACE_SECONDS": "3",
    "SHUTDOWN_SECONDS": "3",
    "LOG_FORMAT": "json",
}
"""As in production, but so short that much happens in little time."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything of a world is."""

    directory: Path
    stubs_port: int
    receiver_port: int
    database_url: str
    redis_url: str
    fleet_name: str

    @property
    def stubs_url(self) -> str:
        return f"http://127.0.0.1:{self.stubs_port}"

    @property
    def receiver_url(self) -> str:
        return f"http://127.0.0.1:{self.receiver_port}"

    @property
    def git_root(self) -> Path:
        """The bare repositories that stand for GitHub's."""
        return self.directory / "git"

    @property
    def data(self) -> Path:
        """The fleet's own directory."""
        return self.directory / "data"

    @property
    def temporary(self) -> Path:
        return self.directory / "tmp"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a world should be like."""

    repositories: Mapping[str, Mapping[str, str]]
    """``owner/name`` → path → content; a ticket goes there by the project of the same name."""
    database: str = "postgresql"
    """``postgresql`` or ``sqlite``."""
    sandboxes: str = "docker"
    """``docker`` or ``scripted``."""
    workers: int = 2
    reconcilers: int = 2
    retry_scale: float = 0.05
    """Factor on Linear's schedule of 1 minute, 1 hour, 6 hours."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings, by their names in the environment."""


def environment(wishes: Wishes, places: Places) -> dict[str, str]:
    """The whole environment of the world's processes; writes the fleet file."""
    values = {
        **QUICK,
        "LINEAR_API_KEY": LINEAR_KEY,
        "LINEAR_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LINEAR_API_URL": f"{places.stubs_url}/linear/graphql",
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "GITHUB_API_URL": f"{places.stubs_url}/github",
        "GITHUB_GIT_URL": f"{places.stubs_url}/git",
        "REDIS_URL": places.redis_url,
        "DATABASE_URL": places.database_url,
        "DATA_DIR": str(places.data),
        "FLEET_FILE": str(_fleet_file(wishes, places)),
        "FLEET_NAME": places.fleet_name,
        "SANDBOXES": wishes.sandboxes,
        "CODER_MODEL": "openai:coder",
        "EVALUATOR_MODEL": "openai:judge",
        "OPENAI_BASE_URL": f"{places.stubs_url}/openai/v1",
        "OPENAI_API_KEY": MODEL_KEY,
    }
    places.temporary.mkdir()
    kept = bootstrap.child_environment(values | dict(wishes.settings))
    return {**kept, "TMPDIR": str(places.temporary)}


def _fleet_file(wishes: Wishes, places: Places) -> Path:
    file = places.directory / "fleet.toml"
    tables = ['[defaults]\nagent = "native-tools"\nevaluator = "judge"\n']
    tables += [f'[repositories."{s}"]\nprojects = ["{s}"]\n' for s in wishes.repositories]
    file.write_text("\n".join(tables), encoding="utf-8")
    return file
