"""Changes for the tests of gates: texts before and after, by path."""

from collections.abc import Mapping

from worker.gates.change import Change


def change(after: Mapping[str, str | None], before: Mapping[str, str] = {}) -> Change:
    """Every path of ``after`` was changed; None is a file that was removed."""
    return Change(tuple(after), before.get, {**before, **after}.get)
