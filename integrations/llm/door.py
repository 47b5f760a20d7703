"""Models behind a session's door: the gateway has the key, keeps the budget, and counts.

Light to import, as ``models`` is.
"""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from integrations.llm.models import Endpoint, split, unknown
from worker.domain.errors import ConfigurationError
from worker.domain.task import Way

if TYPE_CHECKING:  # the type only: slow to import
    from pydantic_ai.models import Model

_PATHS = {"openai": "/openai/v1", "anthropic": "/anthropic"}
_HOST = "http://gateway"
"""Any name: all that is called is the socket."""


class DoorModels:
    """Opens models of the providers whose protocols are spoken here."""

    def open(
        self, name: str, way: Way, *, temperature: float | None = None, seed: int | None = None
    ) -> "AbstractAsyncContextManager[Model]":
        """Connect to the model ``provider:name``; temperature and seed where it takes them.

        Raises ConfigurationError for an unknown provider, and for a way without a socket.
        """
        from integrations.llm.clients import behind, opened  # noqa: PLC0415 - slow import

        provider, model = split(name)
        if provider not in _PATHS:
            raise unknown(name)
        if not way.socket:
            raise ConfigurationError("There is no socket by which the session's door is reached.")
        endpoint = Endpoint(provider, _HOST + _PATHS[provider], way.token)
        return opened(behind(way.socket), endpoint, model, temperature=temperature, seed=seed)
