"""Health marks of processes that have no port."""

import os
import time
from pathlib import Path

import pytest

from worker.health import STALE_SECONDS, check_health, mark_if_older, touch_health
from worker.settings import Role, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given = {"DATA_DIR": str(tmp_path / "not yet there")}
    return Settings.load(Role.LOCAL, variables=given, directory=tmp_path)


def test_no_mark_is_not_healthy(settings: Settings) -> None:
    assert not check_health(settings, Role.WORKER)


def test_a_fresh_mark_is_healthy_for_its_role_only(settings: Settings) -> None:
    touch_health(settings, Role.WORKER)
    assert check_health(settings, Role.WORKER)
    assert not check_health(settings, Role.RECONCILER)


def test_an_old_mark_is_not_healthy_until_it_is_set_again(settings: Settings) -> None:
    touch_health(settings, Role.WORKER)
    [mark] = (settings.data_dir / "health").iterdir()
    old = time.time() - STALE_SECONDS - 1
    os.utime(mark, (old, old))
    assert not check_health(settings, Role.WORKER)
    touch_health(settings, Role.WORKER)
    assert check_health(settings, Role.WORKER)


def test_what_is_due_is_due_for_one_only_and_again_after_its_time(settings: Settings) -> None:
    assert mark_if_older(settings, "tidied", 60)
    assert not mark_if_older(settings, "tidied", 60)
    [mark] = (settings.data_dir / "health").iterdir()
    old = time.time() - 61
    os.utime(mark, (old, old))
    assert mark_if_older(settings, "tidied", 60)
