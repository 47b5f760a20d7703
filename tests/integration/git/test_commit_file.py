"""A file that is proposed never takes a link's or a submodule's place."""

from pathlib import Path

import pytest

from integrations.git.checkout import GitCheckout
from tests.integration.git.workshop import LINK, SUBMODULE, blob, git
from worker.domain.errors import PermanentError

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("mode", "path"), [(LINK, "AGENTS.md"), (SUBMODULE, "AGENTS.md"), (LINK, "docs")]
)
def test_what_is_no_plain_file_is_left_as_it_is(
    bare: Path, checkout: GitCheckout, mode: str, path: str
) -> None:
    target = blob(bare, b"README.md") if mode == LINK else git(bare, "rev-parse", "main")
    kind = "blob" if mode == LINK else "commit"
    listed = git(bare, "ls-tree", "main") + f"\n{mode} {kind} {target}\t{path}\n"
    tree = git(bare, "mktree", "--missing", stdin=listed.encode())
    commit = git(bare, "commit-tree", tree, "-p", "main", "-m", "by a person")
    git(bare, "update-ref", "refs/heads/main", commit)
    assert checkout.resolve("main") == commit
    asked = path if path != "docs" else "docs/AGENTS.md"
    with pytest.raises(PermanentError, match="no plain file"):
        checkout.commit_file(commit, asked, "new\n", "One rule more")
    assert checkout.commit_file(commit, "other.md", "new\n", "One rule more") != commit


def test_the_same_text_is_no_commit(checkout: GitCheckout, base: str) -> None:
    assert checkout.commit_file(base, "README.md", "# Shop\n", "Nothing") == base
