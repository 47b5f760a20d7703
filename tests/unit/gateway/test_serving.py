"""What the server behind a door says of itself in the worker's log."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from integrations.gateway.serving import serving
from tests.unit.gateway.conftest import OpenDoor
from tests.unit.gateway.provider import Provider

LOGGER = "uvicorn.error"


@pytest.fixture
def said(provider: Provider, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What servers say, once the provider's has started."""
    httpx.get(provider.url)
    caplog.set_level(logging.INFO, LOGGER)
    return caplog


def test_a_door_is_opened_and_shut_in_silence(
    opening: OpenDoor, said: pytest.LogCaptureFixture
) -> None:
    with opening():
        pass

    assert [line for line in said.record_tuples if line[0] == LOGGER] == []


def test_other_servers_are_heard(opening: OpenDoor, said: pytest.LogCaptureFixture) -> None:
    with opening():
        logging.getLogger(LOGGER).info("another's")

    assert [line for line in said.record_tuples if line[0] == LOGGER] == [
        (LOGGER, logging.INFO, "another's")
    ]


def test_trouble_of_a_door_is_heard(scratch: Path, said: pytest.LogCaptureFixture) -> None:
    path = scratch / "socket"

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        begun.set()
        await asyncio.Event().wait()

    async def left_waiting() -> None:
        async with serving(app, path):
            _, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await begun.wait()
        writer.close()

    begun = asyncio.Event()
    asyncio.run(left_waiting())

    assert [line[:2] for line in said.record_tuples if line[0] == LOGGER] == [
        (LOGGER, logging.ERROR)
    ]
