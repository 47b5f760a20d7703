"""The stubs' configuration and the parts that are made of it, before anything is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from integrations.stubs.github.person import Maintainer
from integrations.stubs.github.records import PullRequest, Repository
from integrations.stubs.github.webhooks import PULL_REQUEST, GithubDeliveries, pull_request_event
from integrations.stubs.github.world import Action, GithubWorld
from integrations.stubs.linear.person import Person
from integrations.stubs.linear.webhooks import LinearDeliveries
from integrations.stubs.linear.world import LinearWorld
from integrations.stubs.mischief import Mischief, Vendor
from integrations.stubs.models.api import ModelsApi
from integrations.stubs.models.script import Script
from integrations.stubs.webhooks import WebhookSender, WebhookTarget

VENDORS: tuple[Vendor, ...] = get_args(Vendor)


@dataclass(frozen=True, kw_only=True)
class StubsConfig:
    """Every secret has a harmless default: they guard nothing."""

    git_root: Path
    """bare repositories, `owner/name.git`; see `seed_repository`"""
    host: str = "127.0.0.1"
    port: int = 0
    """0: one that is free"""
    public_url: str | None = None
    """how others reach the stubs, e.g. by a service's name; None: by host and port"""
    webhook_url: str | None = None
    """where Linear's go; it can also be set later, see `Stubs.send_webhooks_to`"""
    webhook_secret: str = "stub-webhook-secret"  # noqa: S105 - a default for trying out
    github_webhook_url: str | None = None
    """where GitHub's go; None: nowhere"""
    github_webhook_secret: str = "stub-github-webhook-secret"  # noqa: S105 - a default for trying out
    retry_scale: float = 1.0
    """factor on Linear's webhook retry schedule of 1 minute, 1 hour, 6 hours"""
    linear_key: str = "stub-linear-key"
    """API key of the fleet's own user"""
    person_key: str = "stub-person-key"
    """API key of a person in the same workspace"""
    team_key: str = "SHIP"
    labels: tuple[str, ...] = ("agent", "bug")
    projects: tuple[str, ...] = ("Demo",)
    github_token: str = "stub-github-token"  # noqa: S105 - a default for trying out
    model_key: str | None = None
    """the API key that model requests must carry; None: any"""
    script: Script = field(default_factory=Script)
    seed: int = 0
    """of the mischief that happens with a probability"""


class Parts:
    """What the stubs consist of. `place` must be called when the address is known."""

    def __init__(self, config: StubsConfig) -> None:
        self.config = config
        target = WebhookTarget(
            config.webhook_url, config.webhook_secret, retry_scale=config.retry_scale
        )
        self.webhooks = WebhookSender(target, LinearDeliveries())
        self.linear = _workspace(config)
        self.linear.on_event = self.webhooks.send
        self.person = Person(self.linear)
        self.github = GithubWorld(config.git_root, config.github_token)
        self.github.on_pull = self._tell_of_pull
        self.maintainer = Maintainer(self.github)
        github_target = WebhookTarget(config.github_webhook_url, config.github_webhook_secret)
        self.github_webhooks = WebhookSender(github_target, GithubDeliveries())
        self.models = ModelsApi(config.script, config.model_key)
        self.mischief = {vendor: Mischief(vendor, config.seed) for vendor in VENDORS}

    def place(self, url: str) -> None:
        """Tell every part under which address people and clients find it."""
        self.linear.url = f"{url}/linear"
        self.github.url = f"{url}/github"
        self.github.git_url = f"{url}/git"

    def close(self) -> None:
        for mischief in self.mischief.values():
            mischief.clear()
        self.webhooks.close()
        self.github_webhooks.close()

    def _tell_of_pull(
        self, repository: Repository, pull: PullRequest, action: Action, login: str
    ) -> None:
        if self.github_webhooks.target.url is not None:
            event = pull_request_event(self.github, repository, pull, action, login)
            self.github_webhooks.send(event, PULL_REQUEST)


def _workspace(config: StubsConfig) -> LinearWorld:
    world = LinearWorld()
    world.add_team(config.team_key, "Shipping")
    for label in config.labels:
        world.add_label(label)
    for project in config.projects:
        world.add_project(project)
    return world
