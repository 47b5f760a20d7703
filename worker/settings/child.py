"""The environment of processes that this one starts."""

import os
from collections.abc import Collection, Mapping

from worker.settings.values import Values


def with_added(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment and ``variables``."""
    return {**os.environ, **variables}  # noqa: TID251 - settings reads the environment


def for_child(settings: Mapping[str, str], keep: Collection[str] = ()) -> dict[str, str]:
    """This process's environment with ``settings`` in place of every setting that it holds.

    Settings named in ``keep`` stay. So a demo never reaches the services of a configured fleet.
    """
    own = {name.upper() for name in Values.model_fields} - set(keep)
    inherited = {name: value for name, value in os.environ.items() if name not in own}  # noqa: TID251
    return inherited | dict(settings)
