"""What ``fleet run`` says to a person who typed something wrong: the fault, the remedy, code 2."""

from pathlib import Path

import pytest

from tests.e2e.local.person import Person, git, snapshot

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

STORY = "# Say done\n\n## Acceptance criteria\n\n- `work.txt` says done\n"
WORKS = ("--agent-command", "true", "--execution-command", "true")

OPTIONS = {
    "an unknown placeholder": (
        ("--agent-command", "my-agent {promt}"),
        ("{promt}", "known are {prompt}, {prompt_file}, {model}, {model_name}, {round}"),
    ),
    "an agent's command without an end": (
        ("--agent-command", "sh -c 'x"),
        ("--agent-command is not a command line: No closing quotation.",),
    ),
    "an empty agent's command": (("--agent-command", ""), ("--agent-command is empty.",)),
    "two agents": (
        ("--agent", "native-tools", "--agent-command", "true"),
        ("Give --agent or --agent-command, not both.",),
    ),
    "an agent that nobody knows": (
        ("--agent", "clever"),
        ("There is no agent `clever`.", "native-tools, native-whole", "--agent-command"),
    ),
    "no agent's model": ((), ("The agent `native` needs a model.", "CODER_MODEL", "--model")),
    "a placeholder for a model that is not given": (
        ("--agent-command", "my-agent -m {model}"),
        ("The agent `command` is given {model}: say --model.",),
    ),
    "a model without its provider": (
        ("--model", "gpt-5"),
        ("--model must be written as provider:name",),
    ),
    "a provider that nobody knows": (
        ("--model", "opnai:gpt-5"),
        ("names an unknown provider", "Did you mean openai?"),
    ),
    "a model without a key": (
        ("--model", "openai:gpt-5"),
        ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    ),
    "a judge without a model": (
        (*WORKS, "--evaluator", "judge"),
        ("no evaluator model is set", "EVALUATOR_MODEL", "--evaluator-model"),
    ),
    "a judge without a key": (
        (*WORKS, "--evaluator-model", "anthropic:claude-sonnet-4-5"),
        ("The judge's model", "ANTHROPIC_API_KEY"),
    ),
    "an evaluator that nobody knows": (
        (*WORKS, "--evaluator", "me"),
        ("--evaluator must be `judge` or `command`.",),
    ),
    "no round": ((*WORKS, "--max-iterations", "0"), ("--max-iterations",)),
    "an option that nobody knows": ((*WORKS, "--modle", "x:y"), ("--modle", "--model")),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_a_wrong_option(person: Person, case: str) -> None:
    options, said = OPTIONS[case]
    before = snapshot(person.repository)
    done = person.run(person.story(STORY), *options)
    assert done.code == 2, done.said
    for text in said:
        assert text in done.err
    assert done.out == ""
    assert not person.output.exists()
    assert snapshot(person.repository) == before


def test_no_story(person: Person) -> None:
    done = person.run(person.home / "missing.md", *WORKS)
    assert done.code == 2
    assert "missing.md cannot be read: No such file or directory." in done.err


def test_a_story_that_is_no_text(person: Person) -> None:
    story = person.home / "picture.md"
    story.write_bytes(b"\xff\xfe\x00\xd8")
    done = person.run(story, *WORKS)
    assert done.code == 2
    assert "is not UTF-8 text" in done.err
    assert person.run(person.home, *WORKS).code == 2


@pytest.mark.parametrize("inside", ["nothing", "empty", "tills"])
def test_no_repository(person: Person, inside: str) -> None:
    """Not there; there, but no repository; inside of one, but not its top."""
    (person.home / "empty").mkdir()
    place = person.repository / "tills" if inside == "tills" else person.home / inside
    done = person.run(person.story(STORY), *WORKS, "--repo", str(place))
    assert done.code == 2
    assert f"{place} is not the top directory of a git repository." in done.err
    assert "--repo" in done.err


def test_a_repository_without_a_commit(person: Person) -> None:
    fresh = person.home / "fresh"
    fresh.mkdir()
    git(fresh, "init", "-q")
    done = person.run(person.story(STORY), *WORKS, "--repo", str(fresh))
    assert done.code == 2
    assert "has no commits yet: make the first one." in done.err


@pytest.mark.parametrize("place", ["story.md", "story.md/below"])
def test_an_output_directory_that_cannot_be(person: Person, place: str) -> None:
    output = person.home / place
    done = person.run(person.story(STORY), *WORKS, "--output", str(output))
    assert done.code == 2
    assert f"The output directory {output} cannot be made" in done.err


def test_a_setting_that_is_wrong(person: Person) -> None:
    person.settings |= {"OPENAI_BASE_URL": "nonsense", "LEASE_SECONDS": "soon"}
    done = person.run(person.story(STORY), *WORKS)
    assert done.code == 2
    assert "The configuration has 2 faults" in done.err
    assert "OPENAI_BASE_URL" in done.err
    assert "LEASE_SECONDS" in done.err


def test_the_branch_of_the_work_is_checked_out(person: Person) -> None:
    branch = "agent/LOCAL-story-say-done"
    git(person.repository, "stash", "-q")
    git(person.repository, "switch", "-q", "-c", branch)
    before = snapshot(person.repository)
    done = person.run(person.story(STORY), *WORKS)
    assert done.code == 2
    assert f"The branch {branch} is checked out" in done.err
    assert snapshot(person.repository) == before


def test_a_detached_head_and_a_worktree(person: Person) -> None:
    """Both are places where people are, and both work."""
    worktree = person.home / "worktree"
    git(person.repository, "worktree", "add", "-q", "--detach", str(worktree), "trunk")
    before = snapshot(person.repository), snapshot(worktree)
    agent = ("--agent-command", "sh -c 'echo done > work.txt'", "--execution-command", "true")
    done = person.run(person.story(STORY), *agent, "--repo", str(worktree))
    assert done.code == 0, done.said
    assert (snapshot(person.repository), snapshot(worktree)) == before
    assert person.git("show", "agent/LOCAL-story-say-done:work.txt") == "done\n"


def test_a_terminal_that_lacks_letters(person: Person) -> None:
    person.settings |= {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    agent = ("--agent-command", "sh -c 'echo done > work.txt'", "--execution-command", "true")
    done = person.run(person.story("# Grüße ☕\n"), *agent)
    assert done.code == 0, done.said
    assert "Grüße ☕" in Path(person.output / "pull-request.md").read_text(encoding="utf-8")


def test_the_help_tells_the_exit_codes(person: Person) -> None:
    done = person.run(Path("--help"))
    assert done.code == 0
    for text in ("0  accepted", "1  gave up", "3  over budget", "130  interrupted"):
        assert text in done.out
    for option in ("--repo", "--agent-command", "--evaluator-model", "--output"):
        assert option in done.out
