"""The rules file: which one, what runs have taught it, and one rule more."""

import pytest

from worker.domain.rules_file import HEADING, MOST_LEARNED, learned, rules_path, with_rule

RULE = "Pin values in tests."


@pytest.mark.parametrize(
    ("named", "files", "path"),
    [
        (None, (), "AGENTS.md"),
        (None, ("CLAUDE.md", "AGENTS.md"), "AGENTS.md"),
        (None, ("src/AGENTS.md", "CLAUDE.md"), "CLAUDE.md"),
        ("docs/rules.md", ("AGENTS.md",), "docs/rules.md"),
    ],
)
def test_which_file_it_is(named: str | None, files: tuple[str, ...], path: str) -> None:
    assert rules_path(named, files) == path


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"# Rules\n\n{HEADING}\n\n- {RULE}\n"),
        ("", f"# Rules\n\n{HEADING}\n\n- {RULE}\n"),
        ("# Ours\n\nBe kind.", f"# Ours\n\nBe kind.\n\n{HEADING}\n\n- {RULE}\n"),
        (f"# Ours\n\n{HEADING}\n", f"# Ours\n\n{HEADING}\n\n- {RULE}\n"),
        (f"{HEADING}\n\n- Old.\n  More.\n", f"{HEADING}\n\n- Old.\n  More.\n- {RULE}\n"),
        (
            f"# Ours\n\n{HEADING}\n\n- Old.\n\n## Style\n\nTabs.\n",
            f"# Ours\n\n{HEADING}\n\n- Old.\n- {RULE}\n\n## Style\n\nTabs.\n",
        ),
        (
            "# Ours\r\n\r\nBe kind.\r\n",
            f"# Ours\r\n\r\nBe kind.\r\n\r\n{HEADING}\r\n\r\n- {RULE}\r\n",
        ),
    ],
)
def test_a_rule_is_added_at_the_end_of_its_section(before: str | None, after: str) -> None:
    assert with_rule(before, RULE) == after


def test_what_was_learned_is_read_back_without_the_rest() -> None:
    section = f"{HEADING}\n\nSo far:\n\n- Old.\n  More.\n* Two.\n"
    text = f"# Ours\n\n- Not learned.\n\n{section}\n## Style\n\n- No.\n"
    assert learned(text) == ("Old. More.", "Two.")
    assert learned(with_rule(text, RULE)) == ("Old. More.", "Two.", RULE)
    assert learned("# Ours\n\n- Not learned.\n") == ()
    assert learned(with_rule(text, RULE).replace("\n", "\r\n")) == ("Old. More.", "Two.", RULE)


def test_only_the_newest_are_told() -> None:
    text = HEADING + "".join(f"\n- rule {n}" for n in range(MOST_LEARNED + 2))
    assert learned(text)[0] == "rule 2"
