"""The reconciler's loop: it sweeps again and again, says what it could not read, and stops."""

import signal
import threading
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from integrations.stubs import StubsConfig, start_stubs
from tests.unit import builders as b
from worker import bootstrap, reconciler
from worker.bootstrap import reconciling
from worker.health import check_health
from worker.settings import Role, Settings

NOBODY = "127.0.0.1:9"
"""The discard port: nothing answers there."""
DEADLINE_SECONDS = 60.0
Log = list[MutableMapping[str, Any]]


@pytest.fixture
def own_signals() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def settings_for(directory: Path, linear_url: str) -> Settings:
    given = {
        "DATA_DIR": str(directory / "data"),
        "LINEAR_API_URL": linear_url,
        "LINEAR_API_KEY": "stub-linear-key",
        "REDIS_URL": f"redis://{NOBODY}/0",
        "RECONCILE_SECONDS": "0.01",
        "TRACKER_SECONDS": "3600",
    }
    return Settings.load(Role.RECONCILER, variables=given, directory=directory)


def swept(settings: Settings, until: Callable[[Log], bool], how: signal.Signals) -> Log:
    """Run it until its log fulfils ``until``, then send the signal; the log."""
    main, quiet = threading.main_thread(), threading.Event()

    def stop_when_done() -> None:
        waited = 0.0
        while not until(log) and waited < DEADLINE_SECONDS:
            waited += 0.01
            quiet.wait(0.01)
        signal.pthread_kill(main.ident or 0, how)

    with capture_logs() as log:
        watcher = threading.Thread(target=stop_when_done)
        watcher.start()
        reconciler.run(settings)
        watcher.join()
    hang_up(settings)
    return log


def hang_up(settings: Settings) -> None:
    """Close what the reconciler's process keeps open for as long as it lives."""
    parts = reconciling._reconciling(settings)
    for part in (parts.tracker, parts.store, parts.bell):
        part.close()  # type: ignore[union-attr]  # the ports know no end
    reconciling._reconciling.cache_clear()


def said(log: Log, event: str) -> Log:
    return [entry for entry in list(log) if entry["event"] == event]


@pytest.mark.usefixtures("own_signals")
def test_whatever_is_away_it_says_so_and_goes_on(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"http://{NOBODY}/graphql")
    store = bootstrap.store(settings)
    store.open_run(None, b.opened())
    store.close()
    log = swept(settings, lambda log: len(said(log, "store_sweep_failed")) > 1, signal.SIGTERM)
    (unreadable,) = said(log, "tracker_unreadable")
    assert unreadable["reason"]
    assert "broker" in said(log, "store_sweep_failed")[0]["reason"]
    assert check_health(settings, Role.RECONCILER)


@pytest.mark.usefixtures("own_signals")
def test_a_ticket_whose_webhook_was_missed_gets_its_run(tmp_path: Path) -> None:
    with start_stubs(StubsConfig(git_root=tmp_path / "git")) as stubs:
        ticket = {"title": "Square numbers", "description": "x", "labels": ["agent"]}
        httpx.post(f"{stubs.url}/_stub/linear/tickets", json=ticket).raise_for_status()
        settings = settings_for(tmp_path, f"{stubs.url}/linear/graphql")
        log = swept(settings, lambda log: bool(said(log, "store_sweep_failed")), signal.SIGINT)
    assert [entry["opened"] for entry in said(log, "tracker_swept")] == [1]
    store = bootstrap.store(settings)
    assert [row.state for row in store.runs()] == ["queued"]
    store.close()


def test_without_work_there_is_nothing_to_ring_for(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, f"http://{NOBODY}/graphql")
    assert not bootstrap.ring_if_due(settings)
    hang_up(settings)
