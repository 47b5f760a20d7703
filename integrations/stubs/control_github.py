"""`/_stub/github/...`: what a person does on the stub GitHub, and what can be seen there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from integrations.stubs.asking import Ask, Handler, redelivered, retargeted
from integrations.stubs.github import shapes
from integrations.stubs.github.records import PullRequest, Repository
from integrations.stubs.github.shapes import Json
from integrations.stubs.github.tokens import TokenLife
from integrations.stubs.reading import build

_PULL = "/github/{owner}/{name}/pulls/{number:int}"


def list_pulls(ask: Ask) -> list[Json]:
    world = ask.parts.github
    with world.lock:
        pulls = [(repo, pull) for repo in world.repositories() for pull in repo.pulls]
    return [_shown(ask, repo, pull) for repo, pull in pulls]


def merge_pull(ask: Ask) -> object:
    """`{"delete": true}` takes the head branch away afterwards."""
    return _after(ask, ask.parts.maintainer.merge(*_named(ask), **ask.body))


def close_pull(ask: Ask) -> object:
    return _after(ask, ask.parts.maintainer.close(*_named(ask)))


def reopen_pull(ask: Ask) -> object:
    return _after(ask, ask.parts.maintainer.reopen(*_named(ask)))


def open_pull(ask: Ask) -> object:
    """`{"head": ..., "base": ..., "title": ...}`, a person's own; `fork` names the head's."""
    slug = f"{ask.path['owner']}/{ask.path['name']}"
    return _after(ask, ask.parts.maintainer.open(slug, **ask.body))


def set_token_life(ask: Ask) -> object:
    """`{"seconds": ..., "dies_after_seconds": ...}` of installation tokens from now on."""
    ask.parts.github.tokens.life = build(TokenLife, ask.body)
    return asdict(ask.parts.github.tokens.life)


def expire_tokens(ask: Ask) -> object:
    return {"expired": ask.parts.github.tokens.expire()}


def list_deliveries(ask: Ask) -> object:
    return ask.parts.github_webhooks.state()


def redeliver(ask: Ask) -> object:
    return redelivered(ask.parts.github_webhooks, ask)


def set_webhook(ask: Ask) -> object:
    return retargeted(ask.parts.github_webhooks, ask)


def _named(ask: Ask) -> tuple[str, int]:
    return f"{ask.path['owner']}/{ask.path['name']}", ask.path["number"]


def _after(ask: Ask, pull: PullRequest) -> Json:
    slug = f"{ask.path['owner']}/{ask.path['name']}"
    return _shown(ask, ask.parts.github.repository(slug), pull)


def _shown(ask: Ask, repo: Repository, pull: PullRequest) -> Json:
    """Without what it changes, which would take git several processes to tell."""
    world = ask.parts.github
    with world.lock:
        return {
            **shapes.pull(world, repo, pull),
            "merged": pull.merged_at is not None,
            "repository": repo.full_name,
            "issue_comments": [shapes.comment(world, repo, each) for each in pull.comments],
        }


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/github/pulls"): list_pulls,
    ("POST", "/github/{owner}/{name}/pulls"): open_pull,
    ("POST", f"{_PULL}/merge"): merge_pull,
    ("POST", f"{_PULL}/close"): close_pull,
    ("POST", f"{_PULL}/reopen"): reopen_pull,
    ("PUT", "/github/tokens"): set_token_life,
    ("POST", "/github/tokens/expire"): expire_tokens,
    ("PUT", "/github/webhook"): set_webhook,
    ("GET", "/github/deliveries"): list_deliveries,
    ("POST", "/github/deliveries/{delivery}"): redeliver,
}
