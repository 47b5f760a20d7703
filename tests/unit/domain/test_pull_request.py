"""When a pull request ended, by a clock that tells whole seconds."""

import pytest

from worker.domain.pull_request import PullRequestEnd


@pytest.mark.parametrize(
    ("moment", "after"), [(99.0, True), (100.0, True), (100.9, True), (101.0, False)]
)
def test_what_ended_in_the_second_of_a_moment_may_have_ended_after_it(
    moment: float, *, after: bool
) -> None:
    """A run opened at 100.9 sees that its pull request was closed at 100.95, told as 100."""
    end = PullRequestEnd(7, "https://github.test/pull/7", "agent/ENG-1", merged=True, ended_at=100)
    assert end.is_after(moment) is after
