import pytest

from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import read_target


@pytest.mark.parametrize(
    ("asked", "host", "port"),
    [
        ("pypi.org", "pypi.org", 80),
        ("PyPI.org.:443", "pypi.org", 443),
        ("nexus:8443", "nexus", 8443),
        ("xn--bcher-kva.example:1", "xn--bcher-kva.example", 1),
        ("my_registry.example:65535", "my_registry.example", 65535),
    ],
)
def test_a_name_has_one_spelling(asked: str, host: str, port: int) -> None:
    target = read_target(asked, 80)
    assert (target.host, target.port, target.address) == (host, port, None)
    assert str(target) == f"{host}:{port}"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("10.0.0.5:8443", "10.0.0.5:8443"),
        ("127.0.0.1.:80", "127.0.0.1:80"),
        ("[::1]:443", "[::1]:443"),
        ("[2001:DB8:0:0::1]:443", "[2001:db8::1]:443"),
    ],
)
def test_an_address_in_its_usual_form_is_known_for_one(asked: str, shown: str) -> None:
    target = read_target(asked, None)
    assert target.address is not None
    assert str(target) == shown


@pytest.mark.parametrize(
    "asked",
    [
        *("2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1"),
        *("127.0.0.01", "0x7f.0x0.0x0.0x1", "1.2.3.4.5", "evil.0x7f", "evil.1", "256.1.1.1", "0x"),
    ],
)
def test_every_other_spelling_of_an_address_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="neither a host name nor the usual form"):
        read_target(f"{asked}:443", None)


@pytest.mark.parametrize(
    "asked",
    [
        *("user@pypi.org:443", "user:pass@pypi.org:443", "pypi.org@evil.example:443"),
        *("", ":443", "pypi.org", "pypi.org:", "pypi.org:0", "pypi.org:65536", "pypi.org:-1"),
        *("pypi.org:443:443", "pypi.org:443\n", "pypi.org\n:443", "pypi.org :443", "a b:443"),
        *("pypi.org..:443", ".pypi.org:443", "a..b:443", "-a.org:443", "a-.org:443", "*.org:443"),
        *("pypi.org%2eevil:443", "pypi%00.org:443", "bücher.example:443", "pypi.org/:443"),
        *("[::1:443", "::1:443", "[fe80::1%eth0]:443", "[::1]x:443", "[v1.x]:443", "[]:443"),
        *(f"{'a' * 64}.org:443", f"{'a.' * 130}org:443", "pypi\\.org:443", "pypi.org:４４３"),
    ],
)
def test_whatever_else_is_refused(asked: str) -> None:
    with pytest.raises(Refused):
        read_target(asked, None)


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(Refused) as refusal:
        read_target("user:hunter2@pypi.org:443", None)
    assert "hunter2" not in str(refusal.value)
