"""The one place where git gets a network and a token."""

import base64
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import MappingProxyType
from typing import Protocol, runtime_checkable
from urllib.parse import unquote, urlsplit

from integrations.git.failures import TokenRefused, explained
from integrations.git.process import Completed, Config, Git, GitFailed
from worker.domain.errors import RepositoryUnavailable

_HOOKS = Path(__file__).with_name("hooks")
_UPTIME = Path("/proc/uptime")
_FETCHING = ("--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
_QUIET = "-c core.hooksPath=/dev/null -c receive.autogc=false -c core.logAllRefUpdates=false"
"""For the receiving side in a person's own repository: nothing of theirs runs or is written."""


@runtime_checkable
class RenewableToken(Protocol):
    """A token of which there is a next one, where the server refuses it before its time."""

    def __call__(self) -> str: ...

    def renewed(self, refused: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository on the server, or in a directory of this machine.

    The token reaches git through the environment of the one fetch or push: it is in no URL, no
    argument and no file. Every method raises Unavailable, RateLimited, RepositoryUnavailable.
    """

    repository: str
    """As people call it; for messages."""
    url: str
    token: Callable[[], str] | RenewableToken | None
    """Where it is renewable, what the server refused it for is tried once more with the next."""
    ca_bundle: Path | None
    """PEM file of all trusted authorities; None: curl's own."""
    push_seconds: float | None = None
    """After which a push sends nothing any more; None: whenever it gets there."""

    def fetch(self, git: Git, *refspecs: str, prune: bool = False) -> None:
        """Fetch into ``git``'s repository; a pattern that matches nothing is no error."""
        options = ("--prune",) if prune else ()
        done = self._call(git, "fetch", *_FETCHING, *options, "--", self.url, *refspecs)
        if "shallow roots are not allowed" in done.err:
            raise explained(self.repository, GitFailed("fetch", done.code, done.err))

    def fetch_one(self, git: Git, ref: str, limit_bytes: int) -> None:
        """Fetch what one ref points to, without its history; files over the limit are streamed.

        git checks every object strictly, which few old histories would pass. Raises Missing,
        Malformed.
        """
        config = (
            ("fetch.fsckObjects", "true"),
            ("fetch.unpackLimit", "1"),
            ("core.bigFileThreshold", str(limit_bytes)),
        )
        options = (*_FETCHING, "--no-tags", "--depth=1")
        self._call(git, "fetch", *options, "--", self.url, f"+{ref}:{ref}", config=config)

    def refs(self, git: Git, *patterns: str) -> Mapping[str, str]:
        """Full names and commits of the remote's refs that match one of the patterns."""
        out = self._call(git, "ls-remote", "--", self.url, *patterns).out.decode()
        pairs = (line.split("\t") for line in out.splitlines())
        # git also shows names that only end in what was asked for.
        return {
            name: commit
            for commit, name in pairs
            if any(fnmatchcase(name, pattern) for pattern in patterns)
        }

    def push(self, git: Git, commit: str, ref: str, expected: str | None = None) -> None:
        """Let ``ref`` point to ``commit``, if it still points to ``expected``.

        ``expected`` empty: if it is not there; None: whatever it points to. Raises Moved, Declined.
        """
        if expected is None:
            self._push(git, f"+{commit}:{ref}")
        else:
            self._push(git, f"{commit}:{ref}", lease=f"{ref}:{expected}")

    def delete(self, git: Git, refs: Iterable[str]) -> None:
        """Delete all these refs with one push; one that is gone already is no fault."""
        deletions = [f":{ref}" for ref in refs]
        if deletions:
            self._push(git, *deletions)

    def _push(self, git: Git, *refspecs: str, lease: str | None = None) -> None:
        options = ["--porcelain", "--no-follow-tags", "--no-recurse-submodules"]
        if lease is not None:
            options.append(f"--force-with-lease={lease}")
        if self._persons_own():
            options.append(f"--receive-pack=git {_QUIET} receive-pack")
        config, env = self._deadline()
        self._call(git, "push", *options, "--", self.url, *refspecs, config=config, env=env)

    def _deadline(self) -> tuple[Config, Mapping[str, str]]:
        """Only git itself can tell, between its look at the remote and its push, that it is late:
        whoever froze this process has frozen git too, and wakes it at the same time.
        """
        if self.push_seconds is None:
            return (), {}
        until = int(_now() + self.push_seconds)
        return (("core.hooksPath", str(_HOOKS)),), {"STORYFLEET_PUSH_UNTIL": str(until)}

    def _call(
        self,
        git: Git,
        *arguments: str,
        config: Config = (),
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> Completed:
        if self.token is None or self._directory():
            return self._once(git, arguments, config, env, "")
        token = self.token()
        try:
            return self._once(git, arguments, config, env, token)
        except TokenRefused:
            if not isinstance(self.token, RenewableToken):
                raise
            following = self.token.renewed(token)
            if following == token:
                raise
        # Safe to repeat: a server that refuses a request has done nothing for it.
        return self._once(git, arguments, config, env, following)

    def _once(
        self,
        git: Git,
        arguments: tuple[str, ...],
        config: Config,
        env: Mapping[str, str],
        token: str,
    ) -> Completed:
        credentials = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        config += self._config(credentials if token else "")
        env = {**env, "GIT_ALLOW_PROTOCOL": "file" if self._directory() else "https:http"}
        try:
            secrets = (credentials, token)
            return git.run(*arguments, config=config, env=env, secrets=secrets)
        except GitFailed as failure:
            raise explained(self.repository, failure) from None

    def _config(self, credentials: str) -> Config:
        config: list[tuple[str, str]] = []
        if credentials:
            # Bound to the server's origin: no other host is sent it, whatever git would ask there.
            server = urlsplit(self.url)
            key = f"http.{server.scheme}://{server.netloc}/.extraHeader"
            config.append((key, f"Authorization: Basic {credentials}"))
        if self.ca_bundle is not None:
            config.append(("http.sslCAInfo", str(self.ca_bundle)))
        return tuple(config)

    def _directory(self) -> Path | None:
        """Where the repository lies, if it is on this machine."""
        if self.url.startswith("file://"):
            return Path(unquote(self.url.removeprefix("file://")))
        return Path(self.url) if self.url.startswith("/") else None

    def _persons_own(self) -> bool:
        """Whether somebody works in it: it has a working tree."""
        directory = self._directory()
        return directory is not None and (directory / ".git").exists()


_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def joined_ca_bundle(extra: Path, target: Path) -> Path:
    """Write the system's certificate authorities and the extra ones to ``target``.

    git takes one file, and it replaces the system's. Raises RepositoryUnavailable where ``extra``
    cannot be read.
    """
    system = next((Path(p) for p in _SYSTEM_BUNDLES if Path(p).is_file()), None)
    try:
        own = extra.read_bytes()
    except OSError as fault:
        raise RepositoryUnavailable(
            f"The extra CA bundle {extra} cannot be read: {fault}"
        ) from fault
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as draft:
        draft.write(own + b"\n" + (system.read_bytes() if system else b""))
    return Path(draft.name).replace(target)


def _now() -> float:
    """Seconds by the clock that the hook looks at: since the machine's start, which nobody sets,
    where that can be read (proc(5)); else since the epoch.
    """
    try:
        return float(_UPTIME.read_text(encoding="ascii").split()[0])
    except OSError:
        return time.time()
