"""Fetches and pushes that go wrong, and what the stub leaves of them."""

from __future__ import annotations

import logging
import subprocess
from pathlib import Path

import pytest

from integrations.stubs import Stubs
from integrations.stubs.mischief import Misdeed
from integrations.stubs.repositories import branch_sha
from tests.unit.stubs.gitting import clone_with_a_commit, environment, git, remote_of


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "said"), [("error", "502"), ("rate_limit", "429"), ("cut", "RPC failed")]
)
def test_a_push_goes_wrong(tmp_path: Path, stubs: Stubs, kind: str, said: str, after: bool) -> None:
    work = clone_with_a_commit(tmp_path, stubs)
    plan = {"kind": kind, "status": 502, "match": "POST /acme/demo.git/git-receive-pack",
            "after": after, "seconds": 1}  # fmt: skip
    # No count: over a connection that it had before, curl asks twice.
    stubs.mischief["git"].add(Misdeed(**plan))  # type: ignore[arg-type]
    pushed = git(work, "push", "-q", "origin", "HEAD:refs/heads/x", token="gh-token")
    assert pushed.returncode != 0
    assert said in pushed.stderr
    assert (branch_sha(remote_of(stubs), "x") is not None) is after
    stubs.mischief["git"].clear()
    again = git(work, "push", "-q", "origin", "HEAD:refs/heads/x", token="gh-token")
    assert again.returncode == 0


@pytest.mark.parametrize("after", [False, True])
def test_a_push_is_held(tmp_path: Path, stubs: Stubs, after: bool) -> None:
    work = clone_with_a_commit(tmp_path, stubs)
    stubs.mischief["git"].add(Misdeed("hold", match="POST /acme/demo.git/git-receive-pack",
                                      after=after))  # fmt: skip
    pushing = subprocess.Popen(
        ["git", "push", "-q", "origin", "HEAD:refs/heads/x"],
        cwd=work,
        env=environment(work, "gh-token"),
        stderr=subprocess.PIPE,
    )
    while not stubs.mischief["git"].held():
        assert pushing.poll() is None
    assert (branch_sha(remote_of(stubs), "x") is not None) is after
    stubs.mischief["git"].clear()
    assert pushing.communicate(timeout=60)[1] == b""
    assert pushing.returncode == 0
    assert branch_sha(remote_of(stubs), "x")


def test_no_process_s_end_goes_unnoticed(
    tmp_path: Path, stubs: Stubs, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        clone_with_a_commit(tmp_path, stubs)
        for _ in range(20):
            assert git(tmp_path / "work", "ls-remote", "-q", token="gh-token").returncode == 0
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []
