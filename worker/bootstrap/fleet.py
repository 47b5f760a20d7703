"""The running fleet's parts, wired from settings."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog
from pydantic import SecretStr

from integrations.broker.bell import CeleryBell
from integrations.docker.sandboxes import DockerSandboxes
from integrations.git.repositories import GitRepositories
from integrations.github.code_host import GitHubCodeHost
from integrations.github.connection import Connection
from integrations.github.tokens import InstallationTokens, fixed_token
from integrations.github.webhook import GitHubWebhook
from integrations.linear.tracker import LinearTracker
from integrations.linear.webhook import LinearWebhook
from integrations.local.sessions import LocalSessions
from integrations.runners.reading import InstalledRunners
from integrations.sql.run_store import SqlRunStore, open_store
from integrations.syntax.reader import TreeSitterSyntax
from worker.bootstrap.models import agents, gateway, judge
from worker.bootstrap.secrecy import redactor, scanner
from worker.ports import Bell, Ports, Sandboxes, WebhookSource
from worker.settings import Settings
from worker.telemetry import LogObserver

_log = structlog.get_logger("storyfleet.fleet")


class SystemClock:
    """The Clock port on this machine's clocks."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class ReceiverParts:
    """What the receiver needs."""

    store: SqlRunStore
    bell: Bell
    sources: Mapping[str, WebhookSource]


def store(settings: Settings) -> SqlRunStore:
    """The run store, migrated. Raises Unavailable, ConfigurationError."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return database(settings.database_url.get_secret_value(), settings.lease_seconds)


def database(url: str, lease_seconds: float = 30.0) -> SqlRunStore:
    """The run store at ``url``, migrated. Raises Unavailable, ConfigurationError."""
    return open_store(url, lease_seconds)


def bell(settings: Settings) -> CeleryBell:
    """The bell over Redis."""
    return CeleryBell(_secret(settings.redis_url))


def receiver(settings: Settings) -> ReceiverParts:
    """The receiver's parts. Without a LINEAR_API_KEY it cannot tell the fleet's own doings."""
    own_actor: Callable[[], str | None] = _unknown
    label_ids: Callable[[], frozenset[str]] = frozenset
    if settings.linear_api_key:
        # A webhook must be answered within 5 s: ask once, and briefly.
        asked = tracker(settings, read_seconds=1, attempts=1)
        own_actor = asked.own_actor
        label_ids = partial(asked.label_ids, settings.trigger_label)
    linear = LinearWebhook(
        _secret(settings.linear_webhook_secret),
        settings.trigger_label,
        own_actor=own_actor,
        label_ids=label_ids,
        clock=time.time,
        window_seconds=settings.linear_webhook_window_seconds,
    )
    sources: dict[str, WebhookSource] = {"linear": linear}
    if settings.github_webhook_secret:
        sources["github"] = GitHubWebhook(_secret(settings.github_webhook_secret))
    return ReceiverParts(store(settings), bell(settings), sources)


def ports(settings: Settings) -> Ports:
    """Everything a worker's director needs, on the real adapters."""
    known = store(settings)
    return Ports(
        tracker=tracker(settings),
        code_host=code_host(settings),
        repositories=repositories(settings),
        sandboxes=sandboxes(settings),
        sessions=sessions(settings),
        agents=agents(settings.fleet),
        gateway=gateway(settings, known),
        judge=judge(settings),
        scanner=scanner(settings),
        runners=InstalledRunners(),
        syntax=TreeSitterSyntax(),
        store=known,
        bell=bell(settings),
        clock=SystemClock(),
        observers=(LogObserver(),),
        redact=redactor(settings),
    )


def code_host(settings: Settings) -> GitHubCodeHost:
    """GitHub, with its token or as an application."""
    github = Connection(settings.github_api_url, _ca_bundle(settings))
    return GitHubCodeHost(github, _github_token(settings, github))


def repositories(settings: Settings) -> GitRepositories:
    """The git remotes on GitHub."""
    github = Connection(settings.github_api_url, _ca_bundle(settings))
    git_url = settings.github_git_url.rstrip("/")
    return GitRepositories(
        settings.data_dir / "git",
        lambda slug: f"{git_url}/{slug}.git",
        _github_token(settings, github),
        extra_ca_bundle=settings.extra_ca_bundle,
        journal_key=_journal_key(settings),
        # The lease was renewed just before the call, as for the tracker.
        push_seconds=settings.lease_seconds * 0.8,
    )


def sessions(settings: Settings) -> LocalSessions:
    """What agents remember of their rounds, on this machine."""
    return LocalSessions(settings.data_dir / "sessions")


def sandboxes(settings: Settings) -> Sandboxes:
    """This machine's sandboxes."""
    if settings.sandboxes == "scripted":
        from integrations.stubs.sandboxes import ScriptedSandboxes  # noqa: PLC0415 - rarely needed

        return ScriptedSandboxes(settings.data_dir / "scripted-sandboxes", fleet=settings.mark)
    return DockerSandboxes(
        settings.sandbox_image,
        docker_host=settings.docker_host,
        runtime=settings.sandbox_runtime,
        extra_ca_bundle=settings.extra_ca_bundle,
        fleet=settings.mark,
    )


def tracker(settings: Settings, *, read_seconds: float = 10, attempts: int = 3) -> LinearTracker:
    """Linear."""
    return LinearTracker(
        settings.linear_api_url,
        _secret(settings.linear_api_key),
        extra_ca_bundle=_ca_bundle(settings),
        read_seconds=read_seconds,
        attempts=attempts,
        # The lease was renewed just before the call; after this it may be another worker's.
        write_seconds=settings.lease_seconds * 0.8,
    )


def _unknown() -> None:
    """Nobody's deeds are known to be the fleet's own."""


def _journal_key(settings: Settings) -> bytes | None:
    """The same on every machine of the fleet, and there still when the database is lost."""
    if settings.linear_api_key is None:
        return None
    context = b"storyfleet journal\0"
    return hashlib.sha256(context + _secret(settings.linear_api_key).encode()).digest()


def _github_token(settings: Settings, github: Connection) -> Callable[[], str]:
    key, installation = settings.github_private_key, settings.github_app_installation_id
    if settings.github_app_id and key and installation:
        allowed = [repository.slug for repository in settings.fleet.repositories]
        return InstallationTokens(github, settings.github_app_id, key, installation, allowed)
    return fixed_token(_secret(settings.github_token))


def _ca_bundle(settings: Settings) -> str | None:
    return str(settings.extra_ca_bundle) if settings.extra_ca_bundle else None


def _secret(value: SecretStr | None) -> str:
    """The text of a setting that the checks have made sure of."""
    return value.get_secret_value() if value else ""
