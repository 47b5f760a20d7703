"""Linear's error answers, turned into the fleet's errors.

Sources: Linear's SDK maps ``errors[].extensions.type``, its documentation names
``extensions.code``; both are read. A rate limit is an HTTP 400 whose reset times are epoch
milliseconds. Errors may also come with HTTP 200 beside partial data.

==============================================  ============================================
answer                                          error
==============================================  ============================================
code RATELIMITED, type ratelimited, HTTP 429    RateLimited, with the time Linear names
HTTP 5xx; any other error; not JSON             Unavailable
HTTP 401 or 403, authentication, forbidden      ConfigurationError naming LINEAR_API_KEY
"Entity not found: …"                           EntityNotFound, a PermanentError
userError, INPUT_ERROR, other HTTP 400          PermanentError
HTTP 3xx, 404, 405                              ConfigurationError naming LINEAR_API_URL
==============================================  ============================================
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    Unavailable,
)

KEY_REMEDY: Final = "Check LINEAR_API_KEY: it must be valid and may need more permissions."
URL_REMEDY: Final = "Check LINEAR_API_URL."

_UNAUTHORISED: Final = frozenset({"AUTHENTICATION_ERROR", "FORBIDDEN"})
_UNAUTHORISED_TYPES: Final = frozenset({"authentication error", "forbidden"})
_PERMANENT: Final = frozenset({"INPUT_ERROR", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"})
_PERMANENT_TYPES: Final = frozenset({"invalid input", "user error", "graphql error"})
_BUCKETS: Final = ("Requests", "Complexity", "Endpoint-Requests")


class EntityNotFound(PermanentError):
    """Linear knows nothing by that id, or our key may not see it."""

    def __init__(self, message: str, entity: str) -> None:
        super().__init__(message)
        self.entity = entity
        """Linear's own name of the kind of thing: ``Issue``, ``Comment``."""


def failure_of(response: httpx.Response, now: float) -> FleetError | None:
    """The error that an answer means, or None for a success. ``now``: seconds since the epoch."""
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unavailable(f"Linear answered HTTP {response.status_code}.")
    errors = _errors_of(response)
    if any(_is_rate_limit(error) for error in errors) or response.status_code == 429:  # noqa: PLR2004 - HTTP's own number
        wait = retry_after_seconds(response.headers, now)
        return RateLimited("Linear's rate limit is used up.", wait)
    if errors:
        return _failure_of_error(errors[0], response.status_code)
    return _failure_of_status(response)


def retry_after_seconds(headers: Mapping[str, str], now: float) -> float | None:
    """When Linear says to come back, in seconds from ``now``; None where it does not say."""
    if (stated := _number(headers.get("Retry-After"))) is not None:
        return max(0.0, stated)
    resets = {
        bucket: reset / 1000 - now
        for bucket in _BUCKETS
        if (reset := _number(headers.get(f"X-RateLimit-{bucket}-Reset"))) is not None
    }
    empty = [
        wait
        for bucket, wait in resets.items()
        if _number(headers.get(f"X-RateLimit-{bucket}-Remaining")) == 0
    ]
    waits = empty or list(resets.values())[:1]
    return max(0.0, *waits) if waits else None


def _failure_of_error(error: Mapping[str, Any], status: int) -> FleetError:
    extensions = _extensions(error)
    message = str(error.get("message") or "an error without a message")
    said = str(extensions.get("userPresentableMessage") or message)
    code, kind = extensions.get("code"), extensions.get("type")
    if code in _UNAUTHORISED or kind in _UNAUTHORISED_TYPES or status in (401, 403):
        return ConfigurationError(f"Linear refused: {said} {KEY_REMEDY}")
    if message.startswith("Entity not found"):
        entity = message.removeprefix("Entity not found:").strip().split(":")[0]
        return EntityNotFound(f"Linear refused: {said}", entity)
    permanent = code in _PERMANENT or kind in _PERMANENT_TYPES
    if permanent or extensions.get("userError") is True or status == httpx.codes.BAD_REQUEST:
        detail = said if said == message else f"{said} ({message})"
        return PermanentError(f"Linear refused: {detail}")
    return Unavailable(f"Linear could not answer: {said}")


def _failure_of_status(response: httpx.Response) -> FleetError | None:
    status = response.status_code
    if status == httpx.codes.OK:
        return None
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return ConfigurationError(f"Linear answered HTTP {status}. {KEY_REMEDY}")
    if response.is_redirect or status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED):
        return ConfigurationError(f"There is no GraphQL API: HTTP {status}. {URL_REMEDY}")
    if status == httpx.codes.BAD_REQUEST:
        return PermanentError("Linear refused the request: HTTP 400.")
    return Unavailable(f"Linear answered HTTP {status}.")


def _errors_of(response: httpx.Response) -> Sequence[Mapping[str, Any]]:
    try:
        body = response.json()
    except ValueError:
        return ()
    errors = body.get("errors") if isinstance(body, dict) else None
    return [error for error in errors if isinstance(error, dict)] if errors else ()


def _is_rate_limit(error: Mapping[str, Any]) -> bool:
    extensions = _extensions(error)
    return extensions.get("code") == "RATELIMITED" or extensions.get("type") == "ratelimited"


def _extensions(error: Mapping[str, Any]) -> Mapping[str, Any]:
    extensions = error.get("extensions")
    return extensions if isinstance(extensions, dict) else {}


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
