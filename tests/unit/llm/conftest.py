"""Scripted models over HTTP, by both protocols."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integrations.llm.models import ModelProviders, Price
from integrations.stubs import Stubs, StubsConfig, start_stubs
from integrations.stubs.models import Answer, Script

KEY = "the-model-key"


@dataclass
class Provider:
    """One of the protocols, served by the stub."""

    name: str
    stubs: Stubs

    @property
    def model(self) -> str:
        return "openai:gpt-4o" if self.name == "openai" else "anthropic:claude-sonnet-5"

    def script(self, *answers: Answer | str) -> None:
        self.stubs.models.script = Script.in_order(*answers)

    def models(self, key: str = KEY, prices: dict[str, Price] | None = None) -> ModelProviders:
        return ModelProviders(
            openai_api_key=key,
            openai_base_url=f"{self.stubs.url}/openai/v1",
            anthropic_api_key=key,
            anthropic_base_url=f"{self.stubs.url}/anthropic",
            prices=prices or {},
        )


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    with start_stubs(StubsConfig(git_root=tmp_path, model_key=KEY)) as running:
        yield running


@pytest.fixture(params=["openai", "anthropic"])
def provider(request: pytest.FixtureRequest, stubs: Stubs) -> Provider:
    return Provider(request.param, stubs)
