"""The Repositories port on git: caches and runs below one directory, tokens only in passing."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from integrations.git.checkout import GitCheckout
from integrations.git.journals import KeptJournal
from integrations.git.limits import GitLimits, Identity
from integrations.git.names import safe_name
from integrations.git.process import Git
from integrations.git.refs import EVERY_REF, kept_by
from integrations.git.remote import Remote, joined_ca_bundle
from integrations.git.storage import Cache, prepare
from worker.domain.errors import ConfigurationError
from worker.domain.lease import RunId
from worker.domain.summary import Kept

_LIMITS = GitLimits()
_IDENTITY = Identity()


class GitRepositories:
    """``root/cache`` holds a bare cache per repository, ``root/runs`` one per repository and run.

    The runs borrow the caches' objects, and neither is ever garbage-collected: delete a cache only
    while no run is open. ``remote_url`` turns ``owner/name`` into an http(s) URL without
    credentials, or a directory; ``token`` is asked before each fetch and push over http(s), and
    sent as GitHub wants it (Basic, ``x-access-token``); where it is a ``RenewableToken``, what the
    server refuses is tried once more with the next one. ``extra_ca_bundle`` (PEM) is trusted in
    addition to the system's authorities. ``keep_on_remote`` also pushes every accepted commit to
    ``refs/storyfleet/runs/<run>/<commit>``, which no clone fetches by default. ``journal_key``
    signs the journals that are kept beside them, in ``refs/storyfleet/journals/<run>``; with None
    none is kept or read. A push that gets to the point of sending later than ``push_seconds`` after
    it began sends nothing. Raises ConfigurationError for an empty key.
    """

    def __init__(
        self,
        root: Path,
        remote_url: Callable[[str], str],
        token: Callable[[], str] | None = None,
        *,
        keep_on_remote: bool = True,
        journal_key: bytes | None = None,
        extra_ca_bundle: Path | None = None,
        timeout_seconds: float = 600.0,
        push_seconds: float | None = None,
        path: str = os.defpath,
        limits: GitLimits = _LIMITS,
        identity: Identity = _IDENTITY,
    ) -> None:
        if journal_key is not None and not journal_key:
            raise ConfigurationError(
                "The key that signs journals is empty: anybody could forge one."
            )
        self._root = root.absolute()
        self._journal_key = journal_key
        self._remote_url = remote_url
        self._token = token
        self._keep_on_remote = keep_on_remote
        self._extra_ca_bundle = extra_ca_bundle
        self._timeout_seconds = timeout_seconds
        self._push_seconds = push_seconds
        self._path = path
        self._limits = limits
        self._identity = identity

    @contextmanager
    def open(self, repository: str, run_id: RunId) -> Iterator[GitCheckout]:
        """The run's checkout, made if this machine has none; it stays until ``forget``.

        What another machine accepted for the run is fetched when it is first asked for.
        """
        cache = self._cache(repository)
        cache.prepare()
        run = self._git(self._runs(repository) / f"{safe_name(run_id)}.git")
        prepare(run, cache.git.git_dir / "objects")
        journal = None
        if self._journal_key is not None and self._keep_on_remote:
            limit_bytes = self._limits.journal_bytes
            journal = KeptJournal(cache.remote, run, run_id, self._journal_key, limit_bytes)
        on_remote = self._keep_on_remote
        yield GitCheckout(run, cache, run_id, self._limits, self._identity, on_remote, journal)

    def kept(self, repository: str) -> Kept:
        """With one look at the remote, if anything is kept there.

        Raises Unavailable, RateLimited, RepositoryUnavailable.
        """
        here = [directory.stem for directory in self._runs(repository).glob("*.git")]
        if not self._keep_on_remote:
            return kept_by((), here)
        cache = self._cache(repository)
        cache.prepare()
        return kept_by(cache.remote.refs(cache.git, EVERY_REF), here)

    def _runs(self, repository: str) -> Path:
        return self._root / "runs" / safe_name(repository)

    def _cache(self, repository: str) -> Cache:
        bundle = self._extra_ca_bundle
        if bundle is not None:
            self._root.mkdir(parents=True, exist_ok=True)
            bundle = joined_ca_bundle(bundle, self._root / "ca-bundle.pem")
        remote = Remote(
            repository, self._remote_url(repository), self._token, bundle, self._push_seconds
        )
        return Cache(self._git(self._root / "cache" / f"{safe_name(repository)}.git"), remote)

    def _git(self, git_dir: Path) -> Git:
        home = self._root / "home"
        home.mkdir(parents=True, exist_ok=True)
        return Git(git_dir, self._path, home, self._timeout_seconds)
