"""Has a rule drafted from a run that ended badly, and opens the pull request that proposes it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from worker.domain import repository_settings, rule
from worker.domain.budget import Spend
from worker.domain.errors import (
    ConfigurationError,
    DraftRefused,
    FleetError,
    NothingToLearn,
    PermanentError,
)
from worker.domain.evidence import Diff
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.lease import RunId
from worker.domain.pull_request import PullRequest
from worker.domain.redaction import redacted
from worker.domain.repository_settings import FILE_NAME, RepositorySettings, SettingsFileFault
from worker.domain.rule import Fact, Rule, RuleDraft, RuleQuestion
from worker.domain.rules_file import rules_path, with_rule
from worker.domain.run import Run
from worker.ports import Checkout, CodeHost, Repositories, RuleWriter
from worker.rendering import rules as texts

ATTEMPTS = 2
"""A draft that does not fit is asked for once more, with its faults."""
LABEL = "storyfleet"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of it."""

    path: str
    """Of the rules file; empty where nothing new was drafted."""
    rule: Rule | None
    """None where the run's pull request was open already, and is left as it is."""
    diff: Diff
    pull_request: PullRequest | None
    """None where none was to be opened."""
    spend: Spend = Spend()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for."""

    model: str | None = None
    """``provider:name``; None: the evaluator's."""
    push: bool = True
    anew: bool = False
    """Draft again, though the run's pull request is open."""


@dataclass(frozen=True, slots=True)
class Proposing:
    """What it takes."""

    repositories: Repositories
    code_host: CodeHost
    writer: RuleWriter
    fleet: Fleet
    check_model: Callable[[str], None]
    """Raises ConfigurationError for a model whose provider is not set up."""
    redact: Callable[[str], str]

    def propose(self, run: Run, asked: Asked) -> Proposed:
        """Draft a rule and open, or bring up to date, the run's one pull request with it.

        Raises NothingToLearn where the run did not end badly or a person has decided already,
        DraftRefused where the model's answer does not fit, and FleetError.
        """
        rule.require_bad_end(run)
        repository = self._repository(run)
        known = self.code_host.known_pull_request(repository.slug, rule.branch_of_rule(run))
        if known is not None and not known.open:
            how = "merged" if known.merged else "closed"
            raise NothingToLearn(
                f"A rule was proposed for {run.id} before, and a person {how} it: "
                f"{known.pull_request.url}"
            )
        if known is not None and asked.push and not asked.anew:
            return Proposed("", None, Diff(""), known.pull_request)
        # Its own directory: a failed run's commits are still needed where they are.
        with self.repositories.open(repository.slug, RunId(f"{run.id}-rule")) as checkout:
            try:
                return self._proposed(run, asked, repository, checkout)
            finally:
                with suppress(FleetError):
                    checkout.forget()

    def _repository(self, run: Run) -> FleetRepository:
        repository = self.fleet.repository(run.repository or "")
        if repository is None:
            raise ConfigurationError(
                f"The run's repository ({run.repository or 'none'}) is not in the fleet file, "
                "which is the allowlist."
            )
        return repository

    def _proposed(
        self, run: Run, asked: Asked, repository: FleetRepository, checkout: Checkout
    ) -> Proposed:
        base = repository.base_branch or self.code_host.default_branch(repository.slug)
        commit = checkout.resolve(base)
        own = _settings(checkout.read(commit, FILE_NAME)).overridden_by(repository.overrides)
        path = rules_path(own.rules_file, checkout.files(commit))
        present = checkout.read(commit, path)
        if present is not None and "\ufffd" in present:
            raise PermanentError(f"`{path}` is not text in UTF-8: it is not changed.")
        model = self._model(asked, own, repository)
        made, spend = self._rule(run, model, path, present or "")
        subject = f"Rule from {run.ref.identifier}, run {run.id}"
        changed = checkout.commit_file(commit, path, with_rule(present, made.text), subject)
        diff, pull_request = checkout.diff(commit, changed), None
        if asked.push:
            branch = rule.branch_of_rule(run)
            text = redacted(texts.pull_request(run, made, path, model, (LABEL,)), self.redact)
            checkout.push(branch, changed)
            pull_request = self.code_host.publish(repository.slug, base, branch, text, draft=False)
        return Proposed(path, made, diff, pull_request, spend)

    def _model(self, asked: Asked, own: RepositorySettings, repository: FleetRepository) -> str:
        defaults = repository.defaults
        model = asked.model or own.evaluator_model or defaults.evaluator_model
        model = model or own.coder_model or defaults.coder_model
        if model is None:
            raise ConfigurationError("No model is set to ask. Set EVALUATOR_MODEL, or say --model.")
        self.check_model(model)
        return model

    def _rule(self, run: Run, model: str, path: str, present: str) -> tuple[Rule, Spend]:
        known = tuple(redacted(fact, self.redact) for fact in rule.facts(run))
        evidence = self.redact(texts.evidence(run, known, path, present))
        spend, refused, told = Spend(), "", ""
        for _ in range(ATTEMPTS):
            instructions = texts.instructions(told)
            answer = self.writer.draft(RuleQuestion(instructions, evidence, model))
            spend += answer.spend
            if answer.draft is None:
                refused = f"The model's answer could not be read: {answer.fault}"
                # Not the fault itself: it quotes the answer, which must not become an instruction.
                told = "It was not in the form that is asked for."
                continue
            try:
                return self._checked(answer.draft, run, known, present), spend
            except DraftRefused as fault:
                refused = told = str(fault)
        raise DraftRefused(f"{refused} It was asked {ATTEMPTS} times; nothing was proposed.")

    def _checked(self, draft: RuleDraft, run: Run, known: tuple[Fact, ...], present: str) -> Rule:
        if redacted(draft, self.redact) != draft:
            raise DraftRefused("The model's draft holds what looks like a secret.")
        return rule.checked(draft, run, known, present)


def _settings(text: str | None) -> RepositorySettings:
    try:
        return repository_settings.parse(text) if text is not None else RepositorySettings()
    except SettingsFileFault as fault:
        raise ConfigurationError(str(fault)) from fault
