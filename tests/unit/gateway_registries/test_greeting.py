import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.gateway.registries.tunnel import Greeting


def hello(name: str | None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> bytes:
    """The first message of a real client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.maximum_version = newest
    context.set_alpn_protocols(["h2", "http/1.1"])
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def fragmented(message: bytes, size: int) -> bytes:
    """The same handshake message, cut into TLS records."""
    body = message[5:]
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part for part in parts)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", ["pypi.org", None, "10.0.0.5"])
def test_the_name_is_read(name: str | None, newest: ssl.TLSVersion) -> None:
    greeting = Greeting()
    assert greeting.feed(hello(name, newest))
    assert greeting.understood
    assert greeting.name == ("pypi.org" if name == "pypi.org" else None)


def test_the_name_is_read_however_the_bytes_are_cut() -> None:
    greeting = Greeting()
    *first, last = fragmented(hello("pypi.org"), 7)
    assert not any(greeting.feed(bytes([byte])) for byte in first)
    assert greeting.feed(bytes([last]))
    assert greeting.name == "pypi.org"


def test_the_refusal_is_one_that_clients_understand() -> None:
    greeting = Greeting()
    greeting.feed(hello("pypi.org"))
    level_and_description = greeting.alert()[-2:]
    assert level_and_description == bytes([2, ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME])


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\xff\xff" + b"a" * 70_000]
)
def test_what_is_not_tls_is_not_understood(data: bytes) -> None:
    greeting = Greeting()
    assert greeting.feed(data)
    assert not greeting.understood


# The standard library tells the interpreter's hook of a name that is not ASCII, and goes on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@given(st.binary(min_size=1, max_size=300), st.integers(0, 500))
def test_damage_brings_no_name_that_was_not_sent(junk: bytes, at: int) -> None:
    whole = hello("pypi.org")
    damaged = whole[:at] + junk + whole[at + len(junk) :]
    greeting = Greeting()
    greeting.feed(damaged)
    assert greeting.name is None or greeting.name.encode() in damaged


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_name_that_is_not_ascii_is_none() -> None:
    greeting = Greeting()
    assert greeting.feed(hello("pypi.org").replace(b"pypi.org", b"pyp\xff.org"))
    assert not greeting.understood
