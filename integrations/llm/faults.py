"""What a failed model call means for the fleet: whose setting to change, or when to come back."""

from pydantic_ai import exceptions as ai

from integrations.llm.models import Endpoint
from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    Unavailable,
)

SAID = 300
"""Characters of the provider's own words."""


def fault(endpoint: Endpoint, name: str, error: ai.ModelAPIError) -> FleetError:
    """Our error for pydantic-ai's. What is not our request's fault may pass: Unavailable."""
    said = _said(error)
    match error:
        case ai.ModelAuthenticationError():
            text = f"`{endpoint.provider}` refused our key: check {endpoint.key_setting}."
            return ConfigurationError(f"{text} {said}")
        case ai.ModelNotFoundError():
            text = f"There is no model `{name}` at {endpoint.base_url}: check its name"
            return ConfigurationError(f"{text} and {endpoint.url_setting}. {said}")
        case ai.ModelRateLimitError():
            text = f"`{endpoint.provider}` limits our rate. {said}"
            return RateLimited(text, error.retry_after)
        case ai.ModelQuotaExceededError():
            text = f"The account at `{endpoint.provider}` has no credit left for `{name}`."
            return PermanentError(f"{text} {said}")
        case ai.ModelRequestRejectedError():
            return PermanentError(f"`{name}` refused the request as wrong. {said}")
        case _:
            return Unavailable(f"The model `{name}` does not answer. {said}")


def _said(error: ai.ModelAPIError) -> str:
    status = f"HTTP {error.status_code}: " if isinstance(error, ai.ModelHTTPError) else ""
    body = error.body if isinstance(error.body, dict) else {}
    words = body.get("message") or error.body or error.message
    return f"It said: {status}{' '.join(str(words).split())[:SAID]}"
