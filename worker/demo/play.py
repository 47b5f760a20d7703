"""Plays a scene: stubs, broker, receiver, worker and reconciler, and a ticket with the label."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from worker import bootstrap
from worker.demo.processes import Processes
from worker.demo.scene import REPOSITORY, Scene

LINEAR_KEY = "demo-linear-key"
WEBHOOK_SECRET = "demo-webhook-secret"  # noqa: S105 - guards nothing: everything is on loopback
GITHUB_TOKEN = "demo-github-token"  # noqa: S105
MODEL_KEY = "demo-model-key"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    coder_model: str
    evaluator_model: str | None
    agent: str
    models_url: str | None = None
    """OpenAI-compatible base URL; None: the model stub's own."""
    own_keys: bool = False
    """The user's provider keys and addresses are used as they are."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings, by their names in the environment."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The running demo."""

    directory: Path
    stubs_url: str
    database_url: str
    receiver_url: str
    processes: Processes

    def start(self, name: str) -> None:
        """Start a process of the fleet; what stands before a dash in its name is the command."""
        command = name.partition("-")[0]
        port = self.receiver_url.rpartition(":")[2]
        options = ("--port", port) if command == "receiver" else ()
        self.processes.start(name, command, *options)

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """The stubs' state at ``/_stub`` + path."""
        return httpx.get(f"{self.stubs_url}/_stub{path}", timeout=10).raise_for_status().json()

    def act(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        """A person's action."""
        url = f"{self.stubs_url}/_stub{path}"
        return httpx.post(url, json=body, timeout=10).raise_for_status().json()


@contextmanager
def staged(directory: Path, scene: Scene, cast: Cast) -> Iterator[Stage]:
    """Start everything, each as a process of its own; stop it all at the end."""
    directory.mkdir(parents=True, exist_ok=True)
    git_root = directory / "git"
    for slug, files in {REPOSITORY: scene.files, **scene.more}.items():
        bootstrap.seed_repository(git_root, slug, files)
    with ExitStack() as stack:
        redis_url = stack.enter_context(bootstrap.embedded_broker(directory / "broker"))
        stubs_port, receiver_port = bootstrap.free_port(), bootstrap.free_port()
        stubs_url = f"http://127.0.0.1:{stubs_port}"
        environment = bootstrap.child_environment(
            _settings(directory, scene, cast, stubs_url, redis_url), keep_models=cast.own_keys
        )
        processes = stack.enter_context(Processes(directory / "logs", environment))
        database_url = cast.settings.get("DATABASE_URL") or _database(directory)
        stage = Stage(
            directory, stubs_url, database_url, f"http://127.0.0.1:{receiver_port}", processes
        )
        _start_stubs(stage, scene, git_root, stubs_port, receiver_port)
        stage.start("receiver")
        stage.start("worker")
        stage.start("reconciler")
        processes.wait_for("receiver", f"{stage.receiver_url}/readyz")
        yield stage


def _database(directory: Path) -> str:
    return f"sqlite:///{directory / 'data' / 'storyfleet.db'}"


def _start_stubs(stage: Stage, scene: Scene, git_root: Path, port: int, receiver_port: int) -> None:
    script = stage.directory / "script.json"
    script.write_text(json.dumps({"rules": scene.script}, indent=1))
    webhook = f"http://127.0.0.1:{receiver_port}/webhooks/linear"
    stage.processes.start(
        "stubs",
        *("stubs", "--port", str(port), "--git-root", str(git_root), "--script", str(script)),
        *("--webhook-url", webhook, "--webhook-secret", WEBHOOK_SECRET),
        *("--linear-key", LINEAR_KEY, "--github-token", GITHUB_TOKEN),
        *(word for slug in scene.more for word in ("--project", slug)),
    )
    stage.processes.wait_for("stubs", f"{stage.stubs_url}/_stub/state")


def _settings(
    directory: Path, scene: Scene, cast: Cast, stubs_url: str, redis_url: str
) -> dict[str, str]:
    fleet = directory / "fleet.toml"
    evaluator = "judge" if cast.evaluator_model else "command"
    tables = [
        f'[defaults]\nagent = "{cast.agent}"\nevaluator = "{evaluator}"\n',
        f'[repositories."{REPOSITORY}"]\nteams = ["SHIP"]\n',
        *(f'[repositories."{slug}"]\nprojects = ["{slug}"]\n' for slug in scene.more),
    ]
    fleet.write_text("\n".join(tables))
    values = {
        "LINEAR_API_KEY": LINEAR_KEY,
        "LINEAR_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "LINEAR_API_URL": f"{stubs_url}/linear/graphql",
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "GITHUB_API_URL": f"{stubs_url}/github",
        "GITHUB_GIT_URL": f"{stubs_url}/git",
        "REDIS_URL": redis_url,
        "DATABASE_URL": _database(directory),
        "DATA_DIR": str(directory / "data"),
        "FLEET_FILE": str(fleet),
        # So that no other fleet's janitor on this machine takes this one's sandboxes for its own.
        "FLEET_NAME": f"stage-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}",
        "CODER_MODEL": cast.coder_model,
        "EVALUATOR_MODEL": cast.evaluator_model or "",
        "RECONCILE_SECONDS": "2",
        "HEARTBEAT_SECONDS": "5",
    }
    if not cast.own_keys:
        values |= {
            "OPENAI_BASE_URL": cast.models_url or f"{stubs_url}/openai/v1",
            "OPENAI_API_KEY": MODEL_KEY,
        }
    return values | dict(cast.settings)


def label_a_ticket(stage: Stage, scene: Scene) -> str:
    """A person writes the story and puts the label on it; returns the ticket's identifier."""
    ticket = stage.act("/linear/tickets", title=scene.title, description=scene.story)
    stage.act(f"/linear/tickets/{ticket['id']}/labels", add=["agent"])
    identifier: str = ticket["identifier"]
    return identifier


def interactive() -> bool:
    """Whether a person watches in a terminal."""
    return sys.stdout.isatty()
