"""A kept journal is believed only if the fleet wrote it for this run."""

import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import KEY, RUN, SLUG, TEXT, Fleet, kept_by
from tests.integration.git.workshop import blob, git, raw_tree
from worker.domain.lease import RunId

pytestmark = pytest.mark.integration

OTHER = RunId("eng-2-0a1b2c3d")
REF = f"refs/storyfleet/journals/{RUN}"


def point(bare: Path, files: dict[str, str], *parents: str) -> None:
    """Let the run's ref point to a commit with these files (names and blobs)."""
    tree = raw_tree(bare, [("100644", name.encode(), held) for name, held in files.items()])
    git(bare, "update-ref", REF, git(bare, "commit-tree", tree, *parents, "-m", "forged"))


def held(bare: Path) -> dict[str, str]:
    """Names and blobs of what is kept."""
    lines = (line.split() for line in git(bare, "ls-tree", REF).splitlines())
    return {name: object_id for _, _, object_id, name in lines}


def another_text(bare: Path) -> None:
    point(bare, {**held(bare), "journal.jsonl": blob(bare, b'{"image":"evil"}\n')})


def no_signature(bare: Path) -> None:
    point(bare, {"journal.jsonl": held(bare)["journal.jsonl"]})


def an_empty_signature(bare: Path) -> None:
    point(bare, {**held(bare), "signature": blob(bare, b"")})


def a_signature_with_more(bare: Path) -> None:
    signature = git(bare, "cat-file", "blob", held(bare)["signature"]).encode()
    point(bare, {**held(bare), "signature": blob(bare, signature + b"\n")})


def a_hash_without_a_key(bare: Path) -> None:
    signature = hashlib.sha256(TEXT.encode()).hexdigest().encode()
    point(bare, {**held(bare), "signature": blob(bare, signature)})


def no_journal(bare: Path) -> None:
    point(bare, {"signature": held(bare)["signature"]})


def directories(bare: Path) -> None:
    inner = raw_tree(bare, [("100644", b"x", held(bare)["journal.jsonl"])])
    tree = raw_tree(bare, [("40000", b"journal.jsonl", inner), ("40000", b"signature", inner)])
    git(bare, "update-ref", REF, git(bare, "commit-tree", tree, "-m", "forged"))


def a_blob(bare: Path) -> None:
    git(bare, "update-ref", REF, held(bare)["journal.jsonl"])


def a_branch(bare: Path) -> None:
    git(bare, "update-ref", REF, "refs/heads/main")


def a_commit_that_git_refuses(bare: Path) -> None:
    """Its files are the fleet's own; nobody may make git read what it would not write."""
    tree = git(bare, "rev-parse", f"{REF}^{{tree}}")
    body = f"tree {tree}\nauthor nobody 1 +0000\ncommitter nobody 1 +0000\n\nforged\n".encode()
    arguments = ("hash-object", "-t", "commit", "-w", "--stdin", "--literally")
    git(bare, "update-ref", REF, git(bare, *arguments, stdin=body))


def that_of_another_run(bare: Path) -> None:
    git(bare, "update-ref", REF, f"refs/storyfleet/journals/{OTHER}")


def that_of_another_repository(bare: Path) -> None:
    git(bare, "fetch", "-q", "../other.git", f"+{REF}:{REF}")


FORGERIES = [
    another_text,
    no_signature,
    an_empty_signature,
    a_signature_with_more,
    a_hash_without_a_key,
    no_journal,
    directories,
    a_blob,
    a_branch,
    a_commit_that_git_refuses,
    that_of_another_run,
    that_of_another_repository,
]


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_forgery_counts_as_nothing(
    journaled: GitCheckout,
    fleet: Fleet,
    bare: Path,
    forge: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    kept_by(fleet(), OTHER)
    kept_by(fleet(), RUN, "acme/other")
    before = git(bare, "rev-parse", REF)
    forge(bare)
    assert git(bare, "rev-parse", REF) != before

    assert journaled.kept_journal() is None

    assert f"{SLUG}, run {RUN}: the journal on the git remote is not believed" in caplog.text
    journaled.keep_journal("the fleet's own\n")
    assert journaled.kept_journal() == "the fleet's own\n"


def test_another_fleets_key(
    fleet: Fleet, journaled: GitCheckout, caplog: pytest.LogCaptureFixture
) -> None:
    with fleet(b"another key", "another fleet").open(SLUG, RUN) as other:
        assert other.kept_journal() is None
        assert "signature is not the fleet's" in caplog.text
        other.keep_journal("theirs\n")

    assert journaled.kept_journal() is None


def test_the_form_of_a_signature(journaled: GitCheckout, bare: Path) -> None:
    """Journals outlive releases: this form is read as long as there are any."""
    parts = [b"storyfleet journal, form 1", SLUG.encode(), RUN.encode(), TEXT.encode()]
    signed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)

    assert git(bare, "show", f"{REF}:journal.jsonl") == TEXT.strip()
    assert (
        git(bare, "show", f"{REF}:signature") == hmac.new(KEY, signed, hashlib.sha256).hexdigest()
    )
    assert git(bare, "rev-list", "--count", REF) == "1"


def test_a_journal_that_is_not_text(
    journaled: GitCheckout, bare: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With a good signature: written by some other program that has the key."""
    parts = [b"storyfleet journal, form 1", SLUG.encode(), RUN.encode(), b"caf\xe9"]
    signed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    signature = hmac.new(KEY, signed, hashlib.sha256).hexdigest().encode()
    point(bare, {"journal.jsonl": blob(bare, b"caf\xe9"), "signature": blob(bare, signature)})

    assert journaled.kept_journal() is None
    assert "not believed" in caplog.text
