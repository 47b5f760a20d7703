from pathlib import Path

import pytest

from integrations.git import GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.stubs.repositories import seed_repository
from worker.domain.lease import RunId

SLUG = "acme/shop"
FILES = {"README.md": "# Shop\n", "src/app.py": "print('hello')\n"}


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
