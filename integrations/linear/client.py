"""Our own transport under linear-api's client: timeouts, typed errors, rate limits, retries.

Of the package only ``LinearClient.execute_graphql()`` is used. Its managers are not: they have a
hard-coded endpoint and no timeout, swallow errors, and cache what must be fresh.
"""

import math
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx
from linear_api import LinearClient
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from integrations.linear.documents import ALL
from integrations.linear.failures import URL_REMEDY, failure_of
from worker.domain.errors import ConfigurationError, Unavailable

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
ATTEMPTS: Final = 3


class LinearApi(LinearClient):  # type: ignore[misc]  # the package has no types
    """Sends documents to Linear. Safe to share between threads."""

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        extra_ca_bundle: str | None = None,
        read_seconds: float = READ_SECONDS,
        attempts: int = ATTEMPTS,
        longest_pause_seconds: float = 2.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``api_key`` goes into the Authorization header as it is (``Bearer …`` for OAuth).

        ``extra_ca_bundle`` is a PEM file trusted beside the public authorities. Raises
        ConfigurationError for an empty key, an unreadable bundle, or a URL that is none.
        """
        if not api_key:
            raise ConfigurationError("LINEAR_API_KEY is not set.")
        super().__init__(api_key=api_key, enable_cache=False)
        self._now = now
        self._attempts = attempts
        self._longest_pause_seconds = longest_pause_seconds
        self._url = _checked(api_url)
        self._until = threading.local()
        self._http = httpx.Client(
            headers={"Authorization": api_key},
            timeout=httpx.Timeout(read_seconds, connect=min(CONNECT_SECONDS, read_seconds)),
            verify=_trust(extra_ca_bundle),
        )

    @contextmanager
    def soon(self, seconds: float) -> Iterator[None]:
        """Within the block, this thread sends nothing any more after so many seconds.

        For writes under a lease that lasts longer than that: a process that was frozen in between
        must not go on where it was.
        """
        self._until.time = time.monotonic() + seconds
        try:
            yield
        finally:
            self._until.time = math.inf

    def ask(self, document: str, **variables: object) -> dict[str, Any]:
        """The ``data`` of an operation's answer.

        Raises RateLimited, Unavailable, ConfigurationError, EntityNotFound, PermanentError.
        """
        answer: dict[str, Any] = self.execute_graphql(document, variables)
        return answer

    def call_api(self, query: Mapping[str, Any] | str) -> dict[str, Any]:
        """What every call of the package goes through. Our own documents are tried again (they
        are safe to repeat) while Linear is not there; anything else is sent once.
        """
        body = {"query": query} if isinstance(query, str) else dict(query)
        attempts = self._attempts if body.get("query") in ALL else 1
        retrying = Retrying(
            stop=stop_after_attempt(attempts),
            wait=wait_random_exponential(multiplier=0.5, max=self._longest_pause_seconds),
            retry=retry_if_exception_type(Unavailable),
            reraise=True,
        )
        return retrying(self._send, body)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        if time.monotonic() > getattr(self._until, "time", math.inf):
            raise Unavailable("Linear took too long: who may write now must be asked again.")
        try:
            response = self._http.post(self._url, json=body)
        except httpx.TransportError as fault:
            raise Unavailable(f"Linear does not answer: {fault or type(fault).__name__}") from fault
        if failure := failure_of(response, self._now()):
            raise failure
        try:
            data = response.json()["data"]
        except (ValueError, KeyError, TypeError) as fault:
            raise Unavailable("Linear's answer is not a GraphQL answer.") from fault
        if not isinstance(data, dict):
            raise Unavailable("Linear's answer holds no data.")
        return data


def _checked(api_url: str) -> httpx.URL:
    try:
        url = httpx.URL(api_url)
    except httpx.InvalidURL as fault:
        raise ConfigurationError(f"{api_url!r} is not a URL. {URL_REMEDY}") from fault
    if url.scheme not in ("https", "http") or not url.host:
        raise ConfigurationError(f"{api_url!r} is not an HTTP address. {URL_REMEDY}")
    return url


def _trust(extra_ca_bundle: str | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if extra_ca_bundle:
        try:
            context.load_verify_locations(extra_ca_bundle)
        except OSError as fault:
            reason = f"The extra CA bundle {extra_ca_bundle} cannot be read: {fault}"
            raise ConfigurationError(reason) from fault
    return context
