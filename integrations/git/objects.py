"""Commits written by plumbing alone: no working tree, no index of ours, no hook."""

from collections.abc import Mapping, Sequence

from integrations.git.limits import Identity
from integrations.git.process import DURABLE, Git


def write_commit(
    git: Git,
    tree: str,
    parents: Sequence[str],
    message: str,
    identity: Identity,
    date: str | None = None,
) -> str:
    """Write a commit durably and return its id. ``date``: git's raw format; None is now."""
    arguments = [word for parent in parents for word in ("-p", parent)]
    text = message.replace("\0", "").encode(errors="replace")
    done = git.run(
        *("commit-tree", tree, *arguments, "-F", "-"),
        stdin=text or b"\n",
        config=DURABLE,
        env=_signature(identity, date),
    )
    return done.out.decode().strip()


def _signature(identity: Identity, date: str | None) -> Mapping[str, str]:
    signature = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", identity.name), ("EMAIL", identity.email))
    }
    if date is not None:
        signature |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    return signature
