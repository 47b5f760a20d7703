"""``fleet run``: one story on a person's own repository, with no service but Docker."""

import shlex
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from worker import bootstrap, telemetry
from worker.bootstrap import LocalRun
from worker.domain.errors import ConfigurationError
from worker.domain.events import Outcome, RunEvent
from worker.domain.repository_settings import RepositorySettings
from worker.domain.run import Run
from worker.rendering.lines import line
from worker.settings import Role, Settings

OUT: Final = Console()

EXIT_CODES: Final = {
    Outcome.ACCEPTED: 0,
    Outcome.GAVE_UP: 1,
    Outcome.OVER_BUDGET: 3,
    Outcome.QUESTIONS: 4,
    Outcome.FAILED: 5,
    Outcome.CANCELLED: 6,
}
"""2 is a wrong command line or setting, 130 an interruption."""

EXIT_TEXT = (
    "Exit codes: 0 accepted; 1 gave up; 2 wrong option or setting; 3 over budget; "
    "4 a question must be answered first; 5 something is broken; 130 interrupted."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", epilog=EXIT_TEXT)(run)


class Progress:
    """An Observer that prints a line for each event."""

    def __init__(self, console: Console) -> None:
        self._console, self._began = console, time.monotonic()

    def saw(self, run: Run, event: RunEvent) -> None:
        """Print what happened and when, in seconds since the start."""
        elapsed = time.monotonic() - self._began
        self.say(f"{elapsed:6.1f} s  {line(run, event)}")

    def say(self, text: str) -> None:
        """Print one text as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def run(
    story: Annotated[Path, typer.Argument(help="Markdown: a title, a description, criteria.")],
    repo: Annotated[Path, typer.Option(help="Top of the git repository to work on.")] = Path(),
    agent: Annotated[
        str | None, typer.Option(help="native-tools, native-whole, or one of the fleet file's.")
    ] = None,
    agent_command: Annotated[
        str | None,
        typer.Option(
            help="Any coding agent's command line instead, run in the sandbox; {prompt}, "
            "{prompt_file}, {model} and {round} are filled in."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option(help="The coder's, as provider:name.")] = None,
    evaluator: Annotated[
        str | None, typer.Option(help="judge, or command: the exit code decides alone.")
    ] = None,
    evaluator_model: Annotated[str | None, typer.Option(help="The judge's.")] = None,
    execution_command: Annotated[
        str | None, typer.Option(help="What must exit 0. Derived from the repository if not given.")
    ] = None,
    max_iterations: Annotated[int | None, typer.Option(min=1, help="Rounds at most.")] = None,
    image: Annotated[str | None, typer.Option(help="The sandbox's image.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Directory for the pull request's text and the transcript.")
    ] = None,
) -> None:
    """Work on one story in your own repository; ends with a branch and the pull request's text.

    Nothing in the working tree, the index or the configuration is touched.
    """
    overrides = RepositorySettings(
        agent="command" if agent_command else agent,
        coder_model=_model("--model", model),
        evaluator=_evaluator(evaluator),
        evaluator_model=_model("--evaluator-model", evaluator_model),
        execution_command=execution_command,
        max_iterations=max_iterations,
        image=image,
    )
    settings = Settings.load(Role.LOCAL)
    telemetry.configure(settings)
    place = output or settings.data_dir / "runs" / f"{story.stem}-{int(time.time())}"
    asked = LocalRun(
        story=story,
        repository=repo,
        output=place,
        overrides=overrides,
        agent_command=_words(agent_command),
        evaluator="judge" if evaluator_model or settings.evaluator_model else "command",
    )
    progress = Progress(OUT)
    try:
        done = bootstrap.run_locally(asked, settings, (progress,), progress.say)
    except KeyboardInterrupt:
        OUT.print("Interrupted; the sandbox is removed and nothing was changed.")
        raise typer.Exit(130) from None
    _tell(done, place)
    raise typer.Exit(EXIT_CODES[done.closed.outcome] if done.closed else EXIT_CODES[Outcome.FAILED])


def _words(command: str | None) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command)) if command else ()
    except ValueError as fault:
        raise ConfigurationError(f"--agent-command is not a command line: {fault}.") from fault


def _model(option: str, name: str | None) -> str | None:
    if name is not None and not all(name.partition(":")):
        raise ConfigurationError(f"{option} must be written as provider:name (openai:gpt-5).")
    return name


def _evaluator(name: str | None) -> str | None:
    if name not in (None, "judge", "command"):
        raise ConfigurationError("--evaluator must be `judge` or `command`.")
    return name


def _tell(run: Run, place: Path) -> None:
    lines = []
    if run.closed and run.closed.outcome in (Outcome.QUESTIONS, Outcome.FAILED):
        lines += ["", run.closed.reason]
    if run.published:
        lines += ["", f"branch        {run.published.branch}"]
        lines += [f"pull request  {place / 'pull-request.md'}"]
        lines += [f"transcript    {run.published.transcript_url or 'none'}"]
    for text in lines:
        OUT.print(text, markup=False, highlight=False, soft_wrap=True)
