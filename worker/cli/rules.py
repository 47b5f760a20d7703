"""``fleet rules propose``: what a run that ended badly teaches, for a person to decide on."""

from typing import Annotated

import typer
from rich.console import Console

from worker import bootstrap, status
from worker.domain.lease import RunId
from worker.rendering.text import money
from worker.rules.proposing import Asked, Proposed
from worker.settings import Role, Settings

OUT = Console()


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    rules = typer.Typer(no_args_is_help=True, help="Rules that runs teach.")
    rules.callback()(_only_groups)
    rules.command("propose")(propose)
    app.add_typer(rules, name="rules")


def _only_groups() -> None:
    """Rules that runs teach."""


def propose(
    run_id: Annotated[str, typer.Argument(help="As listed by `fleet runs`.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the rule and the change; push nothing.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Draft again where its pull request is open already.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(help="The model to ask, as provider:name. Else the evaluator's."),
    ] = None,
) -> None:
    """Name the root cause of a run that ended badly, and propose a rule in a pull request.

    For runs that gave up, went over budget, failed, or were accepted only after something came
    back or a tier was given up. The rule goes into the repository's rules file (`rules_file`, else
    the first of AGENTS.md, CLAUDE.md, … that is there); a person merges it or does not. One pull
    request per run: again, the same one. Exit code 2 if the run is none to learn from, or the
    model's answer does not fit.
    """
    settings = Settings.load(Role.WORKER)
    run = status.run(bootstrap.store(settings), RunId(run_id))
    if run is None:
        raise typer.BadParameter(f"there is no run {run_id}; `fleet runs` lists them")
    _show(bootstrap.propose_rule(run, Asked(model, push=not dry_run, anew=anew), settings))


def _show(made: Proposed) -> None:
    if made.rule is not None:
        _say(f"Root cause: {made.rule.root_cause}")
        _say(f"Rule: {made.rule.text}")
        for fact in made.rule.evidence:
            _say(f"Evidence: {fact.key}")
        _say(f"\n{made.diff.text}")
        _say(f"Asked for {made.spend.tokens} tokens, {money(made.spend)}.")
    if made.pull_request is None:
        _say("Nothing was pushed.")
    elif made.rule is None:
        _say(f"It is proposed already: {made.pull_request.url} (--anew drafts again)")
    else:
        _say(f"Pull request: {made.pull_request.url}")


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
