"""The CodeHost contract, over the memory adapter and the real one."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.contracts.code_host.forge import BRANCHES, REPOSITORY, Forge, Shown
from worker.domain.errors import RepositoryUnavailable
from worker.domain.pull_request import (
    KnownPullRequest,
    PullRequest,
    PullRequestEnd,
    PullRequestText,
)

FIRST, SECOND, FOREIGN = BRANCHES
TEXT = PullRequestText("SHIP-1: Add a file", "What «changed»\n\n- a file 🚢\n", ("storyfleet",))


def test_the_default_branch(forge: Forge) -> None:
    assert forge.code_host().default_branch(REPOSITORY) == "main"


def test_a_repository_that_is_not_there(forge: Forge) -> None:
    with pytest.raises(RepositoryUnavailable):
        forge.code_host().default_branch("acme/nothing")
    with pytest.raises(RepositoryUnavailable):
        forge.code_host().publish("acme/nothing", "main", FIRST, TEXT, draft=False)


def test_a_pull_request_opens(forge: Forge) -> None:
    published = forge.code_host().publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
    assert forge.pulls() == [
        Shown(1, TEXT.title, TEXT.body, "main", FIRST, ("storyfleet",), draft=False, open=True)
    ]
    assert published == PullRequest(1, published.url, draft=False)
    assert published.url.startswith("http")
    assert published.url.endswith("/acme/demo/pull/1")


def test_publishing_again_brings_it_up_to_date(forge: Forge) -> None:
    first = forge.code_host().publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
    changed = PullRequestText("Another title", "Another body", ("storyfleet", "more"))
    for _ in range(2):
        again = forge.code_host().publish(REPOSITORY, "main", FIRST, changed, draft=False)
        assert again == first
    (shown,) = forge.pulls()
    assert (shown.title, shown.body) == (changed.title, changed.body)
    assert shown.labels == ("storyfleet", "more")


def test_an_accepted_run_makes_the_draft_ready(forge: Forge) -> None:
    code_host = forge.code_host()
    assert code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=True).draft
    assert [shown.draft for shown in forge.pulls()] == [True]
    assert not code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False).draft
    assert [shown.draft for shown in forge.pulls()] == [False]
    assert code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=True).draft
    assert [shown.draft for shown in forge.pulls()] == [True]


def test_each_branch_has_its_own(forge: Forge) -> None:
    code_host = forge.code_host()
    numbers = [
        code_host.publish(REPOSITORY, "main", branch, TEXT, draft=False).number
        for branch in (FIRST, SECOND, FIRST)
    ]
    assert numbers == [1, 2, 1]
    assert [shown.branch for shown in forge.pulls()] == [FIRST, SECOND]


def test_another_base_moves_it(forge: Forge) -> None:
    code_host = forge.code_host()
    code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
    assert code_host.publish(REPOSITORY, "trunk", FIRST, TEXT, draft=False).number == 1
    assert [shown.base for shown in forge.pulls()] == ["trunk"]


def test_a_closed_one_stays_closed(forge: Forge) -> None:
    code_host = forge.code_host()
    code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
    forge.close_pull(1)
    assert code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False).number == 2
    assert [shown.open for shown in forge.pulls()] == [False, True]


def test_nothing_has_ended_where_nothing_was_opened(forge: Forge) -> None:
    assert list(forge.code_host().ended_pull_requests(REPOSITORY)) == []
    with pytest.raises(RepositoryUnavailable):
        forge.code_host().ended_pull_requests("acme/nothing")


def test_what_people_merged_and_closed_has_ended(forge: Forge) -> None:
    code_host, before = forge.code_host(), time.time() - 1
    merged, closed, foreign = (
        code_host.publish(REPOSITORY, "main", branch, TEXT, draft=False) for branch in BRANCHES
    )
    assert list(code_host.ended_pull_requests(REPOSITORY)) == []
    forge.close_pull(closed.number)
    forge.close_pull(foreign.number)
    forge.merge_pull(merged.number)
    ended = {end.number: end for end in code_host.ended_pull_requests(REPOSITORY)}
    assert all(before <= end.ended_at <= time.time() + 1 for end in ended.values())
    assert {number: replace(end, ended_at=0) for number, end in ended.items()} == {
        merged.number: PullRequestEnd(merged.number, merged.url, FIRST, merged=True, ended_at=0),
        closed.number: PullRequestEnd(closed.number, closed.url, SECOND, merged=False, ended_at=0),
    }


def test_a_branch_may_end_more_than_once(forge: Forge) -> None:
    code_host = forge.code_host()
    for number in (1, 2):
        code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
        forge.close_pull(number)
    ended = code_host.ended_pull_requests(REPOSITORY)
    assert sorted((end.number, end.branch) for end in ended) == [(1, FIRST), (2, FIRST)]


def test_a_branchs_newest_pull_request_is_known_however_it_stands(forge: Forge) -> None:
    code_host = forge.code_host()
    assert code_host.known_pull_request(REPOSITORY, FOREIGN) is None
    first = code_host.publish(REPOSITORY, "main", FOREIGN, TEXT, draft=True)
    code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False)
    assert code_host.known_pull_request(REPOSITORY, FOREIGN) == KnownPullRequest(first, open=True)
    forge.close_pull(first.number)
    assert code_host.known_pull_request(REPOSITORY, FOREIGN) == KnownPullRequest(first, open=False)
    again = code_host.publish(REPOSITORY, "main", FOREIGN, TEXT, draft=False)
    forge.merge_pull(again.number)
    known = code_host.known_pull_request(REPOSITORY, FOREIGN)
    assert known == KnownPullRequest(again, open=False, merged=True)
    with pytest.raises(RepositoryUnavailable):
        code_host.known_pull_request("acme/nothing", FOREIGN)


def test_publishing_concurrently_opens_one(forge: Forge) -> None:
    code_host = forge.code_host()

    def publish(_: int) -> PullRequest:
        return code_host.publish(REPOSITORY, "main", FIRST, TEXT, draft=False)

    with ThreadPoolExecutor(6) as pool:
        published = list(pool.map(publish, range(6)))
    assert len(set(published)) == len(forge.pulls()) == 1


def test_where_a_file_is_read(forge: Forge) -> None:
    url = forge.code_host().file_url(REPOSITORY, "a/b#1", "dir/a file?.md")
    assert url.endswith("/acme/demo/blob/a/b%231/dir/a%20file%3F.md")
