"""``fleet demo``: the whole product on loopback, watched live."""

import contextlib
import signal
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel

from worker import bootstrap
from worker.demo import play, scene
from worker.demo.play import Cast, Stage
from worker.domain.errors import ConfigurationError, Unavailable
from worker.domain.events import Outcome
from worker.domain.run import Run
from worker.rendering.lines import line
from worker.settings import Role, Settings

OUT: Final = Console()
LONGEST_SECONDS = 900.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    model: Annotated[
        str | None,
        typer.Option(
            help="`smollm2` (a real model on this machine), or provider:name with your own key. "
            "Not given: a scripted model that errs in round 1."
        ),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="The GGUF file of `smollm2`.")] = None,
    keep: Annotated[bool, typer.Option(help="Leave it up to play with, until Ctrl-C.")] = False,
    directory: Annotated[Path | None, typer.Option(help="Where everything lies.")] = None,
) -> None:
    """Play a ticket from its label to its pull request, with everything real but the paid parts."""
    signal.signal(signal.SIGTERM, _terminated)
    place = directory or Path(tempfile.mkdtemp(prefix="storyfleet-demo-"))
    with contextlib.ExitStack() as stack:
        stage_scene, cast = _cast(model, weights, stack)
        stage = stack.enter_context(play.staged(place, stage_scene, cast))
        _say(f"Linear, GitHub, git and models: {stage.stubs_url} (stand-ins, on loopback)")
        identifier = play.label_a_ticket(stage, stage_scene)
        _say(f"{identifier} “{stage_scene.title}” written and labelled `agent`")
        run = _follow(stage)
        _show(stage, run)
        if keep:
            _hold(stage)
    if run.closed is None or run.closed.outcome is not Outcome.ACCEPTED:
        raise typer.Exit(1)


def _terminated(number: int, frame: FrameType | None) -> None:
    """Leave through every ``with`` block, so that no process of the demo stays behind."""
    del frame
    raise SystemExit(128 + number)


def _cast(
    model: str | None, weights: Path | None, stack: contextlib.ExitStack
) -> tuple[scene.Scene, Cast]:
    if model is None:
        coder, judge = "openai:scripted-coder", "openai:scripted-judge"
        return scene.scripted(), Cast(coder, judge, "native-tools")
    if model == "smollm2":
        if weights is None or not weights.is_file():
            raise ConfigurationError(
                "`--model smollm2` needs its weights: give --weights FILE.gguf, or run "
                "infra/scripts/demo --model smollm2, which gets them."
            )
        url = stack.enter_context(bootstrap.local_model(weights))
        return scene.for_smollm2(), Cast("openai:smollm2", None, "native-whole", url)
    if not all(model.partition(":")):
        raise ConfigurationError("--model is `smollm2`, or provider:name (openai:gpt-5).")
    Settings.load(Role.LOCAL)
    return scene.for_a_real_model(), Cast(model, model, "native-tools", own_keys=True)


def _follow(stage: Stage) -> Run:
    """Print each event as it becomes durable, until the run is closed."""
    store = bootstrap.database(stage.database_url)
    began, seen = time.monotonic(), 0
    while time.monotonic() - began < LONGEST_SECONDS:
        stage.processes.check()
        rows = store.runs(1)
        journal = list(store.journal(rows[0].id)) if rows else []
        for number in range(seen, len(journal)):
            run = Run.from_journal(journal[: number + 1])
            _say(f"{time.monotonic() - began:6.1f} s  {line(run, journal[number])}")
            if run.closed:
                return run
        seen = len(journal)
        time.sleep(0.1)
    raise Unavailable(
        f"The demo did not end within {LONGEST_SECONDS:.0f} s; logs: {stage.directory}"
    )


def _show(stage: Stage, run: Run) -> None:
    pulls: list[dict[str, Any]] = stage.get("/github/pulls")
    for pull in pulls:
        title = f"pull request #{pull['number']}: {pull['title']}"
        OUT.print(Panel(Markdown(_unfolded(pull["body"])), title=title))
    OUT.print(f"\nEverything lies in {stage.directory}:", markup=False)
    for name, what in (
        (f"git/{scene.REPOSITORY}.git", f"the repository; `git log {run.branch}` there"),
        ("data/storyfleet.db", "inbox, runs, journals, leases"),
        ("logs/", "receiver, worker, reconciler, stubs"),
    ):
        _say(f"  {name:26} {what}")


def _unfolded(body: str) -> str:
    """GitHub's folding marks, as headings a terminal can show."""
    return (
        body.replace("<details>", "")
        .replace("</details>", "")
        .replace("<summary>", "### ▸ ")
        .replace("</summary>", "")
    )


def _hold(stage: Stage) -> None:
    OUT.print("\nStill up. Label more tickets, for example:", markup=False)
    url = f"{stage.stubs_url}/_stub/linear/tickets"
    body = '{"title": "Round up", "description": "…", "labels": ["agent"]}'
    OUT.print(f"  curl -d '{body}' {url}", markup=False, highlight=False, soft_wrap=True)
    OUT.print("Ctrl-C ends it.", markup=False)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            stage.processes.check()
            time.sleep(1)


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
