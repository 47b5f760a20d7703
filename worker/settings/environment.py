"""Reading the environment and ``.env``: the only place that does."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic_settings import BaseSettings, DotEnvSettingsSource

from worker.settings.faults import nearest

ALIKE = 0.88
"""difflib's ratio from which an unknown variable is taken for a misspelt setting."""


def read(
    model: type[BaseSettings], env_file: Path, variables: Mapping[str, str] | None = None
) -> dict[str, str]:
    """All variables that are not empty, names in lower case; the environment wins over the file.

    ``variables`` stands in for the process's environment. A missing ``env_file`` is no fault.
    """
    environment = os.environ if variables is None else variables  # noqa: TID251 - the one reader
    filed = DotEnvSettingsSource(model, env_file=env_file, env_ignore_empty=True).env_vars
    merged = {name: value for name, value in filed.items() if value}
    merged |= {name.lower(): value for name, value in environment.items() if value.strip()}
    return {name: value.strip() for name, value in merged.items()}


def misspelt(names: Collection[str], known: Collection[str]) -> list[str]:
    """A sentence for each name that is no setting but looks like one (``LINEAR_APIKEY``)."""
    unknown = sorted(set(names) - set(known))
    return [
        f"{name.upper()} is not a setting and was ignored. Did you mean {meant.upper()}?"
        for name in unknown
        if (meant := nearest(name, known, ALIKE))
    ]
