"""How we talk to GitHub's API: timeouts, bounded retries, trust, one client per call."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import certifi
from github import Github, GithubException, GithubRetry
from github.Auth import Auth
from github.GithubException import RateLimitExceededExceedsMaxWait
from urllib3 import BaseHTTPResponse

from worker.domain.errors import ConfigurationError

TIMEOUT_SECONDS: Final = 15
RETRIES: Final = 3
LONGEST_WAIT_SECONDS: Final = 5.0
LARGEST_PAGE: Final = 100


@dataclass(frozen=True)
class Connection:
    """Where and how. ``client`` makes a fresh client: PyGithub's are not safe to share."""

    api_url: str
    extra_ca_bundle: str | None = None
    """A PEM file that is trusted beside the public authorities."""
    seconds_between_requests: float = 0.25
    seconds_between_writes: float = 1.0
    """GitHub asks for a second between writes; a client keeps to it."""
    backoff_seconds: float = 0.3
    timeout_seconds: int = TIMEOUT_SECONDS
    _trust: "_Trust" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_trust", _Trust.of(self.extra_ca_bundle))

    def client(self, auth: Auth) -> Github:
        """A client for one call in one thread, to be used as a context manager."""
        return Github(
            base_url=self.api_url.rstrip("/"),
            auth=auth,
            timeout=self.timeout_seconds,
            retry=BoundedRetry(
                total=RETRIES,
                max_rate_limit_wait=LONGEST_WAIT_SECONDS,
                backoff_factor=self.backoff_seconds,
            ),
            seconds_between_requests=self.seconds_between_requests,
            seconds_between_writes=self.seconds_between_writes,
            verify=self._trust.verify,
            per_page=LARGEST_PAGE,
            lazy=True,
        )


class BoundedRetry(GithubRetry):
    """Raises instead of sleeping also where ``Retry-After`` asks for a long sleep.

    PyGithub's own limit covers only waits that it computes itself.
    """

    def increment(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - urllib3's signature
        """Raises RateLimitExceededExceedsMaxWait, and what GithubRetry raises."""
        response = kwargs.get("response")
        if not isinstance(response, BaseHTTPResponse):
            return super().increment(*args, **kwargs)
        try:
            self._refuse_long_wait(response)
            return super().increment(*args, **kwargs)
        except GithubException:
            # Nobody reads it any more, and urllib3 does not expect errors from here.
            response.close()
            raise

    def _refuse_long_wait(self, response: BaseHTTPResponse) -> None:
        wait = self.get_retry_after(response)
        if wait is not None and wait > LONGEST_WAIT_SECONDS:
            headers = dict(response.headers)
            raise RateLimitExceededExceedsMaxWait(response.status, None, headers, wait=wait)


@dataclass(frozen=True)
class _Trust:
    """The public authorities and ours in one file, as requests wants them."""

    verify: str | bool = True
    file: Any = None
    """Kept: the file goes with its object."""

    @classmethod
    def of(cls, extra_ca_bundle: str | None) -> Self:
        if not extra_ca_bundle:
            return cls()
        try:
            extra = Path(extra_ca_bundle).read_bytes()
        except OSError as fault:
            reason = f"The extra CA bundle {extra_ca_bundle} cannot be read: {fault}"
            raise ConfigurationError(reason) from fault
        file = tempfile.NamedTemporaryFile(suffix=".pem")  # noqa: SIM115 - lives as long as we do
        file.write(Path(certifi.where()).read_bytes() + b"\n" + extra)
        file.flush()
        return cls(file.name, file)
