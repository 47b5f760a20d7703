"""The one server of all stubs."""

import socket
import time
from urllib.parse import urlsplit

from integrations.stubs import Stubs


def test_small_pieces_are_sent_at_once(stubs: Stubs) -> None:
    """Otherwise each piece of a streamed answer waits for the client to confirm the one before."""
    address = urlsplit(stubs.url)
    with socket.create_connection((address.hostname, address.port or 80)):
        deadline = time.monotonic() + 30
        while not (connections := list(stubs._server.server_state.connections)):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        [connection] = connections
        accepted = connection.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
