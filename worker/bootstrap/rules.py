"""``fleet rules propose``, wired: the run's journal, the repository, and the evaluator's model."""

from worker.bootstrap.fleet import code_host, repositories
from worker.bootstrap.models import rule_writer
from worker.bootstrap.secrecy import redactor
from worker.domain.run import Run
from worker.rules.proposing import Asked, Proposed, Proposing
from worker.settings import Settings
from worker.settings.faults import refuse
from worker.settings.models import model_fault


def propose_rule(run: Run, asked: Asked, settings: Settings) -> Proposed:
    """See ``Proposing.propose``."""

    def check(model: str) -> None:
        fault = model_fault(settings, "The evaluator's model", model)
        refuse([fault] if fault else [])

    proposing = Proposing(
        repositories(settings),
        code_host(settings),
        rule_writer(settings),
        settings.fleet,
        check,
        redactor(settings),
    )
    return proposing.propose(run, asked)
