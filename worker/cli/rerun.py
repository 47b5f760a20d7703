"""``fleet rerun`` and ``fleet compare``: a ticket once more, and both runs side by side."""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from worker import bootstrap, status
from worker.domain.errors import Unavailable
from worker.domain.lease import RunId
from worker.domain.run import Run
from worker.intake.rerun import counterpart, open_rerun
from worker.ports import RunStore
from worker.rendering.comparison import differences, rows
from worker.settings import Role, Settings

OUT = Console()
LOOK_SECONDS = 2.0

RunArgument = Annotated[str, typer.Argument(help="As listed by `fleet runs`.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("rerun")(rerun)
    app.command("compare")(compare)


def rerun(
    run_id: RunArgument,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until it has ended, then compare.")
    ] = False,
) -> None:
    """Repeat a run's ticket as a new run, with the repository and its rules as they are now.

    It has a branch and a pull request of its own; the first run's are not touched. The ticket's
    label and state have no say in it: `fleet cancel` stops it. It counts to the ticket's
    `lifetime` budget. Exit code 2 while the ticket has an open run.
    """
    settings = Settings.load(Role.RECONCILER)
    store = bootstrap.store(settings)
    first = _require(store, run_id)
    again = open_rerun(first, store, settings.fleet)
    try:
        bootstrap.bell(settings).ring()
    except Unavailable as fault:
        _say(f"No worker could be told now ({fault}); the reconciler will.")
    _say(f"{again}: opened, a rerun of {first.id}.")
    if not wait:
        _say(f"`fleet compare {first.id}` shows both side by side.")
        return
    while (second := _require(store, again)).closed is None:
        time.sleep(LOOK_SECONDS)
    _show(first, second)


def compare(
    run_id: RunArgument,
    other_id: Annotated[
        str | None,
        typer.Argument(help="Another run; else its newest rerun, or the run that it repeats."),
    ] = None,
) -> None:
    """Show two runs side by side: outcome, rounds, findings, tests, money, time, pull request."""
    store = bootstrap.store(Settings.load(Role.RECONCILER))
    one = _require(store, run_id)
    other = _require(store, other_id) if other_id else counterpart(one, store)
    if other is None:
        raise typer.BadParameter(
            f"{run_id} has no rerun and is none; `fleet rerun {run_id}` makes one"
        )
    repeated = other_id is None and one.repeats is not None and one.repeats.run == other.id
    _show(*((other, one) if repeated else (one, other)))


def _require(store: RunStore, run_id: str) -> Run:
    run = status.run(store, RunId(run_id))
    if run is None:
        raise typer.BadParameter(f"there is no run {run_id}; `fleet runs` lists them")
    return run


def _show(one: Run, other: Run) -> None:
    table = Table(
        "",
        *(Column(escape(run.id), overflow="fold") for run in (one, other)),
    )
    for row in rows(one, other):
        table.add_row(*map(escape, row))
    OUT.print(table)
    for sentence in differences(one, other):
        _say(sentence)


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
