"""What calls of models have cost, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.domain.access import CallSpend, DoorSpend
from worker.domain.budget import Spend
from worker.domain.lease import RunId


@dataclass(slots=True)
class Spends:
    """By run and door; a call that is there already stays as it is."""

    _rows: dict[tuple[RunId, int], dict[int, Spend]] = field(default_factory=dict)

    def note(self, run_id: RunId, call: CallSpend) -> None:
        """Add one call."""
        self._rows.setdefault((run_id, call.door), {}).setdefault(call.number, call.spend)

    def noted(self, run_id: RunId) -> Sequence[DoorSpend]:
        """A run's, oldest door first."""
        return tuple(
            DoorSpend(door, len(calls), sum(calls.values(), Spend()))
            for (run, door), calls in self._rows.items()
            if run == run_id
        )
