"""``fleet receiver``, ``worker``, ``reconciler``, ``stubs``, …: the processes of the fleet."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from worker import bootstrap, reconciler, telemetry
from worker.celery import WORKER_ARGUMENTS, WORKER_ENVIRONMENT
from worker.demo import scene
from worker.domain.errors import ConfigurationError
from worker.health import check_health, mark_if_older
from worker.settings import Role, Settings
from worker.settings.child import with_added
from worker.web.app import create_app
from worker.web.server import serve

OUT = Console()

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="TCP port to listen on.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("receiver")(receiver)
    app.command("worker")(worker)
    app.command("reconciler")(run_reconciler)
    app.command("tidy")(tidy)
    app.command("check")(check)
    app.command("health")(health)
    app.command("stubs")(stubs)
    app.command("model-server")(model_server)


def receiver(host: Host = "127.0.0.1", port: Port = 8080) -> None:
    """Receive webhooks: durable first, then answered, then a worker is told."""
    settings = Settings.load(Role.RECEIVER)
    telemetry.configure(settings)
    parts = bootstrap.receiver(settings)
    serve(create_app(parts.store, parts.bell, parts.sources), host, port)


def worker() -> None:
    """Work on tickets: a Celery worker whose task looks for work in the database."""
    settings = Settings.load(Role.WORKER)
    for warning in bootstrap.calibration_warnings(settings):
        OUT.print(warning, style="bold red", markup=False)
    environment = with_added(WORKER_ENVIRONMENT)
    celery = [sys.executable, "-m", "celery", "-A", "worker.celery", *WORKER_ARGUMENTS]
    os.execve(sys.executable, celery, environment)  # noqa: S606 - becomes the worker itself


def run_reconciler() -> None:
    """Find what bells and webhooks missed, again and again."""
    settings = Settings.load(Role.RECONCILER)
    telemetry.configure(settings)
    reconciler.run(settings)


def tidy(
    *,
    as_worker: Annotated[
        bool, typer.Option("--as-worker", hidden=True, help="Git only when it is due.")
    ] = False,
) -> None:
    """Remove what dead workers and closed runs have left on this machine and in git.

    Every worker does this by itself, again and again.
    """
    settings = Settings.load(Role.WORKER)
    telemetry.configure(settings)
    due = not as_worker or mark_if_older(
        settings, "tidied-repositories", settings.tidy_repositories_seconds
    )
    removed = bootstrap.remove_leftovers(settings, everything=due)
    if not as_worker or any(asdict(removed).values()):
        structlog.get_logger("storyfleet.janitor").info("tidied", **asdict(removed))


def check() -> None:
    """Check all settings of the fleet and list every fault; starts nothing."""
    faults: list[str] = []
    for role in (Role.RECEIVER, Role.WORKER, Role.RECONCILER):
        try:
            settings = Settings.load(role)
        except ConfigurationError as fault:
            faults.append(f"{role}: {fault}")
            continue
        for warning in (*settings.warnings, *_of_the_judge(role, settings)):
            OUT.print(f"{role}: {warning}", style="yellow", markup=False)
    if faults:
        raise ConfigurationError("\n".join(faults))
    repositories = ", ".join(r.slug for r in settings.fleet.repositories) or "none"
    OUT.print(f"The settings are complete. Repositories: {repositories}.", markup=False)


def _of_the_judge(role: Role, settings: Settings) -> list[str]:
    return bootstrap.calibration_warnings(settings) if role is Role.WORKER else []


def health(
    role: Annotated[Role, typer.Option(help="Whose mark to look at.")] = Role.WORKER,
) -> None:
    """Exit 0 if this host's worker or reconciler set its mark less than a minute ago."""
    if not check_health(Settings.load(role), role):
        raise typer.Exit(1)


def stubs(
    host: Host = "127.0.0.1",
    port: Port = 8090,
    git_root: Annotated[
        Path | None, typer.Option(help="Directory of the bare repositories owner/name.git.")
    ] = None,
    script: Annotated[Path | None, typer.Option(help="What the models answer, as JSON.")] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="With the demo's repository and script, in place of --script."),
    ] = False,
    public_url: Annotated[str | None, typer.Option(help="How others reach the stubs.")] = None,
    webhook_url: Annotated[str | None, typer.Option(help="The receiver's address.")] = None,
    webhook_secret: str = "stub-webhook-secret",  # noqa: S107 - guards nothing
    github_webhook_url: Annotated[
        str | None, typer.Option(help="The receiver's address for GitHub.")
    ] = None,
    github_webhook_secret: str = "stub-github-webhook-secret",  # noqa: S107
    linear_key: str = "stub-linear-key",
    github_token: str = "stub-github-token",  # noqa: S107
    project: Annotated[list[str] | None, typer.Option(help="A project that exists.")] = None,
    retry_scale: Annotated[float, typer.Option(help="Factor on Linear's retry schedule.")] = 1.0,
) -> None:
    """Serve stand-ins for Linear, GitHub, git and the models, for trying the fleet out."""
    root = git_root or Settings.load(Role.LOCAL).data_dir / "stubs"
    bootstrap.run_stubs(
        script.read_text() if script else _demo_script(root) if demo else None,
        host=host,
        port=port,
        git_root=root,
        public_url=public_url,
        webhook_url=webhook_url,
        webhook_secret=webhook_secret,
        github_webhook_url=github_webhook_url,
        github_webhook_secret=github_webhook_secret,
        linear_key=linear_key,
        github_token=github_token,
        projects=tuple(project or ("Demo",)),
        retry_scale=retry_scale,
    )


def _demo_script(git_root: Path) -> str:
    """Make the demo's repository; what the models answer to its story."""
    known = scene.scripted()
    bootstrap.seed_repository(git_root, scene.REPOSITORY, known.files)
    return json.dumps({"rules": known.script})


def model_server(
    weights: Annotated[Path, typer.Argument(help="A GGUF file.")],
    host: Host = "127.0.0.1",
    port: Port = 8091,
) -> None:
    """Serve a local model with an OpenAI-compatible API."""
    bootstrap.serve_local_model(weights, host, port)
