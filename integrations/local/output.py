"""The output directory of local mode: whole files or none, and nothing beside it."""

import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from worker.domain.errors import PermanentError, Unavailable


def place(output: Path, path: str) -> Path:
    """Where a relative path of a repository lies below ``output``.

    Raises PermanentError for a path that leads outside.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or re.search(r"[\x00-\x1f\\]", part) for part in parts):
        raise PermanentError(f"{path!r} leads outside the output directory.")
    return output.absolute().joinpath(*parts)


def write(target: Path, text: str) -> None:
    """Write a file at once, with its directories. Raises Unavailable."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=target.parent, prefix=".draft-", delete=False) as draft:
            draft.write(text.encode(errors="replace"))
        written = Path(draft.name)
        written.chmod(0o644)
        written.replace(target)
    except OSError as fault:
        raise Unavailable(f"{target} cannot be written: {fault.strerror}.") from fault
