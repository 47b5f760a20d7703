"""A story in a Markdown file, read as a ticket."""

import re
import unicodedata
from pathlib import Path

from worker.domain.errors import TicketUnavailable
from worker.domain.ticket import Ticket, TicketId, TicketRef

TEAM = "LOCAL"
_UNDERLINE = re.compile(r"(=+|-+)\s*")
_SLUG_CHARACTERS = 40


def story_ticket(path: Path, labels: tuple[str, ...] = ("agent",)) -> Ticket:
    """The first line that is not blank (a heading or not) is the title, the rest the description.

    The identifier comes from the file's name: ``add login.md`` is ``LOCAL-add-login``. Raises
    TicketUnavailable where the file cannot be read as UTF-8 text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise TicketUnavailable(f"The story {path} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise TicketUnavailable(f"The story {path} is not UTF-8 text.") from fault
    title, description = _parted(text)
    identifier = f"{TEAM}-{_slug(path.stem)}"
    ref = TicketRef(TicketId(identifier), identifier, TEAM)
    return Ticket(ref, title, description, path.absolute().as_uri(), labels=labels)


def _parted(text: str) -> tuple[str, str]:
    lines = text.strip().splitlines() or [""]
    title = re.sub(r"^#{1,6}\s+(.*?)(\s+#+)?\s*$", r"\1", lines[0]).strip()
    rest = lines[1:]
    if rest and title and _UNDERLINE.fullmatch(rest[0]):
        rest = rest[1:]
    return title, "\n".join(rest).strip()


def _slug(name: str) -> str:
    """Letters of other alphabets stay; what no branch name or path should hold becomes a dash."""
    plain = unicodedata.normalize("NFC", name).lower()
    return re.sub(r"[\W_]+", "-", plain).strip("-")[:_SLUG_CHARACTERS].strip("-") or "story"
