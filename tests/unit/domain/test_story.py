"""Acceptance criteria are found where authors write them, and keep their words."""

import pytest

from worker.domain.story import examine


def texts(description: str, title: str = "T") -> list[str]:
    return [c.text for c in examine(title, description).criteria]


@pytest.mark.parametrize(
    "heading",
    [
        "## Acceptance criteria",
        "### ACCEPTANCE CRITERIA:",
        "**Acceptance Criteria**",
        "Acceptance criteria:",
        "# Definition of done",
        "Done when:",
        "## Requirements",
    ],
)
def test_items_under_a_known_heading(heading: str) -> None:
    assert texts(f"Intro.\n\n{heading}\n- one\n- two\n") == ["one", "two"]


@pytest.mark.parametrize("mark", ["-", "*", "+", "1.", "2)", "- [ ]", "- [x]"])
def test_every_kind_of_list(mark: str) -> None:
    assert texts(f"## Acceptance\n{mark} it works\n") == ["it works"]


def test_numbers_follow_the_order_of_the_story() -> None:
    story = examine("T", "## Acceptance criteria\n- a\n- b\n")
    assert [(c.number, c.text) for c in story.criteria] == [(1, "a"), (2, "b")]
    assert story.assumption is None


def test_the_next_heading_ends_the_list() -> None:
    assert texts("## Acceptance criteria\n- a\n## Notes\n- not this\n") == ["a"]


def test_nested_items_wrapped_lines_and_code_stay_with_their_item() -> None:
    description = (
        "## Acceptance criteria\n- first\n  wrapped\n  - nested\n```\n- code\n```\n- second"
    )
    assert texts(description) == ["first\n  wrapped\n  - nested\n```\n- code\n```", "second"]


def test_a_list_inside_a_code_block_is_no_criterion() -> None:
    assert texts("## Acceptance criteria\n```\n- code\n```\n- real\n") == ["real"]


def test_an_introducing_line_is_not_a_criterion() -> None:
    assert texts("## Acceptance criteria\nAll of these hold:\n- a\n") == ["a"]


def test_an_introducing_line_elsewhere_starts_nothing() -> None:
    assert texts("Some ideas:\n- not a criterion\n", "Fix it") == [
        "Fix it (as the story describes it)"
    ]


def test_indented_first_items_count() -> None:
    assert texts("## Acceptance criteria\n  - a\n") == ["a"]


def test_prose_under_the_heading_is_one_criterion() -> None:
    assert texts("## Acceptance criteria\n\nThe page loads\nin one second.\n") == [
        "The page loads\nin one second."
    ]


def test_without_criteria_the_story_is_the_one_criterion_and_that_is_said() -> None:
    story = examine("Fix the login", "It breaks.")
    assert [c.text for c in story.criteria] == ["Fix the login (as the story describes it)"]
    assert story.assumption is not None


def test_without_a_title_the_first_line_stands_for_it() -> None:
    assert texts("Fix it\nplease", "") == ["Fix it (as the story describes it)"]


def test_nothing_at_all_has_no_criteria() -> None:
    assert examine(" ", "\n").criteria == ()
