"""Plain HTTP through the proxy: allowed, refused, and written anew."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.integration.registries.asking import TOKEN, Line, Names, credentials, forwarded
from tests.integration.registries.conftest import Open
from tests.integration.registries.registry import Registry

pytestmark = pytest.mark.integration


def test_a_package_is_fetched(opened: Open, line: Callable[[], Line], plain: Registry) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    answer = line().get(f"http://PACKAGES.example.:{plain.port}/a")
    assert (answer.status, answer.body) == (200, b"a package")
    assert proxy.refusals() == ()


def test_the_request_is_written_anew(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    headers = "Accept: x\r\nConnection: X-Mine, keep-alive\r\nX-Mine: 1\r\nTE: trailers\r\n"
    answer = line().get(f"http://packages.example:{plain.port}/a", headers)
    ((method, path, seen),) = plain.asked
    assert (method, path) == ("GET", "/a")
    assert seen == {
        "host": f"packages.example:{plain.port}",
        "accept": "x",
        "connection": "close",
    }
    assert answer.headers["content-length"] == str(len(b"a package"))
    assert "proxy-authenticate" not in answer.headers


def test_the_head_of_a_file_has_no_body(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    one = line()
    for url in ("/a", "/b"):
        answer = one.get(f"http://packages.example:{plain.port}{url}", method="HEAD")
        assert (answer.status, answer.body) == (200 if url == "/a" else 404, b"")
        assert int(answer.headers["content-length"]) > 0
    assert one.get(f"http://packages.example:{plain.port}/a").body == b"a package"


def test_each_request_of_a_connection_is_checked(
    opened: Open, line: Callable[[], Line], plain: Registry, names: Names
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    names.point("evil.example", ["127.0.0.1"])
    one = line()
    assert one.get(f"http://packages.example:{plain.port}/a").status == 200
    refused = one.get(f"http://evil.example:{plain.port}/a")
    assert one.get(f"http://packages.example:{plain.port}/a").status == 200
    why = "is not among the registries that the settings allow"
    assert refused.status == 403
    assert refused.reason == f"Refused by the fleet's proxy: evil.example:{plain.port}: {why}"
    assert refused.body.decode().strip() == refused.reason
    assert proxy.refusals() == (f"evil.example:{plain.port}: {why}",)
    assert names.asked == ["packages.example"] * 2, "no look-up of what is not allowed"
    assert len(plain.asked) == 2


def test_pipelined_requests_are_checked_too(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    one = line()
    urls = [f"http://{host}.example:{plain.port}/a" for host in ("packages", "evil", "packages")]
    one.send("".join(f"GET {url} HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n" for url in urls))
    assert [one.answer().status for _ in urls] == [200, 403, 200]


def test_a_redirect_is_another_request(
    opened: Open, path: Path, plain: Registry, names: Names
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    base = f"http://packages.example:{plain.port}"
    names.point("metadata.example", ["169.254.169.254"])
    plain.files |= {
        "/there": f"{base}/a".encode(),
        "/metadata": b"http://169.254.169.254/latest/meta-data/",
        "/local": f"http://127.0.0.1:{plain.port}/a".encode(),
        "/named": b"http://metadata.example/latest/meta-data/",
    }
    with (
        forwarded(path) as port,
        httpx.Client(
            proxy=f"http://storyfleet:{TOKEN}@127.0.0.1:{port}", follow_redirects=True
        ) as client,
    ):
        assert client.get(f"{base}/there").text == "a package"
        for hop in ("/metadata", "/local", "/named"):
            assert client.get(f"{base}{hop}").status_code == 403
    assert [text.partition(": ")[0] for text in proxy.refusals()] == [
        "169.254.169.254:80",
        f"127.0.0.1:{plain.port}",
        "metadata.example:80",
    ]


@pytest.mark.parametrize(
    "request_line",
    [
        *("GET /a HTTP/1.1", "GET https://packages.example/a HTTP/1.1", "OPTIONS * HTTP/1.1"),
        *("GET http://user@packages.example:{port}/a HTTP/1.1", "GET http:///a HTTP/1.1"),
        "GET http://packages.example:{port}\\@evil.example/a HTTP/1.1",
        *("GET ftp://packages.example:{port}/a HTTP/1.1", "GET packages.example:{port} HTTP/1.1"),
        *(
            "POST http://packages.example:{port}/a HTTP/1.1",
            "PUT http://packages.example:{port}/a HTTP/1.1",
        ),
        *("DELETE http://packages.example:{port}/a HTTP/1.1", "PRI * HTTP/1.1"),
        *("GET http://127.0.0.1:{port}/a HTTP/1.1", "GET http://2130706433:{port}/a HTTP/1.1"),
        *("GET http://[::ffff:127.0.0.1]:{port}/a HTTP/1.1", "GET http://127.1:{port}/a HTTP/1.1"),
    ],
)
def test_any_other_form_of_request_is_refused(
    opened: Open, line: Callable[[], Line], plain: Registry, request_line: str
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    one = line()
    one.send(f"{request_line.format(port=plain.port)}\r\nHost: x\r\n{credentials()}\r\n")
    assert one.answer().status == 403
    assert len(proxy.refusals()) == 1
    assert plain.connections == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 403),
        ("Transfer-Encoding: chunked\r\n", 403),
        ("Content-Length: 3\r\n", 403),
        ("Content-Length: 0\r\nContent-Length: 3\r\n", 400),
        ("Content-Length: -1\r\n", 400),
        ("Transfer-Encoding: gzip, chunked\r\n", 501),
        ("Transfer-Encoding: xchunked\r\n", 501),
        ("Transfer-Encoding : chunked\r\n", 400),
        ("Upgrade: h2c\r\nConnection: Upgrade\r\n", 403),
        ("Upgrade: websocket\r\n", 403),
        ("Host: again\r\n", 400),
        ("No-Colon\r\n", 400),
        ("X: a\x00b\r\n", 400),
    ],
)
def test_nothing_can_be_smuggled_behind_a_request(
    opened: Open, line: Callable[[], Line], plain: Registry, headers: str, status: int
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    one = line()
    answer = one.get(f"http://packages.example:{plain.port}/a", headers)
    assert answer.status == status
    assert len(proxy.refusals()) == 1
    assert plain.connections == 0


def test_what_follows_a_refused_body_is_no_request(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    one = line()
    inner = f"GET http://packages.example:{plain.port}/a HTTP/1.1\r\nHost: x\r\n{credentials()}\r\n"
    one.send(
        f"GET http://packages.example:{plain.port}/a HTTP/1.1\r\nHost: x\r\n{credentials()}"
        f"Content-Length: {len(inner) + 9}\r\n\r\n{inner}"
    )
    assert one.answer().status == 403
    assert one.ended()
    assert plain.connections == 0


def test_a_head_without_end_is_cut_off(
    opened: Open, line: Callable[[], Line], plain: Registry
) -> None:
    opened(f"packages.example:{plain.port}")
    one = line()
    one.send(f"GET http://packages.example:{plain.port}/a HTTP/1.1\r\nHost: x\r\n")
    one.send("X-Long: " + "a" * 40_000)
    assert one.answer().status == 431
    assert one.ended()


def test_what_is_no_http_at_all_is_refused(opened: Open, line: Callable[[], Line]) -> None:
    proxy = opened("packages.example")
    one = line()
    one.send(b"\x16\x03\x01\x00\x05hello\r\n\r\n")
    assert one.answer().status == 400
    assert proxy.refusals()[0].startswith("?: a request that is not HTTP")


@pytest.mark.parametrize(
    "headers",
    [
        *("", credentials("another"), credentials(TOKEN[:-1]), credentials(TOKEN + "x")),
        *(f"Proxy-Authorization: Bearer {TOKEN}\r\n", "Proxy-Authorization: Basic ???\r\n"),
        *("Proxy-Authorization: Basic\r\n", credentials("x") + credentials()),
        *(credentials() + credentials("x"), credentials().replace("Proxy-", "")),
    ],
)
@pytest.mark.parametrize("method", ["GET", "CONNECT"])
def test_without_the_sessions_token_nothing_is_served(
    opened: Open, line: Callable[[], Line], plain: Registry, names: Names, headers: str, method: str
) -> None:
    proxy = opened(f"packages.example:{plain.port}")
    target = f"packages.example:{plain.port}"
    url = target if method == "CONNECT" else f"http://{target}/a"
    one = line()
    one.send(f"{method} {url} HTTP/1.1\r\nHost: {target}\r\n{headers}\r\n")
    answer = one.answer(method)
    assert answer.status == 407
    assert answer.headers["proxy-authenticate"].startswith("Basic ")
    assert (plain.connections, names.asked) == (0, [])
    assert len(proxy.refusals()) == (1 if "Proxy-Auth" in headers else 0), "to be asked is normal"
    assert one.get(f"http://{target}/a").status == 200, "and then the client tries again"


def test_a_registry_that_cannot_be_reached_is_no_refusal(
    opened: Open, line: Callable[[], Line], names: Names
) -> None:
    proxy = opened("packages.example:9", "unknown.example:9")
    one = line()
    for host in ("packages", "unknown"):
        answer = one.get(f"http://{host}.example:9/a")
        assert answer.status == 502
        assert answer.reason.startswith(f"Not reached by the fleet's proxy: {host}.example:9")
    assert proxy.refusals() == ()
