"""Clients that send a request too slowly, or never to its end."""

import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.chaos.scenarios.deliveries import Letter

PATIENCE_SECONDS = 60.0
PACE_SECONDS = 0.5
"""Between two bytes."""


def dawdle(pool: ThreadPoolExecutor, url: str, letter: Letter, *, whole_head: bool) -> Future[int]:
    """Begin a request and then send a byte now and then; the status that it is answered with, 0
    where the receiver hangs up without a word.
    """
    return pool.submit(_dawdle, url, letter, whole_head)


def _dawdle(url: str, letter: Letter, whole_head: bool) -> int:
    address = urlsplit(url)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with socket.create_connection((address.hostname, address.port or 80), timeout=30) as client:
        client.sendall(_head(letter) if whole_head else _head(letter)[:40])
        client.settimeout(PACE_SECONDS)
        while time.monotonic() < deadline:
            try:
                answer = client.recv(64)
            except TimeoutError:
                client.sendall(b"x")
                continue
            except ConnectionResetError:
                return 0
            return int(answer.split()[1]) if answer else 0
    raise AssertionError(f"the receiver still waits after {PATIENCE_SECONDS:.0f} s")


def _head(letter: Letter) -> bytes:
    lines = [f"POST /webhooks/{letter.sender} HTTP/1.1", "Host: receiver"]
    lines += [f"{name}: {value}" for name, value in letter.headers.items()]
    lines += [f"Content-Length: {len(letter.body)}", "", ""]
    return "\r\n".join(lines).encode()
