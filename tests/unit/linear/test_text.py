"""Cutting comments."""

import pytest

from integrations.linear.text import cut_line, cut_markdown


def test_what_fits_is_untouched() -> None:
    assert cut_markdown("short\n", 6) == "short\n"
    assert cut_line("short", 5) == "short"


@pytest.mark.parametrize("limit", [150, 200, 1000])
@pytest.mark.parametrize("fence", ["", "```python\n", "~~~~\n", "```\nclosed\n```\n"])
def test_a_long_comment_says_that_it_was_cut(limit: int, fence: str) -> None:
    cut = cut_markdown(f"Result\n\n{fence}" + "a line of output\n" * 200, limit)
    assert len(cut) <= limit
    assert cut.startswith("Result")
    assert cut.endswith("was cut: it is too long for a comment.*")
    marks = [line for line in cut.splitlines() if line.startswith(("```", "~~~"))]
    assert len(marks) % 2 == 0, "no code block is left open"


def test_one_endless_line() -> None:
    cut = cut_markdown("x" * 500, 200)
    assert len(cut) <= 200
    assert "was cut" in cut


def test_a_line_stays_one_line() -> None:
    assert cut_line("draft:\n gave up  early", 12) == "draft: gave…"
