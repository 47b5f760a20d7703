import pytest

from integrations.gateway.registries.allowlist import HTTP_PORT, HTTPS_PORT, Allowlist
from integrations.gateway.registries.refusals import Refused
from integrations.gateway.registries.targets import read_target
from worker.domain.errors import ConfigurationError


def allows(entries: list[str], asked: str, default_port: int = HTTPS_PORT) -> bool:
    try:
        Allowlist(entries).check(read_target(asked, default_port), default_port)
    except Refused:
        return False
    return True


def test_an_empty_one_allows_nothing() -> None:
    assert not allows([], "pypi.org")


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        ("pypi.org", "pypi.org"),
        ("PyPI.org.", "pypi.org"),
        ("pypi.org", "PYPI.ORG."),
        ("*.pythonhosted.org", "files.pythonhosted.org"),
        ("*.pythonhosted.org", "a.b.pythonhosted.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example:8443", "xn--bcher-kva.example:8443"),
        ("nexus:8443", "nexus:8443"),
        ("10.0.0.5:8443", "10.0.0.5:8443"),
        ("[fd00::5]:8443", "[fd00:0::5]:8443"),
        ("[fd00::5]", "[fd00::5]:443"),
    ],
)
def test_what_an_entry_names_is_allowed(entry: str, asked: str) -> None:
    assert allows([entry], asked)


@pytest.mark.parametrize(
    ("entry", "asked"),
    [
        ("pypi.org", "evil-pypi.org"),
        ("pypi.org", "pypi.org.evil.example"),
        ("pypi.org", "files.pypi.org"),
        ("*.pypi.org", "pypi.org"),
        ("*.pypi.org", "evilpypi.org"),
        ("pypi.org", "pypi.org:80"),
        ("pypi.org", "pypi.org:22"),
        ("pypi.org:8443", "pypi.org:443"),
        ("10.0.0.5:8443", "10.0.0.5:443"),
        ("10.0.0.5", "10.0.0.6"),
        ("10.0.0.5", "[::ffff:10.0.0.5]"),
    ],
)
def test_whatever_else_is_not(entry: str, asked: str) -> None:
    assert not allows([entry], asked)


def test_an_entry_without_a_port_means_http_at_its_own_port_too() -> None:
    assert allows(["deb.example"], "deb.example", HTTP_PORT)
    assert not allows(["deb.example"], "deb.example:443", HTTP_PORT)


def test_the_refusal_says_which_port_is_right() -> None:
    allowlist = Allowlist(["pypi.org", "pypi.org:8443"])
    with pytest.raises(Refused, match=r"^pypi\.org:22: is allowed on port 443 or 8443 only"):
        allowlist.check(read_target("pypi.org:22", None), HTTPS_PORT)


@pytest.mark.parametrize(
    "entry",
    [
        *("", "*", "*.", "*.org", "*.*.org", "a.*.org", "https://pypi.org", "pypi.org/simple"),
        *("user@pypi.org", "pypi.org:0", "pypi.org:x", "pypi.org:", "*.10.0.0.5", "2130706433"),
        *(" pypi.org", "pypi.org ", "a..b", "\u200b", "*.[::1]", "pypi.org:443:1"),
    ],
)
def test_an_entry_that_is_no_name_is_the_operators_to_mend(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="It must be a host name"):
        Allowlist([entry])
