"""Moving the fleet's branches on the remote, and never anybody else's work."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from integrations.git.failures import Moved
from integrations.git.limits import Identity
from integrations.git.names import fault_of_path
from integrations.git.objects import write_commit
from integrations.git.process import DURABLE, EMPTY_TREE, Git
from integrations.git.reading import LINK, SUBMODULE, Entry, entries
from integrations.git.storage import Cache, tree_of
from worker.domain.errors import PermanentError, RepositoryUnavailable

_AGAIN_WHEN_MOVED = retry(
    retry=retry_if_exception_type(Moved),
    stop=stop_after_attempt(10),
    wait=wait_random_exponential(multiplier=0.1, max=3),
    reraise=True,
)


@_AGAIN_WHEN_MOVED
def move_branch(run: Git, cache: Cache, branch: str, commit: str, identity: Identity) -> None:
    """Create, fast-forward, or replace the fleet's own commits on a branch of the remote.

    Raises RepositoryUnavailable where the branch holds other people's commits, Unavailable.
    """
    _check_branch(run, branch)
    cache.refresh()
    tip = cache.branch(branch)
    if tip == commit:
        return
    if tip is not None and not run.succeeds("merge-base", "--is-ancestor", tip, commit):
        _check_ours(run, cache, branch, commit, identity)
    cache.remote.push(run, commit, f"refs/heads/{branch}", expected=tip or "")


@_AGAIN_WHEN_MOVED
def add_file(
    run: Git, cache: Cache, branch: str, path: str, text: str, message: str, identity: Identity
) -> None:
    """Commit one file to a branch of the fleet's own, which is made if it is missing.

    Other workers may do the same at the same time. Raises RepositoryUnavailable where the branch
    was begun by somebody else, PermanentError for a path that leads outside, Unavailable.
    """
    fault = fault_of_path(path)
    if fault is not None:
        raise PermanentError(f"{path!r} {fault}.")
    _check_branch(run, branch)
    cache.refresh()
    tip = cache.branch(branch)
    if tip is not None:
        _check_begun_by_us(run, branch, tip, identity)
    before = EMPTY_TREE if tip is None else tree_of(run, tip)
    after = _tree_with(run, before, path, text)
    if after == before:
        return
    commit = write_commit(run, after, (tip,) if tip else (), message, identity)
    cache.remote.push(run, commit, f"refs/heads/{branch}", expected=tip or "")


def commit_file(
    run: Git, parent: str, path: str, text: str, message: str, identity: Identity
) -> str:
    """A commit on ``parent`` with one plain file written, or ``parent`` where that is so already.

    Raises PermanentError for a path that leads outside, or is something else than a plain file.
    """
    fault = fault_of_path(path)
    if fault is not None:
        raise PermanentError(f"{path!r} {fault}.")
    if not _plain_file(entries(run, parent), path):
        raise PermanentError(f"{path!r} is no plain file of the repository: name another one.")
    before = tree_of(run, parent)
    after = _tree_with(run, before, path, text)
    return parent if after == before else write_commit(run, after, (parent,), message, identity)


def _plain_file(found: Iterable[Entry], path: str) -> bool:
    """Whether the path is one, or free: not a directory, a link, a submodule, or below such."""
    parts = path.split("/")
    above = {"/".join(parts[:n]).encode() for n in range(1, len(parts))}
    own = path.encode()
    return not any(
        entry.path in above
        or entry.path.startswith(own + b"/")
        or (entry.path == own and entry.mode in {LINK, SUBMODULE})
        for entry in found
    )


def _check_branch(git: Git, branch: str) -> None:
    if branch.startswith("-") or not git.succeeds("check-ref-format", f"refs/heads/{branch}"):
        raise RepositoryUnavailable(f"{branch!r} is not a name that git allows for a branch.")


def _check_ours(run: Git, cache: Cache, branch: str, commit: str, identity: Identity) -> None:
    """Everything that would vanish with the branch must have been committed by the fleet."""
    branches = cache.branches()
    tip = branches.pop(branch)
    kept = "".join(f"^{other}\n" for other in {commit, *branches.values()})
    form = "--format=%H %ce"
    lost = run.line("log", form, "--stdin", stdin=f"{tip}\n{kept}".encode()).splitlines()
    foreign = [line.split(" ", 1) for line in lost if line.split(" ", 1)[1] != identity.email]
    if foreign:
        object_id, committer = foreign[0]
        raise RepositoryUnavailable(
            f"The branch {branch} of {cache.remote.repository} holds someone else's commits"
            f" ({object_id[:12]} by {committer}); the fleet does not overwrite them. Merge,"
            " rename or delete that branch, and start again."
        )


def _check_begun_by_us(run: Git, branch: str, tip: str, identity: Identity) -> None:
    committers = run.line("log", "--max-parents=0", "--format=%ce", tip).splitlines()
    if any(committer != identity.email for committer in committers):
        raise RepositoryUnavailable(
            f"The branch {branch} holds other work than the fleet's; name another one for"
            " transcripts."
        )


def _tree_with(run: Git, before: str, path: str, text: str) -> str:
    blob = run.run(
        *("hash-object", "-w", "--stdin", "--no-filters"),
        stdin=text.encode(errors="replace"),
        config=DURABLE,
    )
    scratch = Path(mkdtemp(prefix="index-", dir=run.git_dir))
    try:
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        run.run("read-tree", before, env=index)
        entry = f"100644,{blob.out.decode().strip()},{path}"
        run.run("update-index", "--add", "--cacheinfo", entry, env=index)
        return run.line("write-tree", env=index)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
