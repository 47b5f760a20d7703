"""GitHubCodeHost where GitHub misbehaves, and what only GitHub has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations.github import GitHubCodeHost, fixed_token
from integrations.github.connection import Connection
from integrations.github.pulls import LONGEST_BODY, LONGEST_TITLE
from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs
from integrations.stubs.github.records import PullRequest as StubPull
from integrations.stubs.mischief import Misdeed
from tests.contracts.code_host.forge import add_branches
from tests.unit.linear.canned import Answer, canned
from worker.domain.errors import RateLimited, RepositoryUnavailable, Unavailable
from worker.domain.pull_request import PullRequest, PullRequestText

REPOSITORY, BRANCH = "acme/demo", "agent/ship-1"
TEXT = PullRequestText("Add a file", "Why\n\nBecause.\n", ("storyfleet",))


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    seed_repository(tmp_path, REPOSITORY, {"README.md": "# Demo\n"})
    add_branches(tmp_path / f"{REPOSITORY}.git", BRANCH)
    with start_stubs(StubsConfig(git_root=tmp_path)) as running:
        yield running


def _connect(url: str) -> GitHubCodeHost:
    connection = Connection(
        url, seconds_between_requests=0, seconds_between_writes=0, backoff_seconds=0
    )
    return GitHubCodeHost(connection, fixed_token("stub-github-token"))


def _publish(stubs: Stubs, text: PullRequestText = TEXT, *, draft: bool = False) -> PullRequest:
    return _connect(f"{stubs.url}/github").publish(REPOSITORY, "main", BRANCH, text, draft=draft)


def _pull(stubs: Stubs) -> StubPull:
    (pull,) = stubs.github.repository(REPOSITORY).pulls
    return pull


def test_a_create_that_is_sent_twice_makes_one(stubs: Stubs) -> None:
    misdeed = Misdeed("error", count=1, match=f"POST /repos/{REPOSITORY}/pulls", status=502,
                      after=True)  # fmt: skip
    stubs.mischief["github"].add(misdeed)
    assert _publish(stubs) == _publish(stubs)
    assert _pull(stubs).labels == ["storyfleet"]


def test_one_that_exists_and_is_not_listed_yet_is_looked_for_later() -> None:
    detail = f"A pull request already exists for acme:{BRANCH}."
    taken = Answer(422, {"message": "Validation Failed", "errors": [{"message": detail}]})
    with canned(Answer(200, []), taken, Answer(200, [])) as server, pytest.raises(Unavailable):
        _connect(server.url).publish(REPOSITORY, "main", BRANCH, TEXT, draft=False)


def test_only_what_differs_is_sent(stubs: Stubs) -> None:
    _publish(stubs)
    pull = _pull(stubs)
    pull.body = (pull.body or "").replace("\n", "\r\n").strip()
    for method in ("PATCH", "POST"):
        stubs.mischief["github"].add(Misdeed("error", match=f"{method} /", status=404))
    _publish(stubs)
    with pytest.raises(RepositoryUnavailable):
        _publish(stubs, PullRequestText("Another title", TEXT.body))


def test_labels_are_made_with_a_colour_and_people_may_change_it(stubs: Stubs) -> None:
    stubs.github.repository(REPOSITORY).labels["storyfleet"] = "ffffff"
    _publish(stubs, PullRequestText("t", "b", ("storyfleet", "a b/c")))
    assert stubs.github.repository(REPOSITORY).labels == {"storyfleet": "ffffff", "a b/c": "5319e7"}
    _pull(stubs).labels.append("of-a-person")
    _publish(stubs)
    assert _pull(stubs).labels == ["storyfleet", "a b/c", "of-a-person"]


def test_what_is_too_long_is_cut(stubs: Stubs) -> None:
    text = PullRequestText("T" * 1000, "🚢" * (LONGEST_BODY + 1))
    for _ in range(2):
        _publish(stubs, text)
    pull = _pull(stubs)
    assert (len(pull.title), len(pull.body or "")) == (LONGEST_TITLE, LONGEST_BODY)
    assert (pull.body or "").endswith("*The rest was cut: it is too long for a pull request.*")


def test_a_draft_that_github_keeps_stays_a_draft(stubs: Stubs) -> None:
    _publish(stubs, draft=True)
    refusal = Misdeed("error", match="markPullRequestReadyForReview", status=403)
    stubs.mischief["github"].add(refusal)
    changed = PullRequestText("Accepted", "All met")
    assert _publish(stubs, changed).draft
    assert (_pull(stubs).title, _pull(stubs).draft) == ("Accepted", True)
    stubs.mischief["github"].clear()
    assert not _publish(stubs, changed).draft
    assert not _pull(stubs).draft


def test_a_pull_request_that_cannot_become_a_draft_says_so(stubs: Stubs) -> None:
    _publish(stubs)
    stubs.mischief["github"].add(Misdeed("error", match="convertPullRequestToDraft", status=403))
    for _ in range(2):
        assert _publish(stubs, draft=True).draft
        pull = _pull(stubs)
        assert (pull.title, pull.draft) == ("[draft] Add a file", False)
        assert pull.labels == ["storyfleet", "draft"]
    assert not _publish(stubs).draft
    assert (_pull(stubs).title, _pull(stubs).labels) == ("Add a file", ["storyfleet"])


def test_a_label_of_a_person_is_not_taken_off(stubs: Stubs) -> None:
    _publish(stubs)
    _pull(stubs).labels.append("draft")
    _publish(stubs)
    assert _pull(stubs).labels == ["storyfleet", "draft"]


def _shown(title: str, url: str) -> dict[str, Any]:
    base = f"{url}/repos/acme/demo"
    side = {"ref": BRANCH, "label": f"acme:{BRANCH}", "sha": "0" * 40}
    return {
        "url": f"{base}/pulls/1", "issue_url": f"{base}/issues/1", "html_url": "https://web/1",
        "number": 1, "title": title, "body": TEXT.body, "draft": False, "labels": [],
        "head": side, "base": side | {"ref": "main"},
    }  # fmt: skip


def test_a_repository_without_drafts_gets_a_marked_pull_request() -> None:
    detail = "Draft pull requests are not supported in this repository."
    refused = Answer(422, {"message": "Validation Failed", "errors": [{"message": detail}]})
    label = Answer(200, {"name": "l", "color": "0"})
    with canned(Answer(200, []), refused, Answer(200, [])) as server:
        created = Answer(201, _shown("[draft] Add a file", server.url))
        server.answers += [created, label, label, Answer(200, [])]
        published = _connect(server.url).publish(REPOSITORY, "main", BRANCH, TEXT, draft=True)
        writes = [(asked[0], asked[2]) for asked in server.asked if asked[0].startswith("POST")]
    assert published == PullRequest(1, "https://web/1", draft=True)
    assert writes[1][1]["title"] == "[draft] Add a file"
    assert writes[1][1]["draft"] is False
    assert writes[2] == (
        "POST /repos/acme/demo/issues/1/labels",
        ["storyfleet", "draft"],
    )


def test_a_rate_limit_is_no_refusal(stubs: Stubs) -> None:
    _publish(stubs, draft=True)
    stubs.mischief["github"].add(Misdeed("rate_limit", seconds=600, status=403, match="/graphql"))
    with pytest.raises(RateLimited):
        _publish(stubs)
    assert _pull(stubs).draft
