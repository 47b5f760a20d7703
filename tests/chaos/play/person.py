"""The people at play: they write tickets, label, edit, block, take back and finish them."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.engine.watching import RunRow
from tests.chaos.engine.world import World
from tests.chaos.play.cases import CANCELLED_MIDWAY, LABEL, Case, Kind

UNDER_WAY = 4
"""Events of a journal whose first round's work is done: opened, examined, started, reported."""


@dataclass
class Written:
    """A ticket that was written, and what its author did since."""

    case: Case
    id: str
    identifier: str
    edits: int = 0
    taken_back: bool = False
    finished: bool = False
    cancelling: subprocess.Popen[bytes] | None = None


@dataclass
class People:
    """Write the cases one after another, and act on what they see. Never wait."""

    world: World
    cases: Sequence[Case]
    written: dict[int, Written] = field(default_factory=dict)
    """By the case's number."""

    def write(self, up_to: int) -> None:
        """Have at least that many tickets written."""
        for case in self.cases[len(self.written) : up_to]:
            self.written[case.number] = self._write(case)

    def act(self, runs: Mapping[str, Sequence[RunRow]]) -> None:
        """Do what each author would do now; ``runs`` are those of each ticket, by identifier."""
        blockers = {case.blocked_by for case in self.cases}
        for each in self.written.values():
            rows = runs.get(each.identifier, ())
            if each.case.kind is Kind.EDITED and each.edits < 2:
                self._edit(each)
            if each.case.kind in CANCELLED_MIDWAY and rows:
                self._cancel(each, rows[-1])
            if each.case.number in blockers and not each.finished:
                self._finish(each, rows)

    def ended(self, runs: Mapping[str, Sequence[RunRow]]) -> list[Written]:
        """The tickets on which nothing more will happen."""
        return [each for each in self.written.values() if _ended(each, runs)]

    def stop(self) -> None:
        """End the commands that still run."""
        for each in self.written.values():
            if each.cancelling is not None and each.cancelling.poll() is None:
                each.cancelling.kill()
                each.cancelling.wait()

    def _write(self, case: Case) -> Written:
        stubs = self.world.stubs
        labels = [LABEL] if case.created_with_label else []
        ticket = stubs.create_ticket(
            case.title, case.story, case.repository, labels=labels, priority=case.priority
        )
        written = Written(case, ticket["id"], ticket["identifier"])
        if case.blocked_by is not None:
            stubs.block(written.id, self.written[case.blocked_by].id)
        if not case.created_with_label:
            stubs.label(written.id, add=(LABEL,))
        if case.kind is Kind.TAKEN_BACK:
            stubs.label(written.id, remove=(LABEL,))
            written.taken_back = True
        return written

    def _edit(self, each: Written) -> None:
        each.edits += 1
        more = f"\nEdited {each.edits} time(s): this changes nothing.\n"
        self.world.stubs.edit(each.id, description=each.case.story + more)

    def _cancel(self, each: Written, row: RunRow) -> None:
        if row.state == "closed" or row.events < UNDER_WAY:
            return
        if each.case.kind is Kind.FLEET_CANCEL:
            self._ask_fleet(each, row)
        elif not each.taken_back:
            each.taken_back = True
            if each.case.kind is Kind.UNLABELLED:
                self.world.stubs.label(each.id, remove=(LABEL,))
            else:
                self.world.stubs.close(each.id, "canceled")

    def _ask_fleet(self, each: Written, row: RunRow) -> None:
        """Again where it failed: an operator would see that."""
        if each.cancelling is None or each.cancelling.poll():
            command = self.world.fleet("cancel", row.id)
            with self.world.supervisor.log("cancel").open("ab") as log:
                each.cancelling = subprocess.Popen(
                    list(command.argv),
                    env=dict(command.environment),
                    cwd=command.directory,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )

    def _finish(self, each: Written, rows: Sequence[RunRow]) -> None:
        """What blocks others is finished by its author once its pull request is there."""
        if rows and rows[-1].state == "closed":
            self.world.stubs.close(each.id, "completed")
            each.finished = True


def _ended(each: Written, runs: Mapping[str, Sequence[RunRow]]) -> bool:
    rows = runs.get(each.identifier, ())
    if not rows:
        return each.case.nature.may_never_run
    return all(row.state == "closed" for row in rows)
