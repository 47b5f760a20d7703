"""Settings: read from the environment and ``.env``, checked whole, every fault told at once.

``values`` lists the settings, ``environment`` reads them, ``checks`` looks at what each process
needs, ``fleet_file`` reads the allowlist of repositories.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from pydantic import PrivateAttr, SecretStr, ValidationError

from worker.domain.fleet import Fleet
from worker.settings import checks, environment, fleet_file, github_app
from worker.settings.checks import SHORTEST_SECRET, WITH_PASSWORD
from worker.settings.faults import Fault, refuse
from worker.settings.values import Role, Values

__all__ = ["Fault", "Role", "Settings"]

_WRONG = {
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "string_too_short": "is empty",
    "value_error": "{error}",
}


class Settings(Values):
    """The checked settings of one process. Printing them shows no secret."""

    _fleet: Fleet = PrivateAttr(default_factory=Fleet)
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def load(
        cls,
        role: Role,
        *,
        variables: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> Self:
        """Read and check everything that the process ``role`` needs.

        ``variables`` stands in for the environment, ``directory`` for the working directory
        (where ``.env`` and ``fleet.toml`` are looked for). Raises ConfigurationError, whose text
        lists every fault with its setting and remedy, and never a value that may be secret.
        """
        directory = directory or Path.cwd()
        found = environment.read(cls, directory / ".env", variables)
        known = {name: value for name, value in found.items() if name in cls.model_fields}
        settings, faults = cls._tolerant(known)
        named = {fault.where for fault in faults}
        faults += [f for f in checks.faults(settings, role) if f.where not in named]
        warnings = environment.misspelt(found, cls.model_fields)
        if role is Role.RECEIVER:
            read = fleet_file.Reading(Fleet(trigger_label=settings.trigger_label))
        else:
            read = fleet_file.read(settings, directory, role)
        refuse([*faults, *read.faults])
        return settings.having(read.fleet, (*warnings, *read.warnings))

    @property
    def fleet(self) -> Fleet:
        """The repositories that may be worked on; empty for the receiver, which needs none."""
        return self._fleet

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but probably not meant, a sentence each, to be logged at the start."""
        return self._warnings

    @property
    def github_private_key(self) -> str | None:
        """The GitHub App's key in PEM, wherever it was given; None without one."""
        return github_app.private_key(self)

    @property
    def mark(self) -> str:
        """What tells this fleet's containers from others': ``fleet_name``, or what follows from the
        database and the Linear key, which two fleets do not share.
        """
        if self.fleet_name:
            return self.fleet_name
        key = self.linear_api_key.get_secret_value() if self.linear_api_key else ""
        own = f"{self.database_url.get_secret_value()}\0{key}"
        return f"fleet-{hashlib.sha256(own.encode()).hexdigest()[:16]}"

    @property
    def caches(self) -> Path | None:
        """Where what was worked out once is kept; None: in the user's own cache directory, which a
        user in a container does not have.
        """
        try:
            homely = os.access(Path.home(), os.W_OK)
        except RuntimeError:
            homely = False
        return None if homely else self.data_dir / "caches"

    @property
    def sockets(self) -> Path:
        """``socket_dir``, or the first place that this user can write to: sockets' paths must be
        short (unix(7): 108 bytes).
        """
        if self.socket_dir:
            return self.socket_dir
        shared = Path("/run/storyfleet")
        place = shared if shared.exists() else shared.parent
        if os.access(place, os.W_OK | os.X_OK):
            return shared
        return Path(tempfile.gettempdir()) / f"storyfleet-{os.getuid()}"

    @property
    def has_github(self) -> bool:
        """Whether there is something to show GitHub; the reconciler can do without."""
        return self.github_token is not None or self.github_app_id is not None

    def secrets(self) -> tuple[str, ...]:
        """Every configured secret of eight characters or more, longest first, for redaction.

        Of URLs only the password counts; of a private key also each of its lines.
        """
        texts: set[str] = set()
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                text = value.get_secret_value()
                texts |= _passwords(text) if name in WITH_PASSWORD else {text}
        if key := self.github_private_key:
            texts |= {key, *(line for line in key.splitlines() if not line.startswith("-----"))}
        return tuple(sorted((t for t in texts if len(t) >= SHORTEST_SECRET), key=_longest))

    def having(self, fleet: Fleet, warnings: tuple[str, ...] = ()) -> Self:
        """The same settings with another fleet than the file's, as ``fleet run`` needs."""
        other = self.model_copy()
        other._fleet, other._warnings = fleet, warnings  # noqa: SLF001 - of the same class
        return other

    @classmethod
    def _tolerant(cls, given: Mapping[str, Any]) -> tuple[Self, list[Fault]]:
        """The settings with defaults in place of malformed values, and those values' faults."""
        try:
            return cls(**given), []
        except ValidationError as error:
            faults = {str(e["loc"][0]): _wrong(e["type"], e.get("ctx", {})) for e in error.errors()}
        sound = {name: value for name, value in given.items() if name not in faults}
        return cls(**sound), [
            Fault(name.upper(), wrong, f"Mend it, or leave it out for {_default(cls, name)}.")
            for name, wrong in faults.items()
        ]


def _wrong(kind: str, context: Mapping[str, Any]) -> str:
    return _WRONG.get(kind, "is malformed").format_map(context)


def _default(cls: type[Values], name: str) -> str:
    default = cls.model_fields[name].default
    return "none" if default is None else f"the default, {default}"


def _passwords(url: str) -> set[str]:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return {url}
    return {password, unquote(password)}


def _longest(text: str) -> tuple[int, str]:
    return -len(text), text
