"""Opens doors: for each session a directory, a token, and a server that ends with it."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from integrations.gateway.directories import MODELS_SOCKET, PROXY_SOCKET, fresh
from integrations.gateway.notes import Notes
from integrations.gateway.record import Record
from integrations.gateway.upstreams import PROVIDERS, Price, Upstream
from worker.domain.access import Access, CallSpend
from worker.domain.errors import ConfigurationError
from worker.domain.lease import RunId
from worker.ports import Door

if TYPE_CHECKING:  # slow to import
    from integrations.gateway.session import Line

_NO_PRICES: Mapping[str, Price] = MappingProxyType({})
_MIB = 1024 * 1024
_USUAL_INPUT = 10_000
_NUMBER_BITS = 62


class Registries(Protocol):
    """A proxy that serves for the time of its block."""

    def refusals(self) -> tuple[str, ...]:
        """``host:port: why``, each once."""
        ...


MakeRegistries = Callable[[Path, str, Sequence[str]], AbstractContextManager[Registries]]
"""From the socket's path, the door's token and the allowed hosts."""


NoteSpend = Callable[[RunId, CallSpend], None]
"""See ``RunStore.note_spend``."""


def _nowhere(run_id: RunId, call: CallSpend) -> None:
    """Where nobody is to know."""
    del run_id, call


class ModelGateway:
    """See ``worker.ports.Gateway``."""

    def __init__(
        self,
        upstreams: Sequence[Upstream],
        *,
        directory: Path,
        prices: Mapping[str, Price] = _NO_PRICES,
        extra_ca_bundle: Path | None = None,
        registries: MakeRegistries | None = None,
        note: NoteSpend = _nowhere,
        attempt_timeout_seconds: float = 600.0,
        idle_timeout_seconds: float = 300.0,
        patience_seconds: float = 30.0,
        drain_seconds: float = 5.0,
        grace_seconds: float = 3.0,
        failures_in_a_row: int = 4,
        body_limit_bytes: int = 16 * _MIB,
    ) -> None:
        """``directory``: for the sockets, short and on the Docker daemon's machine; ``prices``: by
        ``provider:name``, before the price list's; ``registries``: makes the proxy, by default
        ``RegistryProxy``; ``note``: where the run store writes down what calls have cost. For the
        seconds see ``Timing``, and for ``grace_seconds`` and
        ``failures_in_a_row`` the README.
        """
        self._upstreams = {upstream.provider: upstream for upstream in upstreams}
        self._directory = directory
        self._prices = prices
        self._extra_ca_bundle = extra_ca_bundle
        self._registries = registries or _registry_proxy
        self._note = note
        self._seconds = (
            attempt_timeout_seconds,
            idle_timeout_seconds,
            patience_seconds,
            drain_seconds,
        )
        self._grace_seconds = grace_seconds
        self._failures_in_a_row = failures_in_a_row
        self._body_limit_bytes = body_limit_bytes

    @contextmanager
    def open(self, access: Access) -> Iterator[Door]:
        """Raises ConfigurationError for a model whose provider is not set up, Unavailable."""
        allowed = self._allowed(access.models)
        from integrations.gateway.door import ModelDoor, served, trusting  # noqa: PLC0415 - slow import
        from integrations.gateway.session import Timing  # noqa: PLC0415 - slow import

        token, number = secrets.token_urlsafe(32), secrets.randbits(_NUMBER_BITS)
        notes = Notes(number, partial(self._note, access.run_id))
        trust = trusting(self._extra_ca_bundle)
        record = Record(self._grace_seconds, self._failures_in_a_row)
        with ExitStack() as stack:
            inner = stack.enter_context(fresh(self._directory))
            refusals: Callable[[], tuple[str, ...]] = tuple
            if access.registries:
                proxy = self._registries(inner / PROXY_SOCKET, token, access.registries)
                refusals = stack.enter_context(proxy).refusals
            socket = (inner.parent if access.outside else inner) / MODELS_SOCKET
            stack.enter_context(
                served(
                    socket,
                    token,
                    lines=self._lines(allowed),
                    allowance=access.allowance,
                    record=record,
                    timing=Timing(*self._seconds),
                    body_limit_bytes=self._body_limit_bytes,
                    trust=trust,
                    notes=notes,
                )
            )
            yield ModelDoor(number, inner, socket, token, record, refusals)

    def _allowed(self, models: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Names by provider. Raises ConfigurationError."""
        allowed: dict[str, tuple[str, ...]] = {}
        for model in models:
            provider, _, name = model.partition(":")
            if provider not in PROVIDERS or not name:
                raise ConfigurationError(
                    f"There is no model `{model}`: write `openai:…`, `anthropic:…` or `gemini:…`."
                )
            if provider not in self._upstreams:
                raise ConfigurationError(
                    f"Set {provider.upper()}_API_KEY to use a model of `{provider}:`."
                )
            allowed[provider] = (*allowed.get(provider, ()), name)
        return allowed

    def _lines(self, allowed: Mapping[str, tuple[str, ...]]) -> "Mapping[str, Line]":
        from integrations.gateway.pricing import Pricing  # noqa: PLC0415 - slow import
        from integrations.gateway.session import Line  # noqa: PLC0415 - slow import

        lines = {}
        for provider, names in allowed.items():
            pricing = Pricing(self._upstreams[provider], self._prices)
            for name in names:  # now, not when the first call waits for it
                pricing.tariff(name, _USUAL_INPUT)
            lines[provider] = Line(self._upstreams[provider], names, pricing)
        return lines


def _registry_proxy(
    socket: Path, token: str, hosts: Sequence[str]
) -> AbstractContextManager[Registries]:
    from integrations.gateway.registries import RegistryProxy  # noqa: PLC0415 - slow import

    return RegistryProxy(socket, token, hosts)
