"""People on the stub GitHub: they merge and close, which webhooks tell; and tokens that end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from github import Auth, Github

from integrations.github import GitHubWebhook
from integrations.stubs import Stubs, StubsConfig, seed_repository, start_stubs
from integrations.stubs.repositories import branch_sha, commits_between
from tests.contracts.code_host.forge import add_branches
from tests.unit.stubs.conftest import FILES, SECRET, Receiver
from worker.domain.signals import Delivery, PullRequestEnded

REPOSITORY, BRANCH, OTHER = "acme/demo", "agent/ship-1-add", "agent/ship-2-other"


@pytest.fixture
def stubs(tmp_path: Path, receiver: Receiver) -> Iterator[Stubs]:
    seed_repository(tmp_path, REPOSITORY, FILES)
    add_branches(tmp_path / f"{REPOSITORY}.git", BRANCH, OTHER)
    config = StubsConfig(
        git_root=tmp_path, github_webhook_url=receiver.url, github_webhook_secret=SECRET
    )
    with start_stubs(config) as running:
        yield running


def _open(client: httpx.Client, branch: str = BRANCH) -> str:
    """Where the pull request's actions are."""
    body = {"head": branch, "base": "main", "title": "Add"}
    opened = client.post(f"/_stub/github/{REPOSITORY}/pulls", json=body).json()
    return f"/_stub/github/{REPOSITORY}/pulls/{opened['number']}"


def _deliveries(stubs: Stubs, receiver: Receiver) -> list[Delivery]:
    assert stubs.github_webhooks.wait_until_settled(60)
    return [
        GitHubWebhook(SECRET).read({k.lower(): v for k, v in got.headers.items()}, got.raw)
        for got in receiver.received
    ]


def test_merging_moves_the_base_and_is_told(
    stubs: Stubs, client: httpx.Client, receiver: Receiver
) -> None:
    path = stubs.github.git_root / f"{REPOSITORY}.git"
    before = branch_sha(path, "main")
    pull = _open(client)
    merged = client.post(f"{pull}/merge", json={"delete": True}).json()
    assert (merged["merged"], merged["state"]) == (True, "closed")
    after = branch_sha(path, "main")
    assert after == merged["merge_commit_sha"] != before
    messages = [commit.message for commit in commits_between(path, str(before), str(after))]
    assert "Add a file" in messages
    assert branch_sha(path, BRANCH) is None
    opened, ended = _deliveries(stubs, receiver)
    assert (opened.outcome, ended.outcome) == ("ignored_action", "ended")
    assert isinstance(ended.signal, PullRequestEnded)
    assert ended.signal.repository == REPOSITORY
    end = ended.signal.end
    assert (end.number, end.branch, end.merged) == (1, BRANCH, True)
    assert end.url == f"{stubs.url}/github/acme/demo/pull/1"
    assert "merged" in client.get(end.url).text
    assert receiver.received[1].headers["X-GitHub-Delivery"] == ended.id


def test_closing_and_reopening(stubs: Stubs, client: httpx.Client, receiver: Receiver) -> None:
    pull = _open(client)
    for action, state in (("close", "closed"), ("close", "closed"), ("reopen", "open")):
        shown = client.post(f"{pull}/{action}").json()
        assert (shown["state"], shown["merged"]) == (state, False)
    outcomes = [delivery.outcome for delivery in _deliveries(stubs, receiver)]
    assert outcomes == ["ignored_action", "ended", "ignored_action"], "closed twice is told once"


def test_what_cannot_be_merged(stubs: Stubs, client: httpx.Client) -> None:
    """Both branches add the same file, with other words in it."""
    first, second = _open(client), _open(client, OTHER)
    assert client.post(f"{first}/merge").status_code == 200
    for pull, action in ((second, "merge"), (first, "merge"), (first, "reopen")):
        assert client.post(f"{pull}/{action}").status_code == 400
    assert client.post(f"{second}/close").json()["merged"] is False


def test_the_api_merges_and_closes_too(
    stubs: Stubs, client: httpx.Client, receiver: Receiver
) -> None:
    token = Auth.Token("stub-github-token")
    with Github(
        base_url=f"{stubs.url}/github",
        auth=token,
        seconds_between_requests=0,
        seconds_between_writes=0,
    ) as github:
        repository = github.get_repo(REPOSITORY)
        for branch in (BRANCH, OTHER):
            _open(client, branch)
        assert repository.get_pull(1).merge().merged
        assert repository.get_pull(1).merged
        assert repository.get_pull(1).merged_by.login == "storyfleet-bot"
        repository.get_pull(2).edit(state="closed")
        closed = repository.get_pulls(state="closed", sort="updated", direction="desc")
        assert {pull.number: pull.merged_at is not None for pull in closed} == {1: True, 2: False}
    outcomes = [delivery.outcome for delivery in _deliveries(stubs, receiver)]
    assert outcomes == ["ignored_action", "ignored_action", "ended", "ended"]


def test_what_is_not_taken_is_not_sent_again(
    stubs: Stubs, client: httpx.Client, receiver: Receiver
) -> None:
    receiver.answers = [503]
    _open(client)
    assert stubs.github_webhooks.wait_until_settled(60)
    (delivery,) = client.get("/_stub/github/deliveries").json()
    assert (delivery["outcome"], delivery["tries"]) == ("failed", 1)
    assert client.post(f"/_stub/github/deliveries/{delivery['id']}").status_code == 200
    assert len({each.id for each in _deliveries(stubs, receiver)}) == 1
    assert len(receiver.received) == 2


def test_its_webhooks_go_astray_too(stubs: Stubs, client: httpx.Client, receiver: Receiver) -> None:
    client.post("/_stub/mischief", json={"stub": "github_webhooks", "duplicate": 3})
    _open(client)
    assert len({each.id for each in _deliveries(stubs, receiver)}) == 1
    assert len(receiver.received) == 3
    client.put("/_stub/github/webhook", json={"url": None})
    _open(client, OTHER)
    assert len(client.get("/_stub/github/deliveries").json()) == 1


def test_tokens_end_early_or_at_once(stubs: Stubs, client: httpx.Client) -> None:
    def good(token: str) -> bool:
        headers = {"Authorization": f"token {token}"}
        status = client.get("/github/rate_limit", headers=headers).status_code
        git = client.get(
            f"/git/{REPOSITORY}.git/info/refs?service=git-upload-pack", auth=("x", token)
        )
        assert (status == 401) == (git.status_code == 401)
        return status == 200

    token = stubs.github.issue_installation_token()
    assert good(token)
    assert client.post("/_stub/github/tokens/expire").json() == {"expired": 1}
    assert not good(token)
    assert good("stub-github-token")
    client.put("/_stub/github/tokens", json={"dies_after_seconds": 0})
    assert not good(stubs.github.issue_installation_token())
    client.put("/_stub/github/tokens", json={"seconds": 600})
    assert good(stubs.github.issue_installation_token())
