"""What a registry may answer, and what becomes of an answer that is broken."""

import gzip
from collections.abc import Callable
from http.client import IncompleteRead

import pytest

from tests.integration.registries.asking import Line
from tests.integration.registries.conftest import Open
from tests.integration.registries.registry import answering

pytestmark = pytest.mark.integration

OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 4\r\n\r\nbody",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\nX: trailer\r\n\r\n",
        OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
        OK + b"\r\nbody",
        b"HTTP/1.0 200 OK\r\n\r\nbody",
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nbody",
    ],
)
def test_every_framing_is_understood(opened: Open, line: Callable[[], Line], data: bytes) -> None:
    with answering(data) as port:
        opened(f"packages.example:{port}")
        one = line()
        for _ in range(2):
            answer = one.get(f"http://packages.example:{port}/")
            assert (answer.status, answer.body) == (200, b"body")


def test_encoded_content_is_passed_on_as_it_is(opened: Open, line: Callable[[], Line]) -> None:
    content = gzip.compress(b"body")
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(content)
    with answering(head + content) as port:
        opened(f"packages.example:{port}")
        answer = line().get(f"http://packages.example:{port}/")
    assert (answer.headers["content-encoding"], answer.body) == ("gzip", content)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nx",
        OK + b"X: " + b"a" * 200_000,
    ],
)
def test_an_answer_that_is_none_is_a_bad_gateway(
    opened: Open, line: Callable[[], Line], data: bytes
) -> None:
    with answering(data) as port:
        opened(f"packages.example:{port}")
        assert line().get(f"http://packages.example:{port}/").status == 502


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 9\r\n\r\nbody",
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
    ],
)
def test_a_package_that_is_cut_off_does_not_seem_whole(
    opened: Open, line: Callable[[], Line], data: bytes
) -> None:
    with answering(data) as port:
        opened(f"packages.example:{port}")
        with pytest.raises(IncompleteRead):
            line().get(f"http://packages.example:{port}/")


@pytest.mark.parametrize("data", [b"", OK + b"Content-Length: 9\r\n\r\nbody"])
def test_a_registry_that_hangs_is_given_up(
    opened: Open, line: Callable[[], Line], data: bytes
) -> None:
    with answering(data, stay=True) as port:
        opened(f"packages.example:{port}", idle_timeout_seconds=0.3)
        one = line()
        if data:
            with pytest.raises(IncompleteRead):
                one.get(f"http://packages.example:{port}/")
        else:
            assert one.get(f"http://packages.example:{port}/").status == 502
