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
    """Where one provider's models are called."""

    provider: str
    base_url: str
    key: str = field(repr=False)

    @property
    def key_setting(self) -> str:
        """The setting that holds the key."""
        return f"{self.provider.upper()}_API_KEY"

    @property
    def url_setting(self) -> str:
        """The setting that holds the address."""
        return f"{self.provider.upper()}_BASE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProviders:
    """The providers that the operator has set up, called directly: for the judge. What a coding
    agent calls goes through its session's door.
    """

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
        from integrations.llm.clients import direct, opened  # noqa: PLC0415 - slow import

        endpoint = self.endpoint(name)
        _, model = split(name)
        client = direct(self.extra_ca_bundle, self.attempt_timeout_seconds)
        return opened(client, endpoint, model, temperature=temperature, seed=seed)

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
        provider, _ = split(name)
        if provider == "openai":
            return _endpoint(provider, self.openai_api_key, self.openai_base_url, OPENAI_URL)
        if provider == "anthropic":
            url = self.anthropic_base_url
            return _endpoint(provider, self.anthropic_api_key, url, ANTHROPIC_URL)
        raise unknown(name)


def split(name: str) -> tuple[str, str]:
    """``provider:name`` in its two parts. Raises ConfigurationError."""
    provider, colon, model = name.partition(":")
    if not colon or not model.strip():
        raise ConfigurationError(
            f"A model is written as provider:name (`openai:gpt-5`), not `{name}`."
        )
    return provider, model


def unknown(name: str) -> ConfigurationError:
    """What to say of a provider that is not known here."""
    return ConfigurationError(
        f"There is no model provider `{name.partition(':')[0]}` (`{name}`): use `openai:…` or "
        "`anthropic:…`. For any other server that speaks OpenAI's protocol set OPENAI_BASE_URL."
    )


def _endpoint(provider: str, key: str | None, base_url: str | None, default_url: str) -> Endpoint:
    endpoint = Endpoint(provider, base_url or default_url, key or NO_KEY)
    if not key and not base_url:
        raise ConfigurationError(f"Set {endpoint.key_setting} to use a model of `{provider}:`.")
    return endpoint
