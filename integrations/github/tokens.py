"""Access tokens for the API and for git: a fixed one, or a GitHub App's short-lived ones."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from github.Auth import AppAuth
from jwt import PyJWTError

from integrations.github.connection import Connection
from integrations.github.failures import PERMISSIONS, failures, raise_configuration
from worker.domain.errors import PermanentError, Unavailable

MARGIN_SECONDS: Final = 300.0
"""A token is renewed this long before its end, so that one call never outlives it."""


def fixed_token(token: str) -> Callable[[], str]:
    """A provider of one token (GITHUB_TOKEN). Raises ConfigurationError for an empty one."""
    if not token:
        raise_configuration("GITHUB_TOKEN is empty.")
    return lambda: token


class InstallationTokens:
    """Tokens of a GitHub App's installation, for the fleet's repositories only.

    Call it for a token. Safe to share between threads: one of them fetches, the others wait.
    """

    def __init__(
        self,
        connection: Connection,
        app_id: str,
        private_key: str,
        installation_id: int,
        repositories: Sequence[str] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        """``private_key`` is PEM text; ``repositories`` are ``owner/name``, none meaning all of
        the installation's; ``now`` gives seconds since the epoch.
        """
        self._connection = connection
        self._auth = AppAuth(app_id, private_key)
        self._installation_id = installation_id
        self._names = sorted({slug.rpartition("/")[2] for slug in repositories})
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def __call__(self) -> str:
        """A token good for five minutes or more.

        Raises ConfigurationError where key, app or installation are wrong, Unavailable and
        RateLimited.
        """
        with self._lock:
            if self._now() >= self._renew_at:
                answer = self._fetch()
                self._token = str(answer["token"])
                ends_at = datetime.fromisoformat(str(answer["expires_at"])).timestamp()
                self._renew_at = ends_at - MARGIN_SECONDS
            return self._token

    def _fetch(self) -> dict[str, Any]:
        # PyGithub's get_access_token cannot ask for single repositories, so its requester does.
        wanted: dict[str, Any] = {"permissions": PERMISSIONS}
        if self._names:
            wanted["repositories"] = self._names
        path = f"/app/installations/{self._installation_id}/access_tokens"
        try:
            with failures("the App's installation"), self._connection.client(self._auth) as client:
                _, answer = client.requester.requestJsonAndCheck("POST", path, input=wanted)
        except (PermanentError, PyJWTError, ValueError) as fault:
            raise_configuration(
                f"{fault} Check GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and "
                "GITHUB_APP_INSTALLATION_ID, and that the App is installed on every repository."
            )
        if not isinstance(answer, dict) or "token" not in answer:
            raise Unavailable("GitHub's answer holds no token.")
        return answer
