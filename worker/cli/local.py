"""``fleet run``: one story on a person's own repository, with no service but Docker."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn
from urllib.parse import urlsplit
from urllib.request import url2pathname

import typer
from rich.console import Console

from worker import bootstrap, telemetry
from worker.bootstrap import LocalRun
from worker.cli import local_options as options
from worker.domain.errors import ConfigurationError, RetryableError
from worker.domain.events import Outcome, RunEvent, RunFailed, StoryExamined, WorkStarted
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
"""2 is a wrong option or setting, 130 an interruption."""

BROKEN: Final = EXIT_CODES[Outcome.FAILED]
STOPPING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", help=options.HELP, epilog=options.EXIT_TEXT)(run)


class Progress:
    """An Observer that prints a line for each event."""

    def __init__(self, console: Console) -> None:
        self._console, self._began = console, time.monotonic()

    def saw(self, run: Run, event: RunEvent) -> None:
        """Print what happened and when, in seconds since the start."""
        if isinstance(event, WorkStarted | RunFailed):
            return  # there is no ticket to be told, and the end of a failed run says why
        elapsed = time.monotonic() - self._began
        self.say(f"{elapsed:6.1f} s  {line(run, event)}")
        if isinstance(event, StoryExamined) and event.plan:
            texts = (f"{c.number}. {c.text}" for c in event.plan.criteria)
            for text in (*texts, *event.plan.assumptions, *event.plan.warnings):
                self.say("          " + text.replace("\n", "\n          "))

    def say(self, text: str) -> None:
        """Print one text as it is."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)


def run(
    story: options.Story,
    repo: options.Repository = Path(),
    agent: options.Agent = None,
    agent_command: options.AgentCommand = None,
    model: options.Model = None,
    evaluator: options.Evaluator = None,
    evaluator_model: options.EvaluatorModel = None,
    execution_command: options.ExecutionCommand = None,
    max_iterations: options.MaxIterations = None,
    image: options.Image = None,
    output: options.Output = None,
) -> None:
    """Work on one story, tell how it went, and exit with the code that the help explains."""
    _printable()
    if agent and agent_command is not None:
        raise ConfigurationError("Give --agent or --agent-command, not both.")
    words = _words(agent_command)
    overrides = RepositorySettings(
        agent="command" if words else agent,
        coder_model=_model("--model", model),
        evaluator=_evaluator(evaluator),
        evaluator_model=_model("--evaluator-model", evaluator_model),
        execution_command=execution_command,
        max_iterations=max_iterations,
        image=image,
    )
    settings = Settings.load(Role.LOCAL, directory=_settings_directory(repo))
    telemetry.configure(settings, redactor=bootstrap.redactor(settings))
    asked = LocalRun(
        story=story,
        repository=repo,
        output=output or settings.data_dir / "runs" / f"{story.stem}-{int(time.time())}",
        overrides=overrides,
        agent_command=words,
        evaluator="judge" if evaluator_model or settings.evaluator_model else "command",
    )
    raise typer.Exit(_driven(asked, settings))


def _driven(asked: LocalRun, settings: Settings) -> int:
    """Drive the run and tell how it ended; the exit code."""
    progress = Progress(OUT)
    try:
        with _stoppable():
            done = bootstrap.run_locally(asked, settings, (progress,), progress.say)
    except RetryableError as fault:
        sys.stderr.write(f"{fault}\n")
        return BROKEN
    except SystemExit as stop:
        progress.say("Interrupted; the sandbox is removed.")
        return int(stop.code or 0)
    _tell(done, asked, progress)
    return EXIT_CODES[done.closed.outcome] if done.closed else BROKEN


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn an interruption into a SystemExit with 128 + signal, once: cleaning up is not disturbed.

    Python's own handler of Ctrl-C would be replaced by asyncio's, which waits for a command to end.
    """
    before = {number: signal.signal(number, _stop) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for each in STOPPING:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _printable() -> None:
    """A terminal that lacks a character shows a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _settings_directory(repository: Path) -> Path:
    """A project's own ``.env`` means something else, and must not say where our keys are sent."""
    here = Path.cwd()
    if not here.resolve().is_relative_to(repository.resolve()):
        return here
    return Path(os.path.expanduser("~/.config/storyfleet"))  # noqa: PTH111 - never raises


def _words(command: str | None) -> tuple[str, ...]:
    if command is None:
        return ()
    try:
        words = tuple(shlex.split(command))
    except ValueError as fault:
        raise ConfigurationError(f"--agent-command is not a command line: {fault}.") from fault
    if not words:
        raise ConfigurationError("--agent-command is empty.")
    return words


def _model(option: str, name: str | None) -> str | None:
    if name is not None and not all(name.partition(":")):
        raise ConfigurationError(f"{option} must be written as provider:name (openai:gpt-5).")
    return name


def _evaluator(name: str | None) -> str | None:
    if name not in (None, "judge", "command"):
        raise ConfigurationError("--evaluator must be `judge` or `command`.")
    return name


def _tell(run: Run, asked: LocalRun, progress: Progress) -> None:
    if run.closed and run.closed.outcome in (Outcome.QUESTIONS, Outcome.FAILED):
        progress.say(f"\n{run.closed.reason}")
    if not run.published or not run.plan:
        return
    published = run.published
    progress.say(f"\nbranch        {published.branch}")
    progress.say(f"pull request  {_path(published.pull_request.url)}")
    if published.transcript_url:
        progress.say(f"transcript    {_path(published.transcript_url)}")
    where = shlex.quote(str(asked.repository))
    change = shlex.quote(f"{run.plan.base_branch}...{published.branch}")
    progress.say(f"to see it     git -C {where} diff {change}")


def _path(url: str) -> str:
    return url2pathname(urlsplit(url).path)
