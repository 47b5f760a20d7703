"""Small pure functions on text: cutting, fencing, quoting, and numbers for people."""

import hashlib
import re

from worker.domain.budget import MICRO, Spend

_ELSEWHERE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\x1b\[[0-9;?]*[A-Za-z]")


def clean(text: str) -> str:
    """Drop terminal colours and control characters, which no page and no model needs."""
    return _ELSEWHERE.sub("", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))


def tail(text: str, limit: int) -> str:
    """The end of ``text``, at most ``limit`` characters, saying how much was cut."""
    if len(text) <= limit:
        return text
    note = f"[… {len(text) - limit} characters cut …]\n"
    return note + text[len(text) - limit :]


def head(text: str, limit: int) -> str:
    """The beginning of ``text``, at most ``limit`` characters, saying how much was cut."""
    if len(text) <= limit:
        return text
    return text[:limit] + f"\n[… {len(text) - limit} characters cut …]"


def fence(text: str, language: str = "") -> str:
    """A Markdown code block that nothing inside ``text`` can close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{clean(text).rstrip()}\n{marks}"


def one_line(text: str, limit: int) -> str:
    """``text`` on one line, at most ``limit`` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def cell(text: str, limit: int = 300) -> str:
    """One line for a table's cell: inline code stays, nothing else acts as Markdown or HTML."""
    line = one_line(text, limit)
    parts = re.split(r"(`[^`]+`)", line)
    return "".join(
        part.replace("|", "\\|") if index % 2 else _plain(part) for index, part in enumerate(parts)
    )


def _plain(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~@#])", r"\\\1", escaped)


def code_cell(text: str, limit: int = 200) -> str:
    """One line as inline code for a table's cell; empty for empty text."""
    line = " ".join(clean(text).split()).replace("|", "\\|")
    line = line if len(line) <= limit else line[: limit - 1] + "…"
    if not line:
        return ""
    marks = "`" * (max((len(run) for run in re.findall(r"`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}"


def boundary(text: str) -> str:
    """A tag that ``text`` cannot contain, because it is made from the text itself."""
    return "data-" + hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def quoted_data(text: str, source: str) -> str:
    """Mark ``text`` as data from ``source`` in a prompt, so that nothing in it can end the mark."""
    tag = boundary(text)
    return f'<{tag} source="{source}">\n{clean(text)}\n</{tag}>'


def money(spend: Spend) -> str:
    """What a spend cost in US dollars, honest about what is not known."""
    if spend.tokens == 0:
        return "$0.00"
    priced = f"${spend.micro_usd / MICRO:.4f}"
    if spend.unpriced_tokens == 0:
        return priced
    if spend.micro_usd == 0:
        return "unknown (no price known)"
    return f"{priced} and an unknown amount ({spend.unpriced_tokens} tokens without a price)"


def duration(seconds: float) -> str:
    """Seconds for people: ``0.8 s``, ``45 s``, ``3 min 20 s``, ``1 h 5 min``."""
    if seconds < 10:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
