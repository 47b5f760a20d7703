"""Coding agents, the judge, and the gateway to the models, wired from settings and fleet file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from integrations.agents.command import CommandAgent
from integrations.agents.installed import installed_agents
from integrations.agents.native import NativeAgent
from integrations.gateway import ModelGateway, Upstream
from integrations.llm.door import DoorModels
from integrations.llm.judge import LlmJudge
from integrations.llm.models import ANTHROPIC_URL, NO_KEY, OPENAI_URL, ModelProviders
from integrations.llm.rule_writer import LlmRuleWriter
from worker.domain.fleet import Fleet
from worker.ports import CodingAgent, RunStore
from worker.settings import Settings

if TYPE_CHECKING:  # slow to import
    from integrations.gateway.registries import RegistryProxy

GEMINI_URL = "https://generativelanguage.googleapis.com"
"""https://ai.google.dev/api: below it ``/v1beta``."""


def agents(fleet: Fleet) -> dict[str, CodingAgent]:
    """Every agent by the name that settings use: the native ones and the fleet file's commands."""
    models = DoorModels()
    native: dict[str, CodingAgent] = {
        "native": NativeAgent("tools", models),
        "native-tools": NativeAgent("tools", models),
        "native-whole": NativeAgent("whole", models),
    }
    commands = {
        name: CommandAgent(name, agent.argv, gateway=agent.gateway)
        for name, agent in fleet.agents.items()
    }
    return {**native, **installed_agents(), **commands}


def gateway(settings: Settings, store: RunStore) -> ModelGateway:
    """The one way out of a sandbox, with the providers that are set up; ``store`` is told what
    calls have cost.
    """
    given = (
        ("openai", settings.openai_base_url, OPENAI_URL, settings.openai_api_key),
        ("anthropic", settings.anthropic_base_url, ANTHROPIC_URL, settings.anthropic_api_key),
        ("gemini", settings.gemini_base_url, GEMINI_URL, settings.gemini_api_key),
    )
    upstreams = [
        Upstream(provider, url or usual, key.get_secret_value() if key else NO_KEY)
        for provider, url, usual, key in given
        if url or key
    ]

    def proxy(socket: Path, token: str, hosts: Sequence[str]) -> "RegistryProxy":
        from integrations.gateway.registries import RegistryProxy  # noqa: PLC0415 - slow import

        return RegistryProxy(socket, token, hosts, private=settings.networks)

    return ModelGateway(
        upstreams,
        directory=settings.sockets,
        extra_ca_bundle=settings.extra_ca_bundle,
        registries=proxy,
        note=store.note_spend,
    )


def judge(settings: Settings) -> LlmJudge:
    """The LLM evaluator."""
    return LlmJudge(_providers(settings))


def rule_writer(settings: Settings) -> LlmRuleWriter:
    """Who drafts rules from runs."""
    return LlmRuleWriter(_providers(settings))


def _providers(settings: Settings) -> ModelProviders:
    keys = (settings.openai_api_key, settings.anthropic_api_key)
    openai, anthropic = (key.get_secret_value() if key else None for key in keys)
    return ModelProviders(
        openai_api_key=openai,
        openai_base_url=settings.openai_base_url,
        anthropic_api_key=anthropic,
        anthropic_base_url=settings.anthropic_base_url,
        extra_ca_bundle=settings.extra_ca_bundle,
    )
