"""The tables of a repository's settings: what they may hold, and a word for what they may not."""

import pytest

from worker.domain.budget import MICRO, Budget
from worker.domain.plan import Tier
from worker.domain.rails import Banned, Mutation, Rails
from worker.domain.repository_settings import RepositorySettings, SettingsFileFault, parse

FIRST = Tier("native", "openai:small", Budget(max_rounds=4))


def faults(text: str) -> str:
    with pytest.raises(SettingsFileFault) as caught:
        parse(text)
    return str(caught.value)


def test_a_file_without_tables_has_no_ladder_no_rails_and_the_usual_mutation() -> None:
    settings = parse("")
    assert settings == RepositorySettings()
    assert settings.tiers_above(FIRST) == ()
    assert (settings.rails, settings.mutation) == (Rails(), Mutation())


def test_a_ladder_takes_what_it_does_not_say_from_the_first_tier() -> None:
    settings = parse(
        """
[[ladder]]
coder_model = "openai:large"
max_iterations = 2
max_minutes = 10
max_tokens = 1000
max_usd = 0.5
[[ladder]]
agent = "codex"
"""
    )
    assert settings.tiers_above(FIRST) == (
        Tier("native", "openai:large", Budget(2, 600.0, 1000, MICRO // 2)),
        Tier("codex", "openai:small", Budget(max_rounds=4)),
    )


def test_rails_and_mutation_are_read_whole() -> None:
    settings = parse(
        """
mode = "test-first"
checks = ["ruff check ."]
stall_rounds = 2
[rails]
dependencies = []
directories = ["src/"]
interfaces = ["src/api.py"]
max_files = 3
max_lines = 200
[[rails.banned]]
name = "no print"
pattern = "print[(]"
files = ["src/*"]
why = "Use the log."
[mutation]
seconds = 0
survivors = 0.25
"""
    )
    assert (settings.mode, settings.checks, settings.stall_rounds) == (
        "test-first",
        ("ruff check .",),
        2,
    )
    banned = Banned("no print", "print[(]", ("src/*",), "Use the log.")
    assert settings.rails == Rails((), ("src/",), ("src/api.py",), (banned,), 3, 200)
    assert settings.mutation == Mutation(0.0, 0.25)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('mode = "tdd"', "`mode` in `.storyfleet.toml` must be one of: director, test-first"),
        ("stall_rounds = 1.5", "`stall_rounds`"),
        ("stall_rounds = 0", "`stall_rounds`"),
        ('checks = "ruff"', "`checks`"),
        ("ladder = 3", "`ladder` must be a list of tables ([[ladder]])"),
        ("[[ladder]]", "`ladder[1]` must name an `agent`, a `coder_model`, or both"),
        ("ladder = [1]", "`ladder` must be a list of tables"),
        ("[[ladder]]\nagent = 3", "`ladder[1]` must name"),
        ('[[ladder]]\ncoder_model = "gpt"', "provider:name"),
        ('[[ladder]]\nagent = "x"\nmax_iterations = 0', "`ladder[1].max_iterations`"),
        ('[[ladder]]\nagent = "x"\nmax_usd = "1"', "`ladder[1].max_usd` must be a positive number"),
        ('[[ladder]]\nagent = "x"\nmodel = "y"', "`ladder[1].model` is not a known key"),
        ("rails = 1", "`rails` must be a table"),
        ("[rails]\ndirectory = []", "`rails.directory` is not a known key (known are `banned`"),
        ('[rails]\ndirectories = "src"', "`rails.directories` must be a list of texts"),
        ("[rails]\nmax_files = 0", "`rails.max_files` must be a positive whole number"),
        ("[rails]\nbanned = [1]", "`rails.banned` must be a list of tables"),
        ('[[rails.banned]]\nname = "x"', "`rails.banned[1]` must have a `name` and a `pattern`"),
        ('[[rails.banned]]\nname = "x"\npattern = "("', "is no regular expression"),
        ("mutation = true", "`mutation` must be a table"),
        ("[mutation]\nseconds = -1", "`mutation.seconds` must be a number, 0 or more"),
        ("[mutation]\nsurvivors = 2", "`mutation.survivors` must be a share from 0 to 1"),
        ("[mutation]\nsurvivors = true", "`mutation.survivors` must be a share"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_key(text: str, told: str) -> None:
    assert told in faults(text)


def test_every_fault_is_told_at_once() -> None:
    said = faults('mode = "x"\n[rails]\nmax_files = 0\n[mutation]\nseconds = -1')
    assert [word in said for word in ("`mode`", "max_files", "mutation.seconds")] == [True] * 3
