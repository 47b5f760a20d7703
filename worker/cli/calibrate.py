"""``fleet calibrate``: how far the judge can be believed, on a repository of one's own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from worker import bootstrap
from worker.domain.calibration import Calibration, Judged, Known
from worker.rendering.text import money, one_line
from worker.settings import Role, Settings

OUT = Console()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("calibrate")(calibrate)


def calibrate(
    repo: Annotated[
        Path, typer.Option(help="Top directory of a git repository with tests; its current branch.")
    ] = Path(),
    model: Annotated[
        str | None,
        typer.Option(help="The judge's model, as provider:name. Else EVALUATOR_MODEL."),
    ] = None,
    cases: Annotated[int, typer.Option(min=2, help="How many changes to judge.")] = 24,
    seed: Annotated[int, typer.Option(help="Chooses the faults: the same ones again.")] = 1,
) -> None:
    """Judge the judge: put known good and known bad changes before it, and count its mistakes.

    The changes are made of the repository's own code and tests: code as it is, the same with a
    fault that a test notices, with instructions to the judge beside it, and code of another file.
    It costs a call of the model for each. Exit code 1 if the judge accepts too much.
    """
    settings = Settings.load(Role.LOCAL)
    made = bootstrap.calibrate(
        repo.resolve(), settings, model=model, most=cases, seed=seed, say=_say
    )
    OUT.print(_table(made))
    OUT.print(
        f"False accepts: {made.false_accepts} of {made.bad}. False rejects: {made.false_rejects} of"
        f" {made.good}. Cost: {made.spend.tokens} tokens, {money(made.spend)}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    if made.warning:
        OUT.print(made.warning, style="bold red", markup=False)
        raise typer.Exit(1)


def _say(one: Judged) -> None:
    mark = "wrong" if one.false_accept or one.false_reject else "right"
    did = "accepted" if one.accepted else "not accepted"
    why = f" ({one_line(one.why, 100)})" if one.why else ""
    OUT.print(f"{mark}: {one.known}, {did}: {one.name}{why}", markup=False, highlight=False)


def _table(made: Calibration) -> Table:
    table = Table("change", "judged", "accepted", title=escape(f"The judge {made.model}"))
    for known in Known:
        own = [one for one in made.judged if one.known is known]
        if own:
            table.add_row(known.value, str(len(own)), str(sum(one.accepted for one in own)))
    return table
