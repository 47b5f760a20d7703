"""Opens one model over HTTP, with retries, time limits and trust that are said explicitly.

The judge calls a provider; a native agent calls the gateway, through its session's door.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from integrations.llm.models import Endpoint
from worker.domain.errors import ConfigurationError

RETRIES = 2
"""By the provider's SDK, with its backoff: 408, 409, 429, 5xx and lost connections."""
CONNECT_TIMEOUT_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 5.0
"""A rate limit that lasts longer is not slept on: the run waits without a worker."""


def direct(extra_ca_bundle: Path | None, attempt_timeout_seconds: float) -> httpx2.AsyncClient:
    """A client for providers. Raises ConfigurationError."""
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(attempt_timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS),
        verify=_trust(extra_ca_bundle),
        event_hooks={"response": [_never_doze]},
    )


def behind(socket: str) -> httpx2.AsyncClient:
    """A client for a session's door, which knows best how long a provider may take."""
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(None, connect=CONNECT_TIMEOUT_SECONDS),
        transport=httpx2.AsyncHTTPTransport(uds=socket),
        event_hooks={"response": [_never_doze]},
    )


@asynccontextmanager
async def opened(
    client: httpx2.AsyncClient,
    endpoint: Endpoint,
    name: str,
    *,
    temperature: float | None,
    seed: int | None,
) -> AsyncIterator[Model]:
    """A model for the time of one conversation, with a client that is closed after it."""
    url, key = endpoint.base_url, endpoint.key
    async with client:
        if endpoint.provider == "anthropic":
            provider = AnthropicProvider(api_key=key, base_url=url, http_client=client)
            settings = _settings(provider.model_profile(name), temperature, seed)
            yield AnthropicModel(name, provider=provider, settings=settings)
        else:
            openai = OpenAIProvider(api_key=key, base_url=url, http_client=client)
            settings = _settings(openai.model_profile(name), temperature, seed)
            yield OpenAIChatModel(name, provider=openai, settings=settings)


def _settings(
    profile: ModelProfile | None, temperature: float | None, seed: int | None
) -> ModelSettings:
    settings = ModelSettings(max_retries=RETRIES)
    if seed is not None:
        settings["seed"] = seed
    if temperature is not None and not _thinks(profile):
        settings["temperature"] = temperature
    return settings


def _thinks(profile: ModelProfile | None) -> bool:
    """Whether the model reasons by itself: such models refuse a temperature."""
    known = profile or ModelProfile()
    marks = ("thinking_always_enabled", "thinking_enabled_by_default")
    return any(known.get(mark) for mark in (*marks, "anthropic_disallows_sampling_settings"))


def _trust(extra_ca_bundle: Path | None) -> ssl.SSLContext | bool:
    if extra_ca_bundle is None:
        return True
    context = httpx2.create_ssl_context()
    try:
        context.load_verify_locations(cafile=extra_ca_bundle)
    except (OSError, ssl.SSLError) as fault:
        raise ConfigurationError(
            f"EXTRA_CA_BUNDLE: `{extra_ca_bundle}` is not a readable PEM file ({fault})."
        ) from fault
    return context


async def _never_doze(response: httpx2.Response) -> None:
    """Keep the SDK from sleeping through a long rate limit (``x-should-retry`` is its header)."""
    pause = response.headers.get("retry-after", "0")
    if response.status_code == httpx2.codes.TOO_MANY_REQUESTS and _longer(pause):
        response.headers["x-should-retry"] = "false"


def _longer(pause: str) -> bool:
    try:
        return float(pause) > LONGEST_PAUSE_SECONDS
    except ValueError:  # a date
        return True
