"""Which costs that were written down no event of a run speaks of."""

from collections.abc import Iterator, Sequence

from worker.domain.access import DoorSpend
from worker.domain.budget import Spend
from worker.domain.events import SessionLost
from worker.domain.run import Run


def lost_sessions(run: Run, noted: Sequence[DoorSpend]) -> Iterator[SessionLost]:
    """One event for each door with calls that nobody has counted.

    Not to be asked while a session of the run is under way here: it would be taken for lost. Of one
    that is, elsewhere, by a worker that lost its lease, later calls are found the next time.
    """
    reported = {one.report.session.door for one in run.rounds}
    for each in noted:
        before = [event for event in run.lost if event.door == each.door]
        counted = max((event.calls for event in before), default=0)
        if each.door not in reported and each.calls > counted:
            known = sum((event.spend for event in before), Spend())
            yield SessionLost(each.door, each.calls, each.spend - known)
