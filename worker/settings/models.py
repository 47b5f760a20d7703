"""Models as operators write them: ``provider:name``."""

from worker.settings.faults import Fault, nearest
from worker.settings.values import Values

PROVIDERS = ("openai", "anthropic", "gemini")


def model_fault(values: Values, where: str, model: str) -> Fault | None:
    """What is wrong with a model's name or with the access to its provider; None if nothing.

    ``where`` names the setting, option or key that holds it. A provider is reachable with its
    key, or with a base URL alone (a local server that asks for none).
    """
    provider, _, name = model.partition(":")
    if not name or any(c.isspace() for c in model):
        example = "Write provider:name, such as openai:gpt-5 or anthropic:claude-sonnet-4-5."
        return Fault(where, "does not name a model", example)
    if provider not in PROVIDERS:
        meant = nearest(provider, PROVIDERS)
        hint = f" Did you mean {meant}?" if meant else ""
        known = f"Known are {', '.join(PROVIDERS)}; a server that speaks OpenAI's API is openai"
        return Fault(where, "names an unknown provider", f"{known}.{hint}")
    if not any(_access(values, provider)):
        names = f"{provider.upper()}_API_KEY, or {provider.upper()}_BASE_URL"
        remedy = f"Set {names} for a server that needs no key."
        return Fault(where, f"needs {provider}, for which there is no key", remedy)
    return None


def _access(values: Values, provider: str) -> tuple[object, object]:
    if provider == "openai":
        return values.openai_api_key, values.openai_base_url
    if provider == "gemini":
        return values.gemini_api_key, values.gemini_base_url
    return values.anthropic_api_key, values.anthropic_base_url
