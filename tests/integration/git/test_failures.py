"""Each way a server can fail, and whether the run waits or ends with a remedy."""

import http.server
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from tests.integration.git.conftest import SLUG
from tests.integration.git.test_token import answering
from tests.integration.git.workshop import served
from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    RateLimited,
    RepositoryUnavailable,
    Unavailable,
)
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

TOKEN = "right"


def resolve(
    root: Path,
    url: Callable[[str], str],
    token: str = TOKEN,
    slug: str = SLUG,
    ca: Path | None = None,
    path: str = "/usr/bin:/bin",
) -> str:
    fleet = GitRepositories(root, url, lambda: token, extra_ca_bundle=ca, path=path)
    with fleet.open(slug, RunId("run-1")) as checkout:
        return checkout.resolve("main")


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Unavailable):
        resolve(tmp_path / "fleet", lambda s: f"http://127.0.0.1:{port}/{s}.git")


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_token_that_is_not_taken(tmp_path: Path, git_root: Path, token: str) -> None:
    with (
        served(git_root, lambda: [TOKEN]) as url,
        pytest.raises(RepositoryUnavailable, match="refused our token"),
    ):
        resolve(tmp_path / "fleet", lambda s: f"{url}/{s}.git", token)


def test_a_repository_that_is_not_there(tmp_path: Path, git_root: Path) -> None:
    with (
        served(git_root, lambda: [TOKEN]) as url,
        pytest.raises(RepositoryUnavailable, match="acme/nothing: there is no such repository"),
    ):
        resolve(tmp_path / "fleet", lambda s: f"{url}/{s}.git", slug="acme/nothing")


@pytest.mark.parametrize(
    ("status", "error"), [(500, Unavailable), (503, Unavailable), (429, RateLimited)]
)
def test_a_server_in_trouble(tmp_path: Path, status: int, error: type[FleetError]) -> None:
    class Trouble(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(status)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with answering(Trouble) as url, pytest.raises(error):
        resolve(tmp_path / "fleet", lambda s: f"{url}/{s}")


def test_a_machine_without_git(tmp_path: Path, git_root: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"install git 2\.39"):
        resolve(tmp_path / "fleet", lambda s: str(git_root / s), path=str(tmp_path))


@pytest.mark.parametrize("url", ["ssh://git@127.0.0.1/x", "ext::sh -c evil", "git://127.0.0.1/x"])
def test_other_transports_are_never_used(tmp_path: Path, url: str) -> None:
    with pytest.raises(RepositoryUnavailable, match="neither http"):
        resolve(tmp_path / "fleet", lambda _: url)


def test_a_private_certificate_authority(tmp_path: Path, git_root: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    with served(git_root, lambda: [TOKEN], (certificate, key)) as url:
        with pytest.raises(RepositoryUnavailable, match="not trusted"):
            resolve(tmp_path / "fleet", lambda s: f"{url}/{s}.git")

        assert resolve(tmp_path / "fleet", lambda s: f"{url}/{s}.git", ca=certificate)


def test_a_ca_bundle_that_is_not_there(tmp_path: Path, git_root: Path) -> None:
    with pytest.raises(RepositoryUnavailable, match="cannot be read"):
        resolve(tmp_path / "fleet", lambda s: str(git_root / s), ca=tmp_path / "none.pem")
