"""What is settled, asked or refused before any money is spent."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.repositories import MemoryRepositories
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.tracker import MemoryTracker
from tests.unit.builders import CRITERIA, REF, opened, ticket
from worker.domain.budget import Budget
from worker.domain.errors import ConfigurationError, TicketUnavailable
from worker.domain.events import CancelRequested, StoryExamined
from worker.domain.fleet import LIFETIME, AgentCommand, Defaults, Fleet, FleetRepository
from worker.domain.mode import Mode
from worker.domain.plan import ImageSpec, Limits, Plan, Tier
from worker.domain.protection import USUAL
from worker.domain.rails import Mutation, Rails
from worker.domain.repository_settings import RepositorySettings
from worker.domain.run import Run
from worker.domain.ticket import Ticket, TicketId
from worker.stages import examine_story

SLUG = "acme/app"
DEFAULTS = Defaults("native", "openai:coder", "judge", "openai:judge")
REPOSITORY = FleetRepository(SLUG, defaults=DEFAULTS)


def examined(
    toml: str | None = 'execution_command = "make test"\n',
    *,
    files: Mapping[str, str] | None = None,
    story: Ticket | None = None,
    repository: FleetRepository = REPOSITORY,
    agents: Mapping[str, AgentCommand] | None = None,
    slug: str | None = SLUG,
    branches: Mapping[str, str] | None = None,
) -> examine_story.Examined:
    """What the stage says of one ticket; ``toml`` is the repository's own file."""
    repositories = MemoryRepositories()
    own = {} if toml is None else {".storyfleet.toml": toml}
    repositories.create(SLUG, {**own, **(files or {})})
    for branch, text in (branches or {}).items():
        repositories.commit(SLUG, branch, {".storyfleet.toml": text}, "theirs")
    return examine_story.perform(
        Run(opened().run_id, REF, slug),
        MemoryTracker([story or ticket()]),
        MemoryCodeHost({SLUG: "main"}),
        repositories,
        MemoryRunStore(),
        Fleet((repository,), agents or {}),
    )


def planned(*args: str, **named: object) -> Plan:
    result = examined(*args, **named)  # type: ignore[arg-type]
    assert isinstance(result, StoryExamined)
    assert result.questions == ()
    assert result.plan is not None
    return result.plan


def questions(*args: str | None, **named: object) -> tuple[str, ...]:
    result = examined(*args, **named)  # type: ignore[arg-type]
    assert isinstance(result, StoryExamined)
    assert result.plan is None
    return result.questions


def with_defaults(defaults: Defaults) -> FleetRepository:
    return FleetRepository(SLUG, defaults=defaults)


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        (ticket(state_type="canceled"), "the ticket is canceled"),
        (ticket(labels=("bug",)), "the label `agent` is not on the ticket any more"),
    ],
)
def test_a_ticket_that_is_not_wanted_any_more_is_cancelled(story: Ticket, reason: str) -> None:
    assert examined(story=story) == CancelRequested(reason, by_state=True)


def test_a_ticket_that_cannot_be_read_is_no_story() -> None:
    with pytest.raises(TicketUnavailable):
        examined(story=ticket(ref=replace(REF, id=TicketId("another"))))


@pytest.mark.parametrize("project", [None, "Checkout"])
def test_without_a_repository_the_remedy_names_team_and_project(project: str | None) -> None:
    run = Run(opened().run_id, replace(REF, project=project), None)
    with pytest.raises(ConfigurationError, match="team ENG") as caught:
        examine_story.perform(
            run,
            MemoryTracker([ticket()]),
            MemoryCodeHost({}),
            MemoryRepositories(),
            MemoryRunStore(),
            Fleet(),
        )
    assert ("project Checkout" in str(caught.value)) is (project is not None)


def test_a_repository_that_left_the_allowlist_is_not_worked_on() -> None:
    with pytest.raises(ConfigurationError, match="allowlist"):
        examined(slug="acme/other")


def test_an_empty_story_is_asked_about() -> None:
    (question,) = questions(story=ticket(title="", description=" "))
    assert "what is to be done" in question


def test_a_repository_that_does_not_say_how_it_is_tested_is_asked_about() -> None:
    (question,) = questions(None, files={"README.md": "x"})
    assert question.startswith("How does acme/app test itself?")
    assert "`main`" in question


def test_a_settings_file_that_cannot_be_used_is_asked_about_with_every_fault() -> None:
    faults = questions('prompt = 3\nevaluator = "vibes"\n')
    assert len(faults) == 2
    assert "`prompt`" in faults[0]


def test_what_the_work_is_measured_by_is_protected_but_for_what_the_story_names() -> None:
    story = ticket(description="Fix `tests/test_a.py`.\n")
    files = {"Makefile": "test:\n\ttrue\n", "tests/test_a.py": "", "tests/test_b.py": ""}
    settings = (
        'execution_command = "make test"\nprotected = ["/schema/"]\nmay_change = ["/tests/made/"]\n'
    )
    protection = planned(settings, files=files, story=story).protection
    assert protection.except_for == ("tests/test_a.py",)
    assert "/Makefile" in protection.existing
    assert {"/schema/", "!/tests/made/", ".storyfleet.toml"} <= set(protection.always)


def test_a_derived_execution_command_is_told_as_an_assumption() -> None:
    plan = planned("", files={"Makefile": "test:\n\ttrue\n"})
    assert plan.execution_command == "make test"
    (assumption,) = plan.assumptions
    assert "`make test` was derived from `Makefile`" in assumption


def test_a_story_without_criteria_is_told_as_an_assumption() -> None:
    plan = planned(story=ticket(description="Just do it."))
    assert len(plan.criteria) == 1
    assert "lists no acceptance criteria" in plan.assumptions[0]


def test_a_bare_repository_gets_the_fleets_defaults() -> None:
    defaults = replace(DEFAULTS, image=ImageSpec("base"), limits=Limits(pids=7), budget=Budget(4))
    plan = planned(repository=with_defaults(defaults))
    assert plan == Plan(
        base_branch="main",
        base_commit=plan.base_commit,
        criteria=CRITERIA,
        execution_command="make test",
        agent="native",
        coder_model="openai:coder",
        evaluator="judge",
        evaluator_model="openai:judge",
        budget=Budget(4),
        image=ImageSpec("base"),
        limits=Limits(pids=7),
        protection=USUAL,
        mutation=Mutation(),
        ceiling=LIFETIME,
        resume_sessions=True,
    )


EVERYTHING = """
prompt = "Be brief."
execution_command = "true"
coder_model = "anthropic:c"
evaluator_model = "anthropic:j"
evaluator = "command"
agent = "native-whole"
image = "python:3.12"
setup = ["pip install x"]
transcripts = ""
context_editable = ["src"]
context_read_only = ["docs"]
max_iterations = 9
execution_timeout_seconds = 5
agent_timeout_seconds = 6
nonsense = 1
mode = "test-first"
stall_rounds = 2
resume_sessions = false
checks = ["ruff check ."]
[[ladder]]
coder_model = "anthropic:d"
[[ladder]]
agent = "native-tools"
max_iterations = 1
[rails]
directories = ["src/"]
[mutation]
seconds = 9
"""
ONE = Budget(1)


def test_the_repositorys_own_settings_win_over_the_defaults() -> None:
    plan = planned(EVERYTHING)
    assert plan == Plan(
        base_branch="main",
        base_commit=plan.base_commit,
        criteria=CRITERIA,
        execution_command="true",
        agent="native-whole",
        coder_model="anthropic:c",
        evaluator="command",
        evaluator_model="anthropic:j",
        budget=Budget(9),
        image=ImageSpec("python:3.12", None, ("pip install x",)),
        prompt="Be brief.",
        context_editable=("src",),
        context_read_only=("docs",),
        execution_timeout_seconds=5,
        agent_timeout_seconds=6,
        transcripts="",
        protection=USUAL,
        warnings=plan.warnings,
        mode=Mode.TEST_FIRST,
        ladder=(
            Tier("native-whole", "anthropic:d", Budget(9)),
            Tier("native-tools", "anthropic:c", ONE),
        ),
        stall_rounds=2,
        checks=("ruff check .",),
        rails=Rails(directories=("src/",)),
        mutation=Mutation(seconds=9.0),
        ceiling=LIFETIME,
    )
    (warning,) = plan.warnings
    assert "nonsense" in warning


@pytest.mark.parametrize(
    ("labels", "settings", "mode"),
    [
        (("agent",), "", Mode.DIRECTOR),
        (("agent", "Test-First"), "", Mode.TEST_FIRST),
        (("agent", "director"), 'mode = "test-first"\n', Mode.DIRECTOR),
        (("agent", "director", "test-first"), "", Mode.TEST_FIRST),
        (("agent",), 'mode = "test-first"\n', Mode.TEST_FIRST),
    ],
)
def test_the_mode_is_the_repositorys_unless_a_label_asks_for_another(
    labels: tuple[str, ...], settings: str, mode: Mode
) -> None:
    text = f'{settings}execution_command = "true"\n'
    assert planned(text, story=ticket(labels=labels)).mode is mode


def test_every_rung_of_the_ladder_must_be_there() -> None:
    ladder = 'execution_command = "true"\n[[ladder]]\nagent = "nobody"\n'
    with pytest.raises(ConfigurationError, match="no agent `nobody`"):
        examined(ladder)


def test_what_the_command_line_says_wins_over_the_repository() -> None:
    said = RepositorySettings(execution_command="false", max_iterations=1)
    repository = FleetRepository(SLUG, defaults=DEFAULTS, overrides=said)
    plan = planned(EVERYTHING, repository=repository)
    assert (plan.execution_command, plan.budget.max_rounds) == ("false", 1)
    assert plan.coder_model == "anthropic:c"


def test_settings_are_read_from_the_base_branch_that_the_fleet_names() -> None:
    repository = FleetRepository(SLUG, base_branch="release", defaults=DEFAULTS)
    other = {"release": 'execution_command = "make release"\n'}
    plan = planned(repository=repository, branches=other)
    assert (plan.base_branch, plan.execution_command) == ("release", "make release")


def test_the_coders_model_judges_where_no_other_is_named() -> None:
    repository = with_defaults(replace(DEFAULTS, evaluator_model=None))
    assert planned(repository=repository).evaluator_model == "openai:coder"


@pytest.mark.parametrize(
    ("defaults", "remedy"),
    [
        (Defaults("mine", None, "judge", None), "EVALUATOR_MODEL"),
        (Defaults("native", None, "command", None), "`native` needs a model"),
        (Defaults("native-whole", None, "command", None), "`native-whole` needs a model"),
        (Defaults("ghost", None, "command", None), "no agent `ghost`.*native-whole, mine"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_with_its_remedy(
    defaults: Defaults, remedy: str
) -> None:
    agents = {"mine": AgentCommand(("mine",))}
    with pytest.raises(ConfigurationError, match=remedy):
        examined(repository=with_defaults(defaults), agents=agents)


def test_an_agent_of_the_fleets_own_needs_no_model_under_the_command_evaluator() -> None:
    repository = with_defaults(Defaults("mine", None, "command", None))
    plan = planned(repository=repository, agents={"mine": AgentCommand(("mine",))})
    assert (plan.agent, plan.coder_model, plan.evaluator_model) == ("mine", None, None)


def test_the_rules_are_those_of_the_base_as_it_stands_now() -> None:
    text = "# Ours\n\n## Rules learned from runs\n\n- Pin values.\n"
    plan = planned(files={"CLAUDE.md": text})
    assert (plan.rules_file, plan.rules) == ("CLAUDE.md", ("Pin values.",))
    plan = planned(files={"AGENTS.md": "# Ours\n", "CLAUDE.md": text})
    assert (plan.rules_file, plan.rules) == ("AGENTS.md", ())
    plan = planned()
    assert (plan.rules_file, plan.rules) == (None, ())


def test_a_repository_may_keep_its_rules_elsewhere_and_they_are_protected_there() -> None:
    own = 'execution_command = "make test"\nrules_file = "docs/rules.md"\n'
    plan = planned(own, files={"docs/rules.md": "# Ours\n", "AGENTS.md": "# Not these\n"})
    assert plan.rules_file == "docs/rules.md"
    assert "/docs/rules.md" in plan.protection.always
