"""The proxy's beginning and end, and what one connection can do to the others."""

import logging
import socket
import stat
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

import anyio
import pytest
import trustme

from integrations.gateway.registries import RegistryProxy
from tests.integration.registries.asking import TOKEN, Line, Names, credentials, eventually
from tests.integration.registries.conftest import Open
from tests.integration.registries.registry import Registry
from worker.domain.errors import ConfigurationError, Unavailable

pytestmark = pytest.mark.integration


def test_everyone_may_use_the_socket_and_then_it_is_gone(path: Path) -> None:
    with RegistryProxy(path, TOKEN, ["packages.example"]) as proxy:
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
        with Line(path) as one:
            assert one.connect("evil.example:443").status == 403
    assert not path.exists()
    assert "registry-proxy" not in {thread.name for thread in threading.enumerate()}
    assert len(proxy.refusals()) == 1


def test_a_socket_that_a_crash_left_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    with RegistryProxy(path, TOKEN, []), Line(path) as one:
        assert one.connect("packages.example:443").status == 403


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No socket can be made"):
        RegistryProxy(tmp_path / "missing" / "proxy.sock", TOKEN, []).__enter__()
    with pytest.raises(Unavailable, match="No socket can be made"):
        RegistryProxy(tmp_path / ("x" * 200), TOKEN, []).__enter__()
    with pytest.raises(ConfigurationError, match=r"'https://pypi\.org'"):
        RegistryProxy(tmp_path / "proxy.sock", TOKEN, ["https://pypi.org"])


def test_the_end_does_not_wait_for_connections(
    path: Path, names: Names, secure: Registry, authority: trustme.CA
) -> None:
    loopback = RegistryProxy(
        path, TOKEN, [f"127.0.0.1:{secure.port}"], private=[ip_network("127.0.0.1")]
    )
    with ExitStack() as stack, loopback:
        silent, half, tunnelled = (stack.enter_context(Line(path)) for _ in range(3))
        half.send("GET http://")
        assert tunnelled.connect(f"127.0.0.1:{secure.port}").status == 200
        tunnelled.secure(authority, None)
        stack.pop_all()
    assert all(one.ended() for one in (silent, half, tunnelled))
    for one in (silent, half, tunnelled):
        one.socket.close()


def test_the_end_does_not_wait_for_a_slow_look_up(path: Path) -> None:
    asked = threading.Event()

    async def never(host: str, port: int) -> Sequence[str]:
        asked.set()
        await anyio.sleep_forever()
        return []

    with RegistryProxy(path, TOKEN, ["packages.example"], resolver=never), Line(path) as one:
        one.send(f"CONNECT packages.example:443 HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n")
        assert asked.wait(20)


def test_who_says_nothing_is_cut_off(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    opened(f"packages.example:{secure.port}", idle_timeout_seconds=0.3)
    silent, greeting, tunnelled = line(), line(), line()
    assert greeting.connect(f"packages.example:{secure.port}").status == 200
    assert tunnelled.connect(f"packages.example:{secure.port}").status == 200
    tunnelled.secure(authority, "packages.example")
    assert all(one.ended() for one in (silent, greeting, tunnelled))


@pytest.mark.parametrize("encrypted", [True, False])
def test_who_does_not_listen_is_cut_off(
    opened: Open,
    line: Callable[[], Line],
    plain: Registry,
    secure: Registry,
    authority: trustme.CA,
    encrypted: bool,
) -> None:
    registry = secure if encrypted else plain
    registry.files["/flood"] = bytes(50_000_000)
    host = f"packages.example:{registry.port}"
    opened(host, idle_timeout_seconds=0.5)
    deaf = line()
    if encrypted:
        assert deaf.connect(host).status == 200
        deaf.secure(authority, "packages.example")
        deaf.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
    else:
        deaf.send(f"GET http://{host}/flood HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n")
    assert eventually(lambda: registry.broken == 1)


def test_too_many_connections_wait_for_their_turn(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    many = [line() for _ in range(200)]
    for one in many:
        assert one.get(f"http://packages.example:{plain.port}/a").status == 200
        one.socket.close()


def test_a_fault_ends_one_connection_and_no_other(
    opened: Open,
    line: Callable[[], Line],
    plain: Registry,
    names: Names,
    caplog: pytest.LogCaptureFixture,
) -> None:
    opened(f"packages.example:{plain.port}", "broken.example")
    names.point("broken.example", ["not an address"])
    with caplog.at_level(logging.CRITICAL, logger="integrations.gateway.registries.proxy"):
        one = line()
        one.send(f"CONNECT broken.example:443 HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n")
        assert one.ended()
    assert line().get(f"http://packages.example:{plain.port}/a").status == 200


def test_the_machines_own_resolver_is_asked(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    both = [ip_network("127.0.0.1"), ip_network("::1")]
    opened(f"localhost:{plain.port}", "nowhere.invalid:1", resolver=None, private=both)
    assert line().get(f"http://localhost:{plain.port}/a").status == 200
    assert line().get("http://nowhere.invalid:1/").status == 502
    assert eventually(lambda: len(plain.asked) == 1)


def test_leave_for_one_private_network_is_no_leave_for_another(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    proxy = opened(f"localhost:{plain.port}", resolver=None, private=[ip_network("127.0.0.2")])
    assert line().get(f"http://localhost:{plain.port}/a").status == 403
    assert "not a public address" in proxy.refusals()[0]
