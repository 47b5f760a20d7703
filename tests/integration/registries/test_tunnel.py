"""CONNECT through the proxy: to the registry that was checked, and no other."""

import ssl
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
import trustme

from tests.integration.registries.asking import TOKEN, Line, Names, eventually, forwarded
from tests.integration.registries.conftest import Open
from tests.integration.registries.registry import Registry

pytestmark = pytest.mark.integration

REQUEST = "GET /a HTTP/1.1\r\nHost: packages.example\r\n\r\n"


def test_a_package_is_fetched(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    proxy = opened(f"packages.example:{secure.port}")
    one = line()
    answer = one.connect(f"packages.example:{secure.port}")
    assert (answer.status, answer.headers) == (200, {})
    one.secure(authority, "packages.example")
    for _ in range(3):
        one.send(REQUEST)
        assert one.answer().body == b"a package"
    assert proxy.refusals() == ()


def test_a_real_client_gets_through(
    opened: Open, path: Path, secure: Registry, authority: trustme.CA
) -> None:
    secure.files["/large"] = bytes(range(256)) * 40_000
    opened(f"packages.example:{secure.port}")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with (
        forwarded(path) as port,
        httpx.Client(proxy=f"http://storyfleet:{TOKEN}@127.0.0.1:{port}", verify=context) as client,
    ):
        url = f"https://packages.example:{secure.port}/large"
        assert client.get(url).content == secure.files["/large"]


@pytest.mark.parametrize(
    "target",
    [
        *("evil.example:443", "packages.example:80", "packages.example:22", "packages.example"),
        *("127.0.0.1:443", "2130706433:443", "0x7f000001:443", "127.1:443", "[::1]:443"),
        *("[::ffff:7f00:1]:443", "[fe80::1%25lo]:443", "user@packages.example:443"),
        *("169.254.169.254:80", "localhost:443", "http://packages.example:443/", "*:443"),
    ],
)
def test_whatever_is_not_allowed_is_refused_and_not_looked_up(
    opened: Open, line: Callable[[], Line], names: Names, target: str
) -> None:
    proxy = opened("packages.example")
    answer = line().connect(target)
    assert answer.status == 403
    assert answer.reason == f"Refused by the fleet's proxy: {proxy.refusals()[0]}"
    assert names.asked == []


def test_after_a_refusal_the_connection_can_be_used(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    opened(f"packages.example:{secure.port}")
    one = line()
    assert one.connect("evil.example:443").status == 403
    assert one.connect(f"packages.example:{secure.port}").status == 200
    one.secure(authority, "packages.example")


@pytest.mark.parametrize(
    "addresses",
    [
        *(["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["0.0.0.0"]),
        *(["93.184.215.14", "127.0.0.2"], ["2606:4700::1", "fd00::1"], ["64:ff9b::a00:1"]),
        *(["fe80::1%lo"], ["2002:7f00:1::1"], ["100.64.0.1"], ["224.0.0.1"], ["127.0.0.2"]),
    ],
)
def test_a_name_that_leads_inside_is_refused(
    opened: Open, line: Callable[[], Line], names: Names, addresses: list[str]
) -> None:
    proxy = opened("packages.example")
    names.point("packages.example", addresses)
    assert line().connect("packages.example:443").status == 403
    (refusal,) = proxy.refusals()
    assert refusal.startswith("packages.example:443: leads to ")
    assert refusal.endswith("which is not a public address")


def test_without_leave_this_machine_is_refused(
    opened: Open, line: Callable[[], Line], secure: Registry
) -> None:
    opened(f"packages.example:{secure.port}", f"127.0.0.1:{secure.port}", private=())
    one = line()
    assert one.connect(f"packages.example:{secure.port}").status == 403
    assert one.connect(f"127.0.0.1:{secure.port}").status == 403
    assert secure.connections == 0


def test_a_name_is_looked_up_once_for_a_check_and_its_connection(
    opened: Open, line: Callable[[], Line], names: Names, secure: Registry, authority: trustme.CA
) -> None:
    """Rebinding: the address that is checked is the one that is connected to."""
    proxy = opened(f"packages.example:{secure.port}")
    names.point("packages.example", ["127.0.0.1"], ["127.0.0.2"])
    one = line()
    assert one.connect(f"packages.example:{secure.port}").status == 200
    assert names.asked == ["packages.example"]
    one.secure(authority, "packages.example")
    assert line().connect(f"packages.example:{secure.port}").status == 403
    assert "leads to 127.0.0.2" in proxy.refusals()[0]


def test_the_next_address_is_tried(
    opened: Open, line: Callable[[], Line], names: Names, secure: Registry
) -> None:
    opened(f"packages.example:{secure.port}", private=[ip_network("127.0.0.0/8")])
    names.point("packages.example", ["127.0.0.77", "127.0.0.1"])
    assert line().connect(f"packages.example:{secure.port}").status == 200


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1", None, "packages.example.evil"])
def test_another_server_cannot_hide_behind_an_allowed_one(
    opened: Open,
    line: Callable[[], Line],
    secure: Registry,
    authority: trustme.CA,
    name: str | None,
) -> None:
    proxy = opened(f"packages.example:{secure.port}", f"other.example:{secure.port}")
    one = line()
    assert one.connect(f"packages.example:{secure.port}").status == 200
    with pytest.raises(ssl.SSLError, match="unrecognized name"):
        one.secure(authority, name)
    assert eventually(lambda: len(proxy.refusals()) == 1)
    (refusal,) = proxy.refusals()
    assert refusal.startswith(f"packages.example:{secure.port}: ")
    assert ("another server" if name and name[0] != "1" else "names no server") in refusal
    assert secure.asked == []


def test_an_address_that_is_allowed_itself_needs_no_name(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    opened(f"127.0.0.1:{secure.port}")
    one = line()
    assert one.connect(f"127.0.0.1:{secure.port}").status == 200
    one.secure(authority, None)
    one.send(REQUEST)
    assert one.answer().status == 200


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n" * 20, b"\x00" * 600])
def test_only_tls_goes_through(
    opened: Open, line: Callable[[], Line], plain: Registry, data: bytes
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    one = line()
    assert one.connect(f"packages.example:{plain.port}").status == 200
    one.send(data)
    assert one.ended()
    assert eventually(lambda: len(proxy.refusals()) == 1)
    assert "only TLS" in proxy.refusals()[0]
    assert plain.asked == []


def test_a_greeting_that_comes_too_early_is_checked_too(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    one = line()
    target = f"packages.example:{plain.port}"
    one.connect(target, "\r\nGET /a HTTP/1.1\r\nHost: packages.example\r\n")
    assert one.ended()
    assert eventually(lambda: len(proxy.refusals()) == 1)
    assert "only TLS" in proxy.refusals()[0]
    assert plain.asked == []


def test_not_much_can_be_sent_over_one_connection(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    proxy = opened(f"packages.example:{secure.port}", limit_bytes=100_000)
    target = f"packages.example:{secure.port}"
    one = line()
    one.connect(target)
    one.secure(authority, "packages.example")
    with pytest.raises(OSError):  # noqa: PT012 - whichever of them meets the end first
        one.send("POST /a HTTP/1.1\r\nHost: packages.example\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(100):
            one.send("x" * 10_000)
        one.answer()
    assert eventually(lambda: len(proxy.refusals()) == 1)
    assert proxy.refusals()[0].startswith(f"{target}: was sent more than the 100000 bytes of one")
    assert secure.posted <= 100_000
    again = line()
    assert again.connect(target).status == 200


def test_nor_over_many(
    opened: Open, line: Callable[[], Line], secure: Registry, authority: trustme.CA
) -> None:
    proxy = opened(f"packages.example:{secure.port}", session_limit_bytes=5_000)
    target = f"packages.example:{secure.port}"
    with pytest.raises((OSError, ValueError)):  # noqa: PT012 - whichever meets the end first
        for _ in range(20):
            one = line()
            one.connect(target)
            one.secure(authority, "packages.example")
            one.send(REQUEST)
            one.answer()
    assert eventually(lambda: len(proxy.refusals()) > 0)
    assert "5000 bytes of all connections together" in proxy.refusals()[0]
    assert 1 <= len(secure.asked) < 20
