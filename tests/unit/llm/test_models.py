"""Providers, keys and trust, before anything is called."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic_ai import exceptions as ai
from pydantic_ai.models import Model

from integrations.llm.models import NO_KEY, ModelProviders
from worker.domain.errors import ConfigurationError, PermanentError, Unavailable

BOTH = ModelProviders(openai_api_key="o", anthropic_api_key="a")


def opened(models: ModelProviders, name: str, **changes: Any) -> Model:
    async def look() -> Model:
        async with models.open(name, **changes) as model:
            return model

    return asyncio.run(look())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("gpt-4o", "provider:name"),
        ("openai:", "provider:name"),
        ("", "provider:name"),
        ("mistral:large", "OPENAI_BASE_URL"),
    ],
)
def test_names_that_are_none(name: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        BOTH.open(name)


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_missing_key_names_its_setting(provider: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{provider.upper()}_API_KEY"):
        ModelProviders().open(f"{provider}:some")


def test_a_server_of_ones_own_needs_no_key() -> None:
    endpoint = ModelProviders(openai_base_url="http://127.0.0.1:1/v1").endpoint("openai:tiny")
    assert (endpoint.key, endpoint.base_url) == (NO_KEY, "http://127.0.0.1:1/v1")


def test_the_usual_addresses() -> None:
    assert BOTH.endpoint("openai:gpt-4o").base_url == "https://api.openai.com/v1"
    assert BOTH.endpoint("anthropic:claude").base_url == "https://api.anthropic.com"
    assert opened(BOTH, "openai:ft:a:b").model_name == "ft:a:b"


def test_keys_are_not_shown() -> None:
    models = ModelProviders(openai_api_key="sk-secret", anthropic_api_key="sk-secret")
    assert "secret" not in f"{models} {models.endpoint('openai:x')}"


def test_temperature_goes_only_to_models_that_take_it() -> None:
    warm = {"temperature": 0.4, "seed": 2}
    assert opened(BOTH, "openai:gpt-4o", **warm).settings == {
        "max_retries": 2,
        "temperature": 0.4,
        "seed": 2,
    }
    thinking = opened(BOTH, "openai:o3", **warm).settings
    assert "temperature" not in (thinking or {})


def test_an_extra_ca_bundle_that_is_none(tmp_path: Path) -> None:
    for bundle in (tmp_path / "none.pem", tmp_path / "bad.pem"):
        (tmp_path / "bad.pem").write_text("not a certificate")
        models = ModelProviders(openai_api_key="o", extra_ca_bundle=bundle)
        with pytest.raises(ConfigurationError, match="EXTRA_CA_BUNDLE"):
            opened(models, "openai:gpt-4o")


def test_no_credit_is_permanent_and_silence_is_not() -> None:
    broke = BOTH.fault("openai:x", ai.ModelQuotaExceededError("x", "insufficient_quota"))
    assert isinstance(broke, PermanentError)
    assert "no credit" in str(broke)
    assert isinstance(BOTH.fault("openai:x", ai.ModelTimeoutError("x", "slow")), Unavailable)
