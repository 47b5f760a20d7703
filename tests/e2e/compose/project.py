"""One compose project with the stand-ins, started and removed as a person would do it."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from docker import APIClient
from docker.errors import NotFound

from worker import bootstrap

ROOT: Final = Path(__file__).resolve().parents[3]
FILES: Final = ("compose.yaml", "infra/compose/demo.yaml")
IMAGES: Final = {
    "STORYFLEET_WORKER_IMAGE": "storyfleet/worker:latest",
    "STORYFLEET_REDIS_IMAGE": "storyfleet/redis:latest",
    "STORYFLEET_POSTGRES_IMAGE": "storyfleet/postgres:latest",
}
SOCKET: Final = "/var/run/docker.sock"
PATIENCE_SECONDS = 300.0
COMMAND_SECONDS = 240.0
LOG_LINES = 60

Json = dict[str, Any]


def environment() -> dict[str, str]:
    """What compose gets of ours: it takes variables of the environment before those of its file."""
    passed = {"PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", *IMAGES}
    return {name: value for name, value in os.environ.items() if name in passed}  # noqa: TID251


def compose_command() -> list[str] | None:
    """Compose v2 or docker-compose 1.29, whichever is there."""
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


@dataclass(frozen=True)
class Project:
    """The project's name and ports are its own, so any number can be up at once."""

    command: list[str]
    directory: Path
    api: APIClient
    name: str = field(default_factory=lambda: f"storyfleet-test-{secrets.token_hex(4)}")
    receiver_port: int = field(default_factory=bootstrap.free_port)
    stubs_port: int = field(default_factory=bootstrap.free_port)

    @property
    def env_file(self) -> Path:
        return self.directory / "compose.env"

    @property
    def receiver_url(self) -> str:
        return f"http://127.0.0.1:{self.receiver_port}"

    def write_env_file(self, settings: Mapping[str, str]) -> None:
        socket = environment().get("DOCKER_HOST", "").removeprefix("unix://") or SOCKET
        values = {
            "STORYFLEET_ENV_FILE": str(self.env_file),
            "RECEIVER_PORT": str(self.receiver_port),
            "STUBS_PORT": str(self.stubs_port),
            "DOCKER_SOCKET": socket,
            "DOCKER_GID": str(Path(socket).stat().st_gid),
            **{name: environment().get(name, image) for name, image in IMAGES.items()},
            **settings,
        }
        self.env_file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    def compose(self, *arguments: str, check: bool = True) -> str:
        """Run compose and return what it said. Raises AssertionError where it fails."""
        files = [word for name in FILES for word in ("-f", name)]
        own = [*self.command, "-p", self.name, "--env-file", str(self.env_file), *files]
        done = subprocess.run(
            [*own, *arguments],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        said = f"{done.stdout}\n{done.stderr}"
        assert not (check and done.returncode), f"compose {arguments}: {said}"
        return said

    def up(self, workers: int) -> None:
        self.compose("up", "-d", "--no-build", "--scale", f"worker={workers}")

    def down(self) -> None:
        """Remove containers, networks and volumes, and the sandboxes that workers left."""
        runs = {
            event["run_id"]
            for worker in self.containers("worker")
            for event in events(self.log(worker))
            if "run_id" in event
        }
        self.compose("down", "-v", "--remove-orphans", "--timeout", "5", check=False)
        for run in runs:
            for left in self.api.containers(all=True, filters={"label": f"storyfleet.run={run}"}):
                self.api.remove_container(left["Id"], force=True, v=True)

    def containers(self, service: str | None = None) -> list[Json]:
        """What the engine knows of the project's containers."""
        labels = [f"com.docker.compose.project={self.name}"]
        labels += [f"com.docker.compose.service={service}"] if service else []
        found = self.api.containers(all=True, filters={"label": labels})
        return [self.api.inspect_container(each["Id"]) for each in found]

    def health(self) -> dict[str, str]:
        """Each container's health, by name; of those that have no health check, their state."""
        return {
            each["Name"].removeprefix("/"): each["State"].get("Health", each["State"])["Status"]
            for each in self.containers()
        }

    def log(self, container: Json, lines: int | Literal["all"] = "all") -> list[str]:
        text: bytes = self.api.logs(container["Id"], tail=lines)
        return text.decode(errors="replace").splitlines()

    def log_ends(self) -> str:
        """The end of each container's log, for whoever has to find out why a test failed."""
        parts = [f"{self.health()}"]
        for each in self.containers():
            parts += [f"--- {each['Name']}", *self.log(each, LOG_LINES)]
        return "\n".join(parts)

    def sandboxes(self) -> dict[str, Json]:
        """The sandboxes of this moment, by container; the engine may have others' besides ours."""
        seen = {}
        for each in self.api.containers(filters={"label": "storyfleet.run"}):
            try:
                seen[each["Id"]] = self.api.inspect_container(each["Id"])
            except NotFound:
                continue
        return seen

    def get(self, path: str) -> Any:
        """The stand-ins' state at ``/_stub`` + path."""
        url = f"http://127.0.0.1:{self.stubs_port}/_stub{path}"
        return httpx.get(url, timeout=30).raise_for_status().json()

    def act(self, path: str, **body: object) -> Any:
        """A person's action."""
        url = f"http://127.0.0.1:{self.stubs_port}/_stub{path}"
        return httpx.post(url, json=body, timeout=30).raise_for_status().json()

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Look again and again. Raises AssertionError with the ends of all logs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not until():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {PATIENCE_SECONDS} s\n{self.log_ends()}")
            time.sleep(0.3)


def events(log: list[str]) -> list[Json]:
    """The lines of a log that are JSON objects."""
    return [json.loads(line) for line in log if line.startswith("{")]
