"""The running fleet: the receiver, the workers and the reconciler, wired from settings."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

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
from integrations.sql.run_store import SqlRunStore, open_store
from worker.bootstrap.models import agents, judge
from worker.director.loop import Driving, drive
from worker.director.progress import ProgressComment
from worker.domain.errors import FleetError, LeaseLost
from worker.domain.lease import ClaimLimits
from worker.domain.run import Run
from worker.intake.admission import admit_all
from worker.intake.reconcile import sweep_store, sweep_tracker
from worker.ports import Bell, Ports, WebhookSource
from worker.settings import Settings
from worker.telemetry import LogObserver, Redactor

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
        tracker = _tracker(settings, read_seconds=1, attempts=1)
        own_actor = tracker.own_actor
        label_ids = partial(tracker.label_ids, settings.trigger_label)
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
    clock = SystemClock()
    github = Connection(settings.github_api_url, _ca_bundle(settings))
    token = _github_token(settings, github)
    tracker = _tracker(settings)
    redactor = Redactor(settings.secrets())
    git_url = settings.github_git_url.rstrip("/")
    return Ports(
        tracker=tracker,
        code_host=GitHubCodeHost(github, token),
        repositories=GitRepositories(
            settings.data_dir / "git",
            lambda slug: f"{git_url}/{slug}.git",
            token,
            extra_ca_bundle=settings.extra_ca_bundle,
        ),
        sandboxes=DockerSandboxes(
            settings.sandbox_image,
            docker_host=settings.docker_host,
            runtime=settings.sandbox_runtime,
            extra_ca_bundle=settings.extra_ca_bundle,
        ),
        agents=agents(settings, settings.fleet),
        judge=judge(settings),
        store=store(settings),
        bell=bell(settings),
        clock=clock,
        observers=(LogObserver(), ProgressComment(tracker, _comment_missed)),
        redact=redactor,
    )


def work_until_idle(settings: Settings) -> int:
    """Admit what waits, then claim and drive runs until none is due; how many were driven."""
    wired = _wired(settings, os.getpid())
    driven = 0
    limits = ClaimLimits(settings.max_running, settings.max_running_per_repository)
    driving = Driving(settings.heartbeat_seconds, settings.lease_seconds, settings.max_attempts)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    admit = partial(admit_all, wired.store, settings.fleet, wired.clock)
    admit()
    while lease := wired.store.claim_next(holder, limits):
        driven += 1
        with structlog.contextvars.bound_contextvars(run_id=lease.run_id, fence=lease.token):
            try:
                drive(lease, wired, settings.fleet, driving, admit)
            except LeaseLost as fault:
                _log.warning("lease_lost", reason=str(fault))
        admit()
    return driven


def ring_if_due(settings: Settings) -> bool:
    """Ring the bell if the database knows of work; whether it rang. Raises Unavailable."""
    return sweep_store(_reconciling(settings).store, _reconciling(settings).bell)


def reconcile_tracker(settings: Settings) -> int:
    """Open a run for each labelled ticket that was missed; how many. Raises FleetError."""
    parts = _reconciling(settings)
    return sweep_tracker(parts.store, parts.tracker, settings.fleet, SystemClock())


@dataclass(frozen=True, slots=True)
class _Reconciling:
    store: SqlRunStore
    bell: Bell
    tracker: LinearTracker


@lru_cache(maxsize=1)
def _reconciling(settings: Settings) -> _Reconciling:
    return _Reconciling(store(settings), bell(settings), _tracker(settings))


@lru_cache(maxsize=1)
def _wired(settings: Settings, pid: int) -> Ports:
    """One set of connections for each process: a forked child makes its own."""
    del pid
    return ports(settings)


def _unknown() -> None:
    """Nobody's deeds are known to be the fleet's own."""


def _tracker(settings: Settings, *, read_seconds: float = 10, attempts: int = 3) -> LinearTracker:
    return LinearTracker(
        settings.linear_api_url,
        _secret(settings.linear_api_key),
        extra_ca_bundle=_ca_bundle(settings),
        read_seconds=read_seconds,
        attempts=attempts,
    )


def _github_token(settings: Settings, github: Connection) -> Callable[[], str]:
    key, installation = settings.github_private_key, settings.github_app_installation_id
    if settings.github_app_id and key and installation:
        allowed = [repository.slug for repository in settings.fleet.repositories]
        return InstallationTokens(github, settings.github_app_id, key, installation, allowed)
    return fixed_token(_secret(settings.github_token))


def _ca_bundle(settings: Settings) -> str | None:
    return str(settings.extra_ca_bundle) if settings.extra_ca_bundle else None


def _comment_missed(run: Run, fault: FleetError) -> None:
    _log.warning("progress_comment_missed", run_id=run.id, reason=str(fault))


def _secret(value: SecretStr | None) -> str:
    """The text of a setting that the checks have made sure of."""
    return value.get_secret_value() if value else ""
