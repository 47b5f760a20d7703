import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme

from integrations.gateway.registries import RegistryProxy
from tests.integration.registries.asking import TOKEN, Line, Names
from tests.integration.registries.registry import Registry, serving, tls

Open = Callable[..., RegistryProxy]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def names() -> Names:
    made = Names()
    made.point("packages.example", ["127.0.0.1"])
    return made


@pytest.fixture
def plain() -> Iterator[Registry]:
    with serving(Registry({"/a": b"a package"})) as made:
        yield made


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Registry]:
    context = tls(authority, "packages.example", "other.example", "127.0.0.1")
    with serving(Registry({"/a": b"a package"}, context)) as made:
        yield made


@pytest.fixture
def path() -> Iterator[Path]:
    # A socket's path must be short.
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory) / "proxy.sock"


@pytest.fixture
def opened(path: Path, names: Names) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_proxy(*registries: str, **terms: Any) -> RegistryProxy:
            given = {"resolver": names, "private": [ip_network("127.0.0.1/32")], **terms}
            return stack.enter_context(RegistryProxy(path, TOKEN, registries, **given))

        yield open_proxy


@pytest.fixture
def line(path: Path) -> Iterator[Callable[[], Line]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Line(path))
