"""PyGithub, unchanged, against the stub GitHub."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth, Github, GithubException, GithubRetry, RateLimitExceededException
from github.Repository import Repository

from integrations.stubs import Stubs
from integrations.stubs.mischief import Misdeed
from integrations.stubs.repositories import git_environment


def _github(stubs: Stubs, auth: Auth.Auth, retry: GithubRetry | None = None) -> Github:
    return Github(
        base_url=f"{stubs.url}/github",
        auth=auth,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=retry,
    )


@pytest.fixture
def github(stubs: Stubs) -> Iterator[Github]:
    with _github(stubs, Auth.Token("gh-token")) as github:
        yield github


@pytest.fixture
def repository(github: Github, stubs: Stubs) -> Repository:
    _commit(stubs.github.git_root / "acme" / "demo.git", "agent/ship-1-add")
    return github.get_repo("acme/demo")


def _commit(repository: Path, branch: str) -> None:
    """A branch with one commit that adds a file."""
    who = {f"GIT_{r}_{w}": "a@b.c" for r in ("AUTHOR", "COMMITTER") for w in ("NAME", "EMAIL")}
    environment = {**git_environment(), **who, "GIT_DIR": str(repository)}

    def git(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments],
            input=stdin,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    blob = git("hash-object", "-w", "--stdin", stdin="one\ntwo\n")
    listing = git("ls-tree", "main") + f"\n100644 blob {blob}\tadded.txt\n"
    tree = git("mktree", stdin=listing)
    commit = git("commit-tree", tree, "-p", "main", "-m", "Add a file")
    git("update-ref", f"refs/heads/{branch}", commit)


def _create(repository: Repository, branch: str = "agent/ship-1-add") -> int:
    pull = repository.create_pull(base="main", head=branch, title="Add", body="Why", draft=False)
    return pull.number


def test_repository_branch_and_ref_come_from_git(repository: Repository, stubs: Stubs) -> None:
    assert repository.default_branch == "main"
    assert repository.clone_url == f"{stubs.url}/git/acme/demo.git"
    head = repository.get_branch("agent/ship-1-add").commit.sha
    assert repository.get_git_ref("heads/agent/ship-1-add").object.sha == head
    with pytest.raises(GithubException) as missing:
        repository.get_branch("nope")
    assert missing.value.status == 404


def test_a_pull_request_is_created_found_and_edited(repository: Repository) -> None:
    number = _create(repository)
    pull = repository.get_pull(number)
    assert (pull.title, pull.body, pull.state, pull.draft) == ("Add", "Why", "open", False)
    assert pull.head.sha == repository.get_branch("agent/ship-1-add").commit.sha
    assert (pull.commits, pull.additions, pull.changed_files) == (1, 2, 1)
    assert [file.filename for file in pull.get_files()] == ["added.txt"]
    assert [commit.commit.message for commit in pull.get_commits()] == ["Add a file"]
    found = repository.get_pulls(state="open", head="acme:agent/ship-1-add", base="main")
    assert [each.number for each in found] == [number]
    assert not list(repository.get_pulls(head="acme:other"))
    assert len(list(repository.get_pulls(head="other"))) == 1, "GitHub ignores a bare branch"
    pull.edit(title="Add more", body="Because", state="closed")
    assert repository.get_pull(number).state == "closed"
    assert not list(repository.get_pulls(state="open"))


def test_a_second_pull_request_for_a_branch_is_422(repository: Repository) -> None:
    number = _create(repository)
    with pytest.raises(GithubException) as taken:
        _create(repository)
    assert taken.value.status == 422
    message = "A pull request already exists for acme:agent/ship-1-add."
    assert taken.value.data["errors"][0]["message"] == message
    adopted = repository.get_pulls(state="open", head="acme:agent/ship-1-add")[0]
    assert adopted.number == number
    adopted.edit(state="closed")
    assert _create(repository) == number + 1


@pytest.mark.parametrize(("branch", "body"), [("nope", ""), ("main", ""), (None, "x" * 65_537)])
def test_what_github_refuses(repository: Repository, branch: str | None, body: str) -> None:
    head = branch or "agent/ship-1-add"
    with pytest.raises(GithubException) as refused:
        repository.create_pull(base="main", head=head, title="Add", body=body)
    assert refused.value.status == 422
    longest = repository.create_pull(
        base="main", head="agent/ship-1-add", title="Add", body="é" * 65_536
    )
    assert len(longest.body) == 65_536


def test_labels_and_comments(repository: Repository, stubs: Stubs) -> None:
    pull = repository.get_pull(_create(repository))
    pull.add_to_labels("agent", "new label")
    pull.remove_from_labels("agent")
    assert [label.name for label in pull.get_labels()] == ["new label"]
    assert {label.name for label in repository.get_labels()} == {"agent", "new label"}
    comment = pull.create_issue_comment("first")
    comment.edit("second")
    issue = pull.as_issue()
    assert [each.body for each in issue.get_comments()] == ["second"]
    assert issue.get_comment(comment.id).user.login == "storyfleet-bot"
    with pytest.raises(GithubException):
        pull.create_issue_comment("x" * 65_537)
    assert len(stubs.github.repository("acme/demo").pulls[0].comments) == 1


def test_many_comments_come_in_pages(repository: Repository) -> None:
    pull = repository.get_pull(_create(repository))
    for number in range(31):
        pull.create_issue_comment(f"comment {number}")
    assert [each.body for each in pull.get_issue_comments()][-1] == "comment 30"


def test_draft_and_ready_for_review(repository: Repository) -> None:
    pull = repository.create_pull(
        base="main", head="agent/ship-1-add", title="Add", body="", draft=True
    )
    assert pull.draft
    pull.mark_ready_for_review()
    assert not repository.get_pull(pull.number).draft
    pull.convert_to_draft()
    assert repository.get_pull(pull.number).draft


def test_a_wrong_token_is_401(stubs: Stubs) -> None:
    with (
        _github(stubs, Auth.Token("wrong")) as github,
        pytest.raises(GithubException) as refused,
    ):
        github.get_repo("acme/demo")
    assert refused.value.status == 401


def test_an_app_gets_an_installation_token(stubs: Stubs, client: httpx.Client) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
    auth = Auth.AppInstallationAuth(
        Auth.AppAuth(7, pem), 42, token_permissions={"contents": "write"}
    )
    with _github(stubs, auth) as github:
        assert github.get_repo("acme/demo").full_name == "acme/demo"
    assert auth.token in stubs.github.tokens
    url = "/github/app/installations/42/access_tokens"
    refused = client.post(url, headers={"Authorization": "Bearer not.a.jwt"})
    assert refused.status_code == 401


def test_rate_limits(stubs: Stubs, github: Github) -> None:
    github.get_repo("acme/demo")
    assert github.rate_limiting[1] == 5000
    stubs.mischief["github"].add(Misdeed("rate_limit", count=1, seconds=3600, status=403))
    with pytest.raises(RateLimitExceededException) as limited:
        github.get_repo("acme/demo")
    assert limited.value.headers is not None
    assert limited.value.headers["x-ratelimit-remaining"] == "0"


def test_a_secondary_rate_limit_is_waited_for(stubs: Stubs) -> None:
    stubs.mischief["github"].add(Misdeed("rate_limit", count=1, seconds=0, status=429))
    retry = GithubRetry(total=2, secondary_rate_wait=0)
    with _github(stubs, Auth.Token("gh-token"), retry) as github:
        assert github.get_repo("acme/demo").full_name == "acme/demo"


def test_a_created_pull_request_whose_answer_is_lost(stubs: Stubs, repository: Repository) -> None:
    """PyGithub sends the POST again and meets the 422; who adopts gets the first one."""
    lost = Misdeed("error", count=1, status=502, match="POST /repos/acme/demo/pulls", after=True)
    stubs.mischief["github"].add(lost)
    with (
        _github(stubs, Auth.Token("gh-token"), GithubRetry(total=2)) as github,
        pytest.raises(GithubException) as taken,
    ):
        _create(github.get_repo("acme/demo"))
    assert taken.value.status == 422
    assert [pull.number for pull in repository.get_pulls()] == [1]


def test_a_person_sees_the_pull_request(
    stubs: Stubs, repository: Repository, client: httpx.Client
) -> None:
    pull = repository.get_pull(_create(repository))
    pull.edit(body="<script>alert(1)</script>")
    page = client.get(pull.html_url)
    policy, _, body = page.text.partition("<h1>")
    assert "default-src 'none'" in policy, "whatever a body holds, nothing of it may run"
    assert "alert(1)" in body
    assert client.get(f"{stubs.url}/github/acme/demo/pull/9").status_code == 404
    listed = client.get("/_stub/github/pulls").json()
    assert [(each["repository"], each["number"]) for each in listed] == [("acme/demo", 1)]
