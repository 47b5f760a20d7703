"""``fleet runs``, ``show``, ``cancel``, ``retry``: what the fleet is doing, and having a say."""

import time
import uuid
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from worker import bootstrap, status
from worker.domain.errors import Unavailable
from worker.domain.events import Outcome, RunReopened
from worker.domain.lease import RunId
from worker.domain.signals import Delivery, TicketWithdrawn
from worker.rendering import transcript
from worker.settings import Role, Settings

OUT = Console()


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("runs")(list_runs)
    app.command("show")(show)
    app.command("cancel")(cancel)
    app.command("retry")(retry)


def list_runs(
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 30,
) -> None:
    """List the newest runs with their state."""
    table = Table(Column("run", no_wrap=True), Column("ticket", no_wrap=True))
    for name in ("repository", "state", "outcome", "attempt", "age", "note"):
        table.add_column(name, overflow="fold")
    for row in status.runs(bootstrap.store(Settings.load(Role.RECONCILER)), limit):
        age = f"{max(0, int(time.time() - row.created_at)) // 60} min"
        cells = (row.id, row.ticket, row.repository or "-", row.state, str(row.outcome or ""))
        table.add_row(*map(escape, cells), str(row.attempt), age, escape(row.note))
    OUT.print(table)


def show(
    run_id: Annotated[str, typer.Argument(help="As listed by `fleet runs`.")],
    transcript_: Annotated[
        bool, typer.Option("--transcript", help="The whole transcript, as Markdown.")
    ] = False,
) -> None:
    """Show what happened in a run."""
    store = bootstrap.store(Settings.load(Role.RECONCILER))
    run = status.run(store, RunId(run_id))
    if run is None:
        raise typer.BadParameter(f"there is no run {run_id}; `fleet runs` lists them")
    if transcript_ and run.plan:
        OUT.print(transcript.render(run), markup=False, highlight=False, soft_wrap=True)
        return
    for text in status.history(store, RunId(run_id)):
        OUT.print(text, markup=False, highlight=False, soft_wrap=True)


def cancel(
    run_id: Annotated[str, typer.Argument(help="As listed by `fleet runs`.")],
    reason: Annotated[str, typer.Option(help="Shown on the ticket.")] = "cancelled by the operator",
) -> None:
    """Stop a run: its container dies within a heartbeat, and the ticket is told."""
    settings = Settings.load(Role.RECONCILER)
    store = bootstrap.store(settings)
    run = status.run(store, RunId(run_id))
    if run is None or run.closed:
        raise typer.BadParameter(f"there is no open run {run_id}; `fleet runs` lists them")
    signal = TicketWithdrawn(run.ref.id, reason)
    store.receive(Delivery("cli", str(uuid.uuid4()), "withdrawn", signal))
    _ring(settings)
    OUT.print(f"{run_id}: cancellation requested.")


def retry(run_id: Annotated[str, typer.Argument(help="As listed by `fleet runs`.")]) -> None:
    """Take up a failed run again, after mending what failed; finished rounds are not repeated."""
    settings = Settings.load(Role.RECONCILER)
    store = bootstrap.store(settings)
    run = status.run(store, RunId(run_id))
    if run is None or run.closed is None or run.closed.outcome is not Outcome.FAILED:
        raise typer.BadParameter(f"there is no failed run {run_id}; `fleet runs` lists them")
    mapped = settings.fleet.repository_for(run.ref)
    if not store.reopen(run.id, RunReopened(mapped.slug if mapped else None)):
        raise typer.BadParameter(f"the ticket {run.ref.identifier} has another open run")
    _ring(settings)
    OUT.print(f"{run_id}: taken up again.")


def _ring(settings: Settings) -> None:
    try:
        bootstrap.bell(settings).ring()
    except Unavailable as fault:
        OUT.print(f"No worker could be told now ({fault}); the reconciler will.", style="yellow")
