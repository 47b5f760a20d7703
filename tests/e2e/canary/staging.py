"""A fleet whose every secret is a canary: real processes, a real broker and database, Docker."""

import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import redis

from integrations.broker.embedded import server_binary
from integrations.stubs.parts import StubsConfig
from integrations.stubs.server import Stubs, start_stubs
from tests.contracts.run_store import postgres_server
from tests.e2e.canary import canaries
from tests.e2e.playing import Fleet, Json
from worker import bootstrap
from worker.demo.play import Stage
from worker.demo.processes import Processes
from worker.domain.run import Run

DUMPER = '[agents.dumper]\ncommand = ["sh", "-c", "sh dump.sh; : {prompt_file} {round}"]\n'


class TidyFleet(Fleet):
    """Closes its connections, which PostgreSQL's driver insists on."""

    def run_of(self, ticket: Json) -> Run | None:
        with closing(bootstrap.database(self.stage.database_url)) as store:
            rows = [r for r in store.runs(200) if r.ticket == ticket["identifier"]]
            return Run.from_journal(store.journal(rows[0].id)) if rows else None


@dataclass
class Watched:
    """The fleet, and what was seen of the machine's processes while it worked."""

    fleet: Fleet
    stubs: Stubs
    arguments: "Arguments"


class Arguments:
    """Looks at the arguments of all processes of this machine, again and again."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self.looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            self.looks += 1
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.found |= canaries.found_in(path.read_bytes())
                except OSError:
                    continue


@contextmanager
def staged(directory: Path, repositories: Mapping[str, Mapping[str, str]]) -> Iterator[Watched]:
    """Everything up; ``repositories`` are reached by the project of the same name."""
    for slug, files in repositories.items():
        bootstrap.seed_repository(directory / "git", slug, files)
    port = bootstrap.free_port()
    with ExitStack() as stack:
        stubs = stack.enter_context(start_stubs(_stubs(directory, list(repositories), port)))
        settings = {
            **_settings(directory, list(repositories), stubs.url),
            "REDIS_URL": stack.enter_context(_broker(directory)),
            "DATABASE_URL": stack.enter_context(_database(directory)),
            **canaries.SETTINGS,
            **canaries.UNRELATED,
        }
        arguments = stack.enter_context(Arguments())
        environment = bootstrap.child_environment(settings)
        processes = stack.enter_context(Processes(directory / "logs", environment))
        processes.start("receiver", "receiver", "--port", str(port))
        processes.start("worker", "worker")
        processes.start("reconciler", "reconciler")
        processes.wait_for("receiver", f"http://127.0.0.1:{port}/readyz")
        receiver = f"http://127.0.0.1:{port}"
        stage = Stage(directory, stubs.url, settings["DATABASE_URL"], receiver, processes)
        yield Watched(TidyFleet(stage), stubs, arguments)


def _stubs(directory: Path, repositories: list[str], port: int) -> StubsConfig:
    return StubsConfig(
        git_root=directory / "git",
        webhook_url=f"http://127.0.0.1:{port}/webhooks/linear",
        webhook_secret=canaries.SETTINGS["LINEAR_WEBHOOK_SECRET"],
        linear_key=canaries.SETTINGS["LINEAR_API_KEY"],
        github_token=canaries.SETTINGS["GITHUB_TOKEN"],
        projects=tuple(repositories),
    )


def _settings(directory: Path, repositories: list[str], stubs_url: str) -> dict[str, str]:
    fleet = directory / "fleet.toml"
    tables = (f'[repositories."{slug}"]\nprojects = ["{slug}"]\n' for slug in repositories)
    defaults = '[defaults]\nagent = "native-tools"\nevaluator = "judge"\n'
    fleet.write_text("\n".join([defaults, DUMPER, *tables]))
    return {
        "LINEAR_API_URL": f"{stubs_url}/linear/graphql",
        "GITHUB_API_URL": f"{stubs_url}/github",
        "GITHUB_GIT_URL": f"{stubs_url}/git",
        "OPENAI_BASE_URL": f"{stubs_url}/openai/v1",
        "ANTHROPIC_BASE_URL": f"{stubs_url}/anthropic",
        "CODER_MODEL": "openai:coder",
        "EVALUATOR_MODEL": "anthropic:judge",
        "DATA_DIR": str(directory / "data"),
        "FLEET_FILE": str(fleet),
        "RECONCILE_SECONDS": "2",
        "LOG_LEVEL": "DEBUG",
    }


@contextmanager
def _broker(directory: Path) -> Iterator[str]:
    """A server that is told its password on its standard input."""
    port = bootstrap.free_port()
    url = f"redis://:{canaries.BROKER_PASSWORD}@127.0.0.1:{port}/0"
    text = f'bind 127.0.0.1\nport {port}\nrequirepass {canaries.BROKER_PASSWORD}\nsave ""\n'
    with subprocess.Popen(
        [server_binary(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd=directory
    ) as server:
        try:
            if server.stdin is not None:
                server.stdin.write(text.encode())
                server.stdin.close()
            while not _answers(url):
                assert server.poll() is None
            yield url
        finally:
            server.kill()


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        time.sleep(0.02)
        return False


@contextmanager
def _database(directory: Path) -> Iterator[str]:
    """PostgreSQL, which takes any password here; SQLite where there is none."""
    programs = postgres_server.binaries()
    if programs is None:
        yield f"sqlite:///{directory / 'data' / 'storyfleet.db'}"
        return
    with postgres_server.running(programs) as url:
        yield url.replace("canary-password", canaries.DATABASE_PASSWORD)
