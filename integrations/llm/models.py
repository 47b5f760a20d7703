"""Models by ``provider:name``: opens them, prices their answers, says what their errors mean.

Light to import; pydantic-ai, which takes two seconds, is loaded when a model is first opened.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from worker.domain.budget import Spend
from worker.domain.errors import ConfigurationError, FleetError

if TYPE_CHECKING:  # the types only: see the module's first lines
    from pydantic_ai.exceptions import ModelAPIError
    from pydantic_ai.messages import ModelResponse
    from pydantic_ai.models import Model

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"
NO_KEY = "none"
"""Sent to a server of the operator's own that asks for no key; the SDKs insist on one."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input_usd: float
    output_usd: float


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one provider's models are called, and the settings that say so."""

    provider: str
    base_url: str
    key: str = field(repr=False)
    key_setting: str
    url_setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProviders:
    """The providers that the operator has set up."""

    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    """With its ``/v1``. A server of one's own needs no key."""
    anthropic_api_key: str | None = field(default=None, repr=False)
    anthropic_base_url: str | None = None
    extra_ca_bundle: Path | None = None
    """PEM file, trusted besides the usual authorities."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By ``provider:name``; wins over the price list that comes with pydantic-ai."""
    attempt_timeout_seconds: float = 600.0
    """For one HTTP attempt; callers limit the whole themselves."""

    def open(
        self, name: str, *, temperature: float | None = None, seed: int | None = None
    ) -> "AbstractAsyncContextManager[Model]":
        """Connect to the model ``provider:name``; temperature and seed where it takes them.

        Raises ConfigurationError, naming the setting, for an unknown provider or a missing key.
        """
        from integrations.llm.clients import opened  # noqa: PLC0415 - slow import

        endpoint = self.endpoint(name)
        _, model = name.split(":", 1)
        seconds, bundle = self.attempt_timeout_seconds, self.extra_ca_bundle
        return opened(endpoint, model, bundle, seconds, temperature=temperature, seed=seed)

    def spend(self, name: str, response: "ModelResponse") -> Spend:
        """What one answer cost; its tokens count as unpriced where nobody knows the price."""
        from integrations.llm.pricing import spend  # noqa: PLC0415 - slow import

        return spend(response, self.prices.get(name))

    def fault(self, name: str, error: "ModelAPIError") -> FleetError:
        """Our error for a model call that failed after its retries, with the remedy in words."""
        from integrations.llm.faults import fault  # noqa: PLC0415 - slow import

        return fault(self.endpoint(name), name, error)

    def endpoint(self, name: str) -> Endpoint:
        """Where ``provider:name`` is called. Raises ConfigurationError."""
        provider, colon, model = name.partition(":")
        if not colon or not model.strip():
            raise ConfigurationError(
                f"A model is written as provider:name (`openai:gpt-5`), not `{name}`."
            )
        if provider == "openai":
            return _endpoint(provider, self.openai_api_key, self.openai_base_url, OPENAI_URL)
        if provider == "anthropic":
            url = self.anthropic_base_url
            return _endpoint(provider, self.anthropic_api_key, url, ANTHROPIC_URL)
        raise ConfigurationError(
            f"There is no model provider `{provider}` (`{name}`): use `openai:…` or `anthropic:…`. "
            "For any other server that speaks OpenAI's protocol set OPENAI_BASE_URL."
        )


def _endpoint(provider: str, key: str | None, base_url: str | None, default_url: str) -> Endpoint:
    key_setting, url_setting = f"{provider.upper()}_API_KEY", f"{provider.upper()}_BASE_URL"
    if not key and not base_url:
        raise ConfigurationError(f"Set {key_setting} to use a model of `{provider}:`.")
    return Endpoint(provider, base_url or default_url, key or NO_KEY, key_setting, url_setting)
