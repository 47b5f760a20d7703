"""``.storyfleet.toml``: everything it may say, and every way to get it wrong."""

import pytest

from worker.domain.budget import MICRO, Budget
from worker.domain.plan import ImageSpec
from worker.domain.repository_settings import RepositorySettings, SettingsFileFault, parse

FULL = """
prompt = "Be brief."
execution_command = "make test"
coder_model = "openai:gpt-5"
evaluator_model = "anthropic:claude"
max_iterations = 4
context_editable = ["src"]
context_read_only = ["docs"]
evaluator = "judge"
agent = "native"
image = "python:3.12"
setup = ["pip install -r requirements.txt"]
transcripts = ""
[budget]
max_minutes = 1.5
max_tokens = 1000
max_usd = 2.5
"""


def test_everything_it_may_say() -> None:
    own = parse(FULL)
    assert own.warnings == ()
    assert own.context_editable == ("src",)
    assert own.transcripts == ""
    assert own.budget(Budget()) == Budget(4, 90.0, 1000, round(2.5 * MICRO))
    assert own.image_spec(ImageSpec("other")) == ImageSpec(
        "python:3.12", None, ("pip install -r requirements.txt",)
    )


def test_an_empty_file_changes_nothing() -> None:
    assert parse("") == RepositorySettings()
    assert parse("").budget(Budget()) == Budget()
    assert parse("").image_spec(ImageSpec("x")) == ImageSpec("x")


@pytest.mark.parametrize(
    ("text", "default", "resumes"),
    [
        ("", True, True),
        ("", False, False),
        ("resume_sessions = true", False, True),
        ("resume_sessions = false", True, False),
    ],
)
def test_whether_an_agent_goes_on_with_its_session(text: str, default: bool, resumes: bool) -> None:
    assert parse(text).resumes(default) is resumes


def test_setup_alone_keeps_the_default_image() -> None:
    assert parse('setup = ["true"]').image_spec(ImageSpec("x")) == ImageSpec("x", None, ("true",))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('execution_comand = "x"', "Did you mean `execution_command`?"),
        ("[budget]\nmax_token = 3", "Did you mean `budget.max_tokens`?"),
        ("zzzzzz = 1", "unknown key `zzzzzz`, which was ignored."),
    ],
)
def test_an_unknown_key_is_a_warning_naming_the_nearest(text: str, hint: str) -> None:
    (warning,) = parse(text).warnings
    assert hint in warning


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("prompt = ", "not valid TOML"),
        ("prompt = 3", "`prompt`"),
        ('execution_command = "  "', "`execution_command`"),
        ('setup = "x"', "`setup`"),
        ("context_editable = [1]", "`context_editable`"),
        ("max_iterations = 0", "`max_iterations`"),
        ("max_iterations = true", "`max_iterations`"),
        ("max_iterations = 1.5", "whole number"),
        ("resume_sessions = 1", "true or false"),
        ("agent_timeout_seconds = -1", "`agent_timeout_seconds`"),
        ('evaluator = "vibes"', "judge, command"),
        ('rules_file = "../rules.md"', "inside the repository"),
        ('rules_file = "/rules.md"', "inside the repository"),
        ('coder_model = "gpt-5"', "provider:name"),
        ("budget = 3", "must be a table"),
        ("[budget]\nmax_usd = -1", "`budget.max_usd`"),
    ],
)
def test_every_fault_is_named(text: str, fault: str) -> None:
    with pytest.raises(SettingsFileFault, match=fault):
        parse(text)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsFileFault) as caught:
        parse('prompt = 3\nevaluator = "vibes"\n[budget]\nmax_usd = 0')
    assert len(caught.value.faults) == 3


def test_overrides_win_and_warnings_stay() -> None:
    own = parse('prompt = "mine"\nagent = "a"\nnonsense = 1')
    merged = own.overridden_by(RepositorySettings(agent="b", max_iterations=3))
    assert (merged.prompt, merged.agent, merged.max_iterations) == ("mine", "b", 3)
    assert merged.warnings == own.warnings
