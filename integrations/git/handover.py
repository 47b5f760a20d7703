"""What a sandbox hands out is hostile: unpack it aside, look at every change, take its tree."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from integrations.git.bundles import Bundle, read_bundle
from integrations.git.inspection import inspect
from integrations.git.limits import MIB, GitLimits, Identity
from integrations.git.objects import write_commit
from integrations.git.process import DURABLE, Config, Git, GitFailed, TookTooLong, TooMuchOutput
from integrations.git.storage import throw_away, tree_of
from worker.domain.errors import HandOverRefused

_LEAST_ROOM = 256 * MIB
"""The largest piece of memory that git may ask for at once while it unpacks."""
_SECONDS = 180.0
"""For unpacking: a small pack of deltas can unfold to any size."""


def take_in(
    run: Git,
    data: bytes,
    parent: str,
    message: str,
    limits: GitLimits,
    identity: Identity,
    keep: Callable[[str], None],
) -> str:
    """Put the bundle's files as one commit on top of ``parent`` into ``run``, durably.

    Nothing but that commit's own objects gets in, each checked by git's strict fsck. ``keep`` is
    told the commit's id. Returns it, or ``parent`` where the files are the same. Raises
    HandOverRefused.
    """
    if len(data) > limits.hand_over_bytes:
        raise HandOverRefused(
            f"The hand-over is {len(data)} bytes large; the limit is {limits.hand_over_bytes}."
        )
    bundle = read_bundle(data)
    for needed in _missing(run, bundle.needs):
        raise HandOverRefused(f"The hand-over builds on {needed[:12]}, which we do not have.")
    # A quarantine that borrows from the run's objects: what is refused vanishes with it.
    with throw_away(run, run.git_dir / "objects") as aside:
        tree = _unpacked_tree(aside, bundle, limits)
        parent_tree = tree_of(run, parent)
        if tree == parent_tree:
            return parent
        with _refusing("cannot be compared with what it builds on"):
            inspect(aside, parent_tree, tree, limits)
        commit = write_commit(aside, tree, (parent,), message, identity)
        _move(aside, run, commit, parent, limits)
    keep(commit)
    return commit


def _missing(run: Git, commits: Sequence[str]) -> Iterator[str]:
    """Those that the repository does not hold, asked of one process however many there are."""
    asked = "".join(f"{commit}\n" for commit in commits).encode()
    answers = run.line("cat-file", "--batch-check=%(objecttype)", stdin=asked).splitlines()
    held = (kind == "commit" for kind in answers)
    return (commit for commit, here in zip(commits, held, strict=True) if not here)


def _unpacked_tree(aside: Git, bundle: Bundle, limits: GitLimits) -> str:
    quick = replace(aside, timeout_seconds=min(aside.timeout_seconds, _SECONDS))
    with _refusing("cannot be unpacked"):
        quick.run(
            *("index-pack", "--stdin", "--fix-thin"),
            f"--max-input-size={limits.hand_over_bytes}",
            stdin=bundle.pack,
            config=_unpacking(limits),
            env={"GIT_ALLOC_LIMIT": str(max(_LEAST_ROOM, 4 * limits.hand_over_blob_bytes))},
        )
        return tree_of(aside, bundle.head)


def _unpacking(limits: GitLimits) -> Config:
    """Files over the limit are streamed instead of held in memory, and one thread unpacks."""
    return (
        ("core.bigFileThreshold", str(limits.hand_over_blob_bytes)),
        ("pack.threads", "1"),
    )


def _move(aside: Git, run: Git, commit: str, parent: str, limits: GitLimits) -> None:
    """Bring the commit's own objects into the run's repository, checked and synced to disk."""
    with _refusing("is not acceptable to git"):
        pack = aside.run(
            *("pack-objects", "--revs", "--thin", "--stdout", "--delta-base-offset", "-q"),
            stdin=f"{commit}\n^{parent}\n".encode(),
            config=_unpacking(limits),
            limit_bytes=2 * limits.hand_over_bytes,
        )
        # The strict check is made here, not on what came: the sandbox's copy of an old history
        # may hold flaws that are none of its doing.
        run.run("index-pack", "--stdin", "--fix-thin", "--strict", stdin=pack.out, config=DURABLE)


@contextmanager
def _refusing(how: str) -> Iterator[None]:
    """Failures of git on what the sandbox made are the sandbox's, except for a full disk."""
    try:
        yield
    except GitFailed as failure:
        if "No space left" in failure.text:
            raise
        raise HandOverRefused(f"The hand-over {how}: {_gist(failure.text)}") from failure
    except (TookTooLong, TooMuchOutput) as fault:
        raise HandOverRefused(f"The hand-over {how}: it is too large ({fault}).") from fault


def _gist(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(lines)[-400:] or "what it names is not in it."
