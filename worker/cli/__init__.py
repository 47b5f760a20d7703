"""``fleet``: the command line. Each command is a few lines over the composition root."""

import sys

import typer

from worker.cli import calibrate, demo, local, rerun, rules, runs, services
from worker.domain.errors import FleetError

app = typer.Typer(
    name="fleet",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A fleet of coding agents: label a ticket, review a pull request.",
)
for commands in (local, services, runs, rules, rerun, calibrate, demo):
    commands.register(app)


def main() -> None:
    """Entry point. A deliberate error is shown as its text, which says what to do; exit code 2."""
    try:
        app()
    except FleetError as fault:
        sys.stderr.write(f"{fault}\n")
        raise SystemExit(2) from None
