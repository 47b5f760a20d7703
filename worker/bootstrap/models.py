"""Coding agents and the judge, wired from settings and the fleet file."""

from integrations.agents.command import CommandAgent
from integrations.agents.native import NativeAgent
from integrations.llm.judge import LlmJudge
from integrations.llm.models import ModelProviders
from worker.domain.fleet import Fleet
from worker.ports import CodingAgent
from worker.settings import Settings


def agents(settings: Settings, fleet: Fleet) -> dict[str, CodingAgent]:
    """Every agent by the name that settings use: the native ones and the fleet file's commands."""
    providers = _providers(settings)
    native: dict[str, CodingAgent] = {
        "native": NativeAgent("tools", providers),
        "native-tools": NativeAgent("tools", providers),
        "native-whole": NativeAgent("whole", providers),
    }
    commands = {name: CommandAgent(name, agent.argv) for name, agent in fleet.agents.items()}
    return {**native, **commands}


def judge(settings: Settings) -> LlmJudge:
    """The LLM evaluator."""
    return LlmJudge(_providers(settings))


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
