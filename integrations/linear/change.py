"""Whether a ticket was wanted before a change and is after it, from one webhook payload.

``updatedFrom`` names removed labels and old states by id only. Their names are known from earlier
payloads, which carry both, or from Linear. Where neither tells:

- A removed label of an issue that does not carry the trigger label counts as the trigger label.
  Either it was, or an open run's label went unnoticed before; and where no run is open, a
  withdrawal does nothing.
- An old state counts as open, unless ``completedAt`` or ``canceledAt`` was taken back. So a
  reopening that cannot be told from a mere move starts nothing.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Self

from integrations.linear.lookup import Lookup
from integrations.linear.payload import Issue
from worker.domain.ticket import CLOSED_STATES

_REMEMBERED_AT_MOST: Final = 10_000


class Memory:
    """What payloads told about the names of labels and the types of states."""

    def __init__(
        self, label: str, label_ids: Callable[[], AbstractSet[str]], clock: Callable[[], float]
    ) -> None:
        """``label_ids`` asks Linear for the trigger label's ids; it may raise a FleetError."""
        self.label = label.strip()
        unknown: AbstractSet[str] = frozenset()
        self._trigger_ids = Lookup(label_ids, unknown, clock)
        self._names: dict[str, str] = {}
        self._state_types: dict[str, str] = {}

    def is_trigger(self, name: str) -> bool:
        """Compare as Linear does: without regard to case."""
        return name.strip().casefold() == self.label.casefold()

    def learn(self, issue: Issue) -> None:
        """Remember the names that an issue's payload tells."""
        for known, told in (
            (self._names, dict(issue.labels)),
            (self._state_types, dict([issue.state])),
        ):
            if len(known) > _REMEMBERED_AT_MOST:
                known.clear()
            known.update(told)

    def closed(self, state_id: object) -> bool:
        """Whether the state is known as one in which nobody works on a ticket."""
        return self._state_types.get(str(state_id)) in CLOSED_STATES

    def was_trigger(self, label_id: str) -> bool:
        """Whether the label is known to have the trigger's name."""
        return self.is_trigger(self._names.get(label_id, ""))

    def may_hold_trigger(self, removed: AbstractSet[str]) -> bool:
        """Whether one of the removed labels is, or for all we know may be, the trigger label."""
        if any(self.was_trigger(id_) for id_ in removed):
            return True
        unknown = removed - self._names.keys()
        if not unknown:
            return False
        ids = self._trigger_ids()
        return not ids or not unknown.isdisjoint(ids)


@dataclass(frozen=True, slots=True)
class Change:
    """One issue before and after."""

    labelled_now: bool
    labelled_before: bool
    closed_now: bool
    closed_before: bool
    gone_now: bool
    """Archived or in the trash."""
    gone_before: bool
    existed: bool

    @classmethod
    def read(cls, action: str, issue: Issue, memory: Memory) -> Self:
        """Raises MalformedDelivery where the payload lacks labels or state."""
        labelled_now = any(memory.is_trigger(name) for name in issue.labels.values())
        state_type = issue.state[1]
        restored = action == "restore"
        return cls(
            labelled_now=labelled_now,
            labelled_before=_labelled_before(issue, memory, labelled_now=labelled_now),
            closed_now=state_type in CLOSED_STATES,
            closed_before=_closed_before(issue, memory),
            gone_now=any(issue.data.get(key) for key in ("archivedAt", "trashed")),
            gone_before=restored
            or any(issue.before.get(key, issue.data.get(key)) for key in ("archivedAt", "trashed")),
            existed=action != "create",
        )

    @property
    def wanted_now(self) -> bool:
        """Whether somebody wants the fleet to work on the ticket."""
        return self.labelled_now and not self.closed_now and not self.gone_now

    @property
    def wanted_before(self) -> bool:
        """The same, before the change."""
        was_open = not self.closed_before and not self.gone_before
        return self.existed and self.labelled_before and was_open

    def reason(self, label: str) -> str:
        """Why the ticket is not wanted any more, for people."""
        if not self.labelled_now:
            return f"the label `{label}` was removed"
        return "the ticket was closed" if self.closed_now else "the ticket was archived or trashed"


def _labelled_before(issue: Issue, memory: Memory, *, labelled_now: bool) -> bool:
    before = issue.labels_before
    if before is None:
        return labelled_now
    if any(memory.is_trigger(name) for id_, name in issue.labels.items() if id_ in before):
        return True
    removed = before - issue.labels.keys()
    if labelled_now:
        return any(memory.was_trigger(id_) for id_ in removed)
    return bool(removed) and memory.may_hold_trigger(removed)


def _closed_before(issue: Issue, memory: Memory) -> bool:
    if "stateId" not in issue.before:
        return issue.state[1] in CLOSED_STATES
    taken_back = any(issue.before.get(key) for key in ("completedAt", "canceledAt"))
    return taken_back or memory.closed(issue.before["stateId"])
