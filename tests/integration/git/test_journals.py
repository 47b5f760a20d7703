"""What a kept journal costs, and what it leaves behind."""

import shutil
from pathlib import Path

import pytest

from integrations.git import GitLimits, GitRepositories
from integrations.git.checkout import GitCheckout
from integrations.local import LocalRepositories
from tests.integration.git.conftest import KEY, RUN, SLUG, TEXT, Fleet, kept_by
from tests.integration.git.workshop import git, path_with_noting_git
from worker.domain.errors import ConfigurationError
from worker.domain.lease import RunId
from worker.domain.summary import Kept

pytestmark = pytest.mark.integration

OTHER = RunId("eng-2-0a1b2c3d")


def test_journals_that_are_too_large(
    fleet: Fleet, journaled: GitCheckout, caplog: pytest.LogCaptureFixture
) -> None:
    with fleet(limits=GitLimits(journal_bytes=len(TEXT) - 1)).open(SLUG, RUN) as small:
        assert small.kept_journal() is None
        assert "not believed" in caplog.text
        small.keep_journal(TEXT + "more\n")
    assert "not kept" in caplog.text
    assert journaled.kept_journal() == TEXT

    with fleet(limits=GitLimits(journal_bytes=len(TEXT))).open(SLUG, RUN) as exact:
        assert exact.kept_journal() == TEXT


@pytest.mark.parametrize("more", [{"key": None}, {"keep_on_remote": False}])
def test_nothing_is_kept_or_read(
    fleet: Fleet, journaled: GitCheckout, bare: Path, more: dict[str, None]
) -> None:
    before = git(bare, "for-each-ref")
    with fleet(**more).open(SLUG, RUN) as without:
        without.keep_journal("other\n")

        assert without.kept_journal() is None

    assert git(bare, "for-each-ref") == before
    assert journaled.kept_journal() == TEXT


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="empty"):
        GitRepositories(tmp_path, str, journal_key=b"")


def test_local_mode_keeps_nothing(tmp_path: Path, bare: Path) -> None:
    inner = GitRepositories(tmp_path / "fleet", lambda _: str(bare), keep_on_remote=False)
    local = LocalRepositories(inner, tmp_path / "out")
    before = git(bare, "for-each-ref")
    with local.open(SLUG, RUN) as checkout:
        checkout.keep_journal(TEXT)

        assert checkout.kept_journal() is None
        assert local.kept(SLUG) == Kept(frozenset({RUN}), frozenset())
        checkout.forget(journal=True)

    assert local.kept(SLUG) == Kept()
    assert git(bare, "for-each-ref") == before


def test_calls_to_the_server(fleet: Fleet, tmp_path: Path, bare: Path) -> None:
    """One for each; deleting many refs is one push."""
    noted = tmp_path / "noted"
    programs = path_with_noting_git(tmp_path / "bin", f'echo "$1" >>"{noted}"')
    noting = fleet(path=programs)
    for number in range(3):
        git(bare, "update-ref", f"refs/storyfleet/runs/{RUN}/{number}", "refs/heads/main")

    def calls() -> list[str]:
        lines = noted.read_text().splitlines()
        noted.unlink()
        return [line for line in lines if line in ("fetch", "push", "ls-remote")]

    with noting.open(SLUG, RUN) as checkout:
        assert calls() == []
        assert checkout.kept_journal() is None
        assert calls() == ["fetch"]
        checkout.keep_journal(TEXT)
        assert calls() == ["push"]
        assert checkout.kept_journal() == TEXT
        assert calls() == ["fetch"]
        assert noting.kept(SLUG).journals == {RUN}
        assert calls() == ["ls-remote"]
        checkout.forget(journal=True)
        assert calls() == ["ls-remote", "push"]
        checkout.forget(journal=True)
        assert calls() == ["ls-remote"]
    assert git(bare, "for-each-ref", "refs/storyfleet") == ""


def test_nothing_of_a_journal_stays_here(journaled: GitCheckout, tmp_path: Path) -> None:
    assert git(journaled.git.git_dir, "count-objects") == "0 objects, 0 kilobytes"
    assert git(journaled.cache.git.git_dir, "count-objects") == "0 objects, 0 kilobytes"
    assert list(journaled.git.git_dir.glob("aside-*")) == []
    files = [path for path in (tmp_path / "fleet").rglob("*") if path.is_file()]
    assert [path for path in files if KEY in path.read_bytes()] == []


@pytest.mark.parametrize("gone", ["runs", "runs cache"])
def test_forgetting_a_run_whose_directory_is_gone(
    journaled: GitCheckout, tmp_path: Path, bare: Path, gone: str
) -> None:
    git(bare, "update-ref", f"refs/storyfleet/runs/{RUN}/1", "refs/heads/main")
    for name in gone.split():
        shutil.rmtree(tmp_path / "fleet" / name)

    journaled.forget(journal=True)

    assert git(bare, "for-each-ref", "refs/storyfleet") == ""


def test_only_whole_ids_are_listed(fleet: Fleet, bare: Path) -> None:
    """A name that the id was not written into as it is cannot be turned back."""
    for name in ("Eng-1", "eng_1", "-x", "x" * 101, "eng-3/more"):
        git(bare, "update-ref", f"refs/storyfleet/journals/{name}", "refs/heads/main")
    for name in ("Eng-1/1", "eng.1.x/1", "eng-5"):
        git(bare, "update-ref", f"refs/storyfleet/runs/{name}", "refs/heads/main")
    kept_by(fleet(), "eng.4")
    kept_by(fleet(), "ünï")
    kept_by(fleet(), "a")

    assert fleet().kept(SLUG) == Kept(
        frozenset({RunId("a"), RunId("eng-5")}), frozenset({RunId("a")})
    )


def test_a_persons_branch_with_such_a_name(
    journaled: GitCheckout, fleet: Fleet, bare: Path
) -> None:
    theirs = f"refs/heads/refs/storyfleet/runs/{RUN}/1"
    git(bare, "update-ref", theirs, "refs/heads/main")
    git(bare, "update-ref", f"refs/heads/refs/storyfleet/journals/{OTHER}", "refs/heads/main")

    journaled.forget(journal=True)

    assert fleet().kept(SLUG) == Kept()
    left = git(bare, "for-each-ref", "--format=%(refname)").splitlines()
    assert left == ["refs/heads/main", f"refs/heads/refs/storyfleet/journals/{OTHER}", theirs]


def test_a_repository_without_commits(fleet: Fleet, git_root: Path) -> None:
    git(git_root, "init", "-q", "--bare", "acme/empty.git")
    with fleet().open("acme/empty", RUN) as checkout:
        assert checkout.kept_journal() is None
        checkout.keep_journal(TEXT)
        assert checkout.kept_journal() == TEXT
        assert fleet().kept("acme/empty") == Kept(frozenset({RUN}), frozenset({RUN}))
        checkout.forget(journal=True)

    assert fleet().kept("acme/empty") == Kept()
