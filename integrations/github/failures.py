"""GitHub's error answers and a broken connection, turned into the fleet's errors."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError
from typing import Final, NoReturn

from github import GithubException, RateLimitExceededException
from github.GithubException import RateLimitExceededExceedsMaxWait
from urllib3.exceptions import HTTPError

from worker.domain.errors import (
    ConfigurationError,
    FleetError,
    PermanentError,
    RateLimited,
    RepositoryUnavailable,
    Unavailable,
)

PERMISSIONS: Final = {"contents": "write", "pull_requests": "write", "issues": "write"}
"""What the fleet needs of a token on its repositories."""
REMEDY: Final = (
    "Check GITHUB_TOKEN (or the GitHub App): on the repository it needs "
    + ", ".join(f"{name}:{level}" for name, level in PERMISSIONS.items())
    + "."
)


class TokenRefused(ConfigurationError):
    """GitHub does not know the token, or not any more."""


@contextmanager
def failures(subject: str) -> Iterator[None]:
    """Raise what PyGithub raises inside as errors of the fleet; ``subject`` is the repository.

    401 is TokenRefused (a ConfigurationError), 403 and 404 are RepositoryUnavailable, rate limits
    RateLimited, 5xx and a connection that fails Unavailable, everything else a PermanentError.
    """
    try:
        yield
    except GithubException as fault:
        raise _failure(subject, fault) from fault
    except (OSError, HTTPError, JSONDecodeError) as fault:
        # requests' exceptions (timeouts, RetryError, no connection) are OSErrors.
        raise Unavailable(f"GitHub does not answer: {fault}") from fault


def raise_configuration(reason: str) -> NoReturn:
    """For what only the operator can mend."""
    raise ConfigurationError(f"{reason} {REMEDY}")


def refused(fault: GithubException) -> bool:
    """Whether GitHub will not do it, now or later; a rate limit is not a refusal."""
    client_error = 400 <= fault.status < 500  # noqa: PLR2004 - HTTP's own numbers
    return client_error and not is_rate_limit(fault)


def is_rate_limit(fault: GithubException) -> bool:
    """Whether GitHub asks to slow down."""
    errors = fault.data.get("errors") if isinstance(fault.data, dict) else None
    kinds = [error.get("type") for error in errors or () if isinstance(error, dict)]
    by_status = isinstance(fault, RateLimitExceededException) or fault.status == 429  # noqa: PLR2004
    return by_status or "RATE_LIMITED" in kinds  # GraphQL's way


def words_of(fault: GithubException) -> str:
    """GitHub's own message and its details, in one line."""
    data = fault.data if isinstance(fault.data, dict) else {}
    errors = data.get("errors")
    details = [_detail(error) for error in errors] if isinstance(errors, list) else []
    said = [str(data.get("message") or fault.message or ""), *details]
    return "; ".join(text for text in said if text) or f"HTTP {fault.status}"


def _failure(subject: str, fault: GithubException) -> FleetError:
    said = words_of(fault)
    if is_rate_limit(fault):
        return RateLimited(f"GitHub's rate limit is used up: {said}", _wait(fault))
    match fault.status:
        case 401:
            return TokenRefused(f"GitHub refused the token: {said}. {REMEDY}")
        case 403 | 404 | 451:
            return RepositoryUnavailable(f"GitHub refused {subject}: {said}. {REMEDY}")
        case status if status == 408 or status >= 500:  # noqa: PLR2004 - HTTP's own numbers
            return Unavailable(f"GitHub answered HTTP {status}: {said}")
        case _:
            return PermanentError(f"GitHub refused {subject}: {said}")


def _wait(fault: GithubException) -> float | None:
    """Seconds until GitHub is ready to talk again, where it says."""
    if isinstance(fault, RateLimitExceededExceedsMaxWait) and fault.wait is not None:
        return fault.wait
    headers = {name.lower(): value for name, value in (fault.headers or {}).items()}
    if (after := _number(headers, "retry-after")) is not None:
        return after
    reset = _number(headers, "x-ratelimit-reset")
    return None if reset is None else max(0.0, reset - time.time())


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        return float(headers[name])
    except (KeyError, ValueError):
        return None


def _detail(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    plain = " ".join(str(error[key]) for key in ("field", "code") if error.get(key))
    return str(error.get("message") or plain)
