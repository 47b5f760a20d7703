"""The change between two commits, as text and as numbers, without running anything of theirs."""

from integrations.git.limits import GitLimits
from integrations.git.process import Git, TooMuchOutput
from worker.domain.evidence import Diff

_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none")


def difference(git: Git, base: str, head: str, limits: GitLimits) -> Diff:
    """From ``base`` to ``head``; a renamed file counts under both names.

    Text beyond ``limits.diff_bytes`` is cut at the end of a line, and a last line says so. Files
    that are binary, or larger than ``limits.diff_blob_bytes``, are named, not shown.
    """
    span = (base, head, "--")
    names = git.run("diff", *_PLAIN, "--no-renames", "--name-only", "-z", *span).out
    files = sorted(name.decode(errors="replace") for name in names.split(b"\0")[:-1])
    insertions, deletions = _counts(git, span, limits)
    return Diff(_text(git, span, limits, len(files)), tuple(files), insertions, deletions)


def _counts(git: Git, span: tuple[str, ...], limits: GitLimits) -> tuple[int, int]:
    """Git writes ``-`` for a binary file, and a rename's two names as records of their own."""
    sized = (("core.bigFileThreshold", str(limits.diff_blob_bytes)),)
    out = git.run("diff", *_PLAIN, "--find-renames", "--numstat", "-z", *span, config=sized).out
    insertions = deletions = 0
    records = iter(out.split(b"\0")[:-1])
    for record in records:
        added, removed, path = record.split(b"\t", 2)
        insertions += int(added) if added.isdigit() else 0
        deletions += int(removed) if removed.isdigit() else 0
        if not path:
            next(records)
            next(records)
    return insertions, deletions


def _text(git: Git, span: tuple[str, ...], limits: GitLimits, files: int) -> str:
    limit = limits.diff_bytes
    arguments = ("diff", *_PLAIN, "--find-renames", "--src-prefix=a/", "--dst-prefix=b/", *span)
    sized = (("core.bigFileThreshold", str(limits.diff_blob_bytes)),)
    try:
        return git.run(*arguments, config=sized, limit_bytes=limit).out.decode(errors="replace")
    except TooMuchOutput as cut:
        kept = cut.start.rpartition(b"\n")[0].decode(errors="replace")
    return f"{kept}\n[The diff of {files} files is longer than {limit} bytes and was cut here.]\n"
