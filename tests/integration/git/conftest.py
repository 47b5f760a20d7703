from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.stubs.repositories import seed_repository
from tests.integration.git.workshop import served
from worker.domain.lease import RunId

SLUG = "acme/shop"
FILES = {"README.md": "# Shop\n", "src/app.py": "print('hello')\n"}

RUN = RunId("eng-1-0a1b2c3d")
TEXT = '{"v":1,"kind":"RunOpened"}\n'
KEY, TOKEN = b"the key of this fleet", "right"
Fleet = Callable[..., GitRepositories]


@pytest.fixture
def git_root(tmp_path: Path) -> Path:
    """A server's directory with one repository."""
    root = tmp_path / "server"
    root.mkdir()
    seed_repository(root, SLUG, FILES)
    return root


@pytest.fixture
def repositories(tmp_path: Path, git_root: Path) -> GitRepositories:
    return GitRepositories(tmp_path / "fleet", lambda slug: str(git_root / f"{slug}.git"))


@pytest.fixture
def checkout(repositories: GitRepositories) -> GitCheckout:
    with repositories.open(SLUG, RunId("run-1")) as opened:
        return opened


@pytest.fixture
def base(checkout: GitCheckout) -> str:
    return checkout.resolve("main")


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """Where a sandbox's checkout goes."""
    return tmp_path / "workspace"


@pytest.fixture
def bare(git_root: Path) -> Path:
    return git_root / f"{SLUG}.git"


@pytest.fixture
def fleet(tmp_path: Path, git_root: Path) -> Iterator[Fleet]:
    """Makes fleets that keep journals on a server with two repositories."""
    seed_repository(git_root, "acme/other", FILES)
    with served(git_root, lambda: [TOKEN]) as url:

        def made(key: bytes | None = KEY, root: str = "fleet", **more: object) -> GitRepositories:
            return GitRepositories(
                *(tmp_path / root, lambda slug: f"{url}/{slug}.git", lambda: TOKEN),
                journal_key=key,
                **more,  # type: ignore[arg-type]
            )

        yield made


def kept_by(fleet: GitRepositories, run: str = RUN, slug: str = SLUG) -> GitCheckout:
    """The checkout of a run whose journal was kept."""
    with fleet.open(slug, RunId(run)) as checkout:
        checkout.keep_journal(TEXT)
        return checkout


@pytest.fixture
def journaled(fleet: Fleet) -> GitCheckout:
    """Of a run whose journal is kept, and can be read back."""
    checkout = kept_by(fleet())
    assert checkout.kept_journal() == TEXT
    return checkout
