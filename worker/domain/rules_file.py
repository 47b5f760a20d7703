"""A repository's rules file: which one it is, what runs have taught it, and one rule more."""

import re
from collections.abc import Collection

USUAL = "AGENTS.md"
KNOWN = (USUAL, "CLAUDE.md", "GEMINI.md", "QWEN.md", "CONVENTIONS.md")
"""Those that coding agents read by themselves; the first that is there is the repository's."""
HEADING = "## Rules learned from runs"
MOST_LEARNED = 40
"""Rules that are told to agents in their prompts, the newest; the rest they read in the file."""

_ANY_HEADING = re.compile(r"#{1,6}\s")


def rules_path(named: str | None, files: Collection[str]) -> str:
    """The repository's own setting, or the first known file that is there, or the usual one."""
    return named or next((path for path in KNOWN if path in files), USUAL)


def learned(text: str) -> tuple[str, ...]:
    """The rules below the heading, one text each, the newest last."""
    rules: list[str] = []
    for line in (_parts(text)[1] or "").splitlines():
        if line.startswith(("- ", "* ")):
            rules.append(line[2:].strip())
        elif rules and line.startswith(" ") and line.strip():
            rules[-1] += f" {line.strip()}"
    return tuple(rules[-MOST_LEARNED:])


def with_rule(text: str | None, rule: str) -> str:
    """The file with one rule more at the end of the section, which is made where it is missing.

    None: there is no such file yet.
    """
    crlf = text is not None and "\r\n" in text
    before, own, after = _parts((text or "# Rules\n").replace("\r\n", "\n"))
    rules = "\n".join(filter(None, ((own or "").strip("\n"), f"- {rule}")))
    parts = (before.rstrip("\n"), HEADING, rules, after.strip("\n"))
    whole = "\n\n".join(filter(None, parts)) + "\n"
    return whole.replace("\n", "\r\n") if crlf else whole


def _parts(text: str) -> tuple[str, str | None, str]:
    """What stands before the heading, below it (None where it is not there), and after that."""
    lines = text.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.strip().lower() == HEADING.lower()]
    if not starts:
        return text, None, ""
    first = starts[0] + 1
    rest = range(first, len(lines))
    end = next((n for n in rest if _ANY_HEADING.match(lines[n])), len(lines))
    return "".join(lines[: first - 1]), "".join(lines[first:end]), "".join(lines[end:])
