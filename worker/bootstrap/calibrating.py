"""``fleet calibrate``, wired: the judge of the settings, and a person's own repository."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from worker.bootstrap.local import LocalRun, local_fleet, local_ports
from worker.calibration.calibrating import Calibrating, Say
from worker.domain.calibration import Calibration
from worker.domain.errors import ConfigurationError
from worker.domain.events import RunOpened
from worker.domain.fleet import Fleet
from worker.domain.lease import FencingToken
from worker.domain.protection import is_test
from worker.domain.repository_settings import RepositorySettings
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.intake.admission import opening
from worker.ports import Checkout, Ports, Syntax
from worker.settings import Settings
from worker.settings.faults import refuse
from worker.settings.models import model_fault
from worker.stages import examine_story

_FILE = "calibration.json"
_LARGEST = 200_000
"""Characters; larger files are data, or made by a program."""


def calibrate(
    repository: Path, settings: Settings, *, model: str | None, most: int, seed: int, say: Say
) -> Calibration:
    """Judge known changes of the repository's base branch, and keep the figure.

    Raises ConfigurationError, RepositoryUnavailable, Unavailable, PermanentError.
    """
    with TemporaryDirectory(prefix="calibration-") as output:
        overrides = RepositorySettings(evaluator="judge", evaluator_model=model, agent="command")
        asked = LocalRun(Path(), repository, Path(output), overrides, ("true",), "judge")
        ticket = _ticket(settings.trigger_label)
        fleet = local_fleet(asked, settings)
        ports = local_ports(asked, settings, fleet, ticket, ())
        run = _planned(ports, opening(ticket.ref, fleet, time.time_ns()), fleet)
        fault = model_fault(settings, "The judge's model", run.require_plan().evaluator_model or "")
        refuse([fault] if fault else [])
        made = _calibrated(run, ports, most, seed, say)
    _keep(settings, made)
    return made


def calibration_warnings(settings: Settings) -> list[str]:
    """What the last calibration of each model is to be warned of, loudly."""
    return [str(told["warning"]) for told in _kept(settings).values() if told.get("warning")]


def _planned(ports: Ports, opened: RunOpened, fleet: Fleet) -> Run:
    run = Run(opened.run_id, opened.ticket, opened.repository)
    examined = examine_story.perform(
        run, ports.tracker, ports.code_host, ports.repositories, ports.store, fleet
    )
    run = run.apply(examined)
    if run.plan is None:
        raise ConfigurationError(
            "\n".join(run.questions) or "The repository cannot be planned for."
        )
    return run


def _calibrated(run: Run, ports: Ports, most: int, seed: int, say: Say) -> Calibration:
    plan = run.require_plan()
    with ports.repositories.open(run.repository or "", run.id) as checkout:
        image = ports.sandboxes.image(plan.image, lambda: checkout.archive(plan.base_commit))
        spec = SandboxSpec(run.id, FencingToken(1), "calibration", image, plan.limits)
        return Calibrating(
            run,
            spec,
            checkout.bundle(plan.base_commit),
            _files(checkout, plan.base_commit, ports.syntax),
            ports.sandboxes,
            ports.syntax,
            ports.judge,
            ports.clock,
        ).calibrate(most, seed, say)


def _files(checkout: Checkout, commit: str, syntax: Syntax) -> dict[str, str]:
    paths = [p for p in checkout.files(commit) if syntax.language(p) is not None or is_test(p)]
    texts = ((path, checkout.read(commit, path) or "") for path in paths)
    return {path: text for path, text in texts if len(text) <= _LARGEST}


def _ticket(label: str) -> Ticket:
    ref = TicketRef(TicketId("calibration"), "CALIBRATION", "LOCAL")
    description = "## Acceptance criteria\n- the judge is known\n"
    return Ticket(ref, "Calibrate the judge", description, "", labels=(label,))


def _kept(settings: Settings) -> dict[str, dict[str, object]]:
    """What was kept, by model; nothing where that cannot be read."""
    try:
        kept = json.loads((settings.data_dir / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(settings: Settings, made: Calibration) -> None:
    kept = _kept(settings)
    kept[made.model] = {
        "at": int(time.time()),
        "good": made.good,
        "false_rejects": made.false_rejects,
        "bad": made.bad,
        "false_accepts": made.false_accepts,
        "warning": made.warning,
    }
    path = settings.data_dir / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
