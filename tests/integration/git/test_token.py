"""The token reaches git through the environment of one call, and nothing else (promise P6)."""

import base64
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import (
    handed_out,
    path_with_noting_git,
    served,
    unpacked,
    write_files,
)
from worker.domain.errors import FleetError, RepositoryUnavailable, Unavailable
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

TOKEN = "ghs_canary0123456789"
BASIC = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


def secrets_below(directory: Path) -> list[Path]:
    files = [path for path in directory.rglob("*") if path.is_file()]
    needles = (TOKEN.encode(), BASIC.encode())
    return [path for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_nothing_is_on_disk_after_a_whole_run(
    tmp_path: Path, git_root: Path, sandbox: Path
) -> None:
    with served(git_root, lambda: [TOKEN]) as url:
        fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}.git", lambda: TOKEN)
        with fleet.open(SLUG, RunId("run-1")) as checkout:
            base = checkout.resolve("main")
            unpacked(checkout.bundle(base), sandbox)
            write_files(sandbox, {"new.txt": "new\n"})
            commit = checkout.accept(handed_out(sandbox), base, "round 1")
            checkout.push("agent/x", commit)
            checkout.add_file("transcripts", "a.md", "a", "Add")

    assert (tmp_path / "fleet" / "cache").is_dir()
    assert secrets_below(tmp_path) == []


@contextmanager
def answering(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def processes_with(home: Path) -> dict[int, tuple[bytes, bytes]]:
    """Arguments and environment of every process of the fleet's git."""
    found = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes()
            if f"HOME={home}\0".encode() in environment:
                found[int(directory.name)] = ((directory / "cmdline").read_bytes(), environment)
        except OSError:
            continue  # it ended while we looked
    return found


def remaining(home: Path) -> dict[int, tuple[bytes, bytes]]:
    """What still runs once the kernel has had time to end what was killed."""
    for _ in range(100):
        if not (left := processes_with(home)):
            break
        time.sleep(0.1)
    return left


def test_a_slow_git_shows_no_token_and_dies_in_time(tmp_path: Path) -> None:
    asked, seen = threading.Event(), threading.Event()

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            seen.wait(30)

    home = tmp_path / "fleet" / "home"
    failures: list[FleetError] = []
    with answering(Slow) as url:
        fleet = GitRepositories(
            tmp_path / "fleet", lambda s: f"{url}/{s}", lambda: TOKEN, timeout_seconds=5
        )

        def resolve() -> None:
            try:
                with fleet.open(SLUG, RunId("run-1")) as checkout:
                    checkout.resolve("main")
            except FleetError as failure:
                failures.append(failure)

        thread = threading.Thread(target=resolve)
        thread.start()
        assert asked.wait(30)
        running = processes_with(home)
        thread.join()
        left = remaining(home)
        seen.set()

    assert any(b"git-remote-http" in arguments for arguments, _ in running.values())
    assert any(BASIC.encode() in environment for _, environment in running.values())
    for arguments, _ in running.values():
        assert TOKEN.encode() not in arguments
        assert BASIC.encode() not in arguments
    assert isinstance(failures[0], Unavailable)
    assert "stopped after 5 s" in str(failures[0])
    assert left == {}


def test_a_server_that_echoes_the_token(tmp_path: Path) -> None:
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"you sent {self.headers['Authorization']}, {TOKEN}\n".encode()
            self.send_response(403)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with answering(Echo) as url:
        fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}", lambda: TOKEN)
        with (
            pytest.raises(RepositoryUnavailable, match="refused our token") as raised,
            fleet.open(SLUG, RunId("run-1")) as checkout,
        ):
            checkout.resolve("main")

    assert "you sent" in str(raised.value)
    assert TOKEN not in str(raised.value)
    assert BASIC not in str(raised.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(tmp_path: Path, git_root: Path, status: int) -> None:
    """git would send the header to the other host with its second request, which this one takes."""
    asked = threading.Event()

    def tokens() -> list[str]:
        asked.set()
        return [TOKEN]

    with served(git_root, tokens) as other:

        class Redirect(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header(
                    "Location", f"{other}{self.path}".replace("127.0.0.1", "localhost")
                )
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        with answering(Redirect) as url:
            fleet = GitRepositories(tmp_path / "fleet", lambda s: f"{url}/{s}", lambda: TOKEN)
            with (
                pytest.raises(RepositoryUnavailable, match="sends us elsewhere"),
                fleet.open(SLUG, RunId("r")) as checkout,
            ):
                checkout.resolve("main")

    assert not asked.is_set()


def test_the_header_is_for_the_remotes_server_alone(tmp_path: Path, git_root: Path) -> None:
    """Whatever address git comes to ask in the fetch, as git itself matches them."""
    with served(git_root, lambda: [TOKEN]) as url:
        others = (
            "http://localhost:1/",
            f"{url}0/",
            url.replace("http://", "https://"),
            url.replace("127.0.0.1", "example.com"),
            url.replace("127.0.0.1", "x.127.0.0.1"),
        )
        asked = [f"{url}/{SLUG}.git", *others]
        noted = tmp_path / "noted"
        programs = path_with_noting_git(
            tmp_path / "bin",
            *(f'git config --get-urlmatch http.extraHeader "{at}" >>"{noted}"' for at in asked),
            f'echo "$1 asked" >>"{noted}"',
        )
        fleet = GitRepositories(
            tmp_path / "fleet", lambda s: f"{url}/{s}.git", lambda: TOKEN, path=programs
        )
        with fleet.open(SLUG, RunId("run-1")) as checkout:
            noted.unlink()
            checkout.resolve("main")

    lines = noted.read_text().splitlines()
    assert lines[: lines.index("fetch asked")] == [f"Authorization: Basic {BASIC}"]
