"""A private PostgreSQL server for the tests, on a free port and in a directory of its own."""

import getpass
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root, so root runs it as the packages' own user."""


def binaries() -> Path | None:
    """The directory of the newest server's programs, or None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


@contextmanager
def running(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """Start a server; yields its URL. ``durable`` makes each commit wait for the disk."""
    place = Path(tempfile.mkdtemp(prefix="storyfleet-postgres-"))
    if getpass.getuser() == "root":
        shutil.chown(place, ACCOUNT)
    port = _free_port()
    data, log = str(place / "data"), str(place / "log")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    if not durable:
        options += " -c fsync=off"
    try:
        initdb = (str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "fleet", "-E", "UTF8")
        _run(*initdb, "--no-sync", "--locale=C")
        _run(str(programs / "pg_ctl"), "-D", data, "-l", log, "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://fleet:canary-password@127.0.0.1:{port}/postgres"
        finally:
            _run(str(programs / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(*argv: str) -> None:
    as_user = ("runuser", "-u", ACCOUNT, "--") if getpass.getuser() == "root" else ()
    # pg_ctl leaves the server with its pipes, so nothing is captured.
    quiet = subprocess.DEVNULL
    subprocess.run([*as_user, *argv], check=True, stdout=quiet, stderr=quiet, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
