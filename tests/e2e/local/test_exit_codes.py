"""How ``fleet run`` ends: each exit code, with what a person finds then."""

import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import docker
import pytest
from docker import DockerClient
from docker.models.containers import Container

from integrations.stubs.models.script import Answer, Rule, Script, ToolCall
from integrations.stubs.server import Stubs
from tests.e2e.local.person import PATIENCE_SECONDS, Person, ended, repository, snapshot, write

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STORY = "# Say done\n\n## Acceptance criteria\n\n- `work.txt` says done\n"
CHECK = ("--execution-command", "grep done work.txt")


def agent(script: str) -> tuple[str, str]:
    return "--agent-command", f"sh -c '{script}'"


def test_1_gave_up_with_a_draft_of_what_there_is(person: Person) -> None:
    before = snapshot(person.repository)
    options = (*CHECK, *agent("echo almost {round} > work.txt"), "--max-iterations", "2")
    done = person.run(person.story(STORY), *options)
    assert done.code == 1
    assert "closed: gave up (out of rounds); 2 round(s)" in done.out
    (branch,) = person.branches()
    assert person.git("show", f"{branch}:work.txt") == "almost 2\n"
    assert "- a draft: not ready for review" in person.pull_request
    assert "not accepted (out of rounds)" in person.pull_request
    assert "almost 2" in person.transcript
    assert snapshot(person.repository) == before


def test_1_gave_up_with_nothing_to_show(person: Person) -> None:
    options = (*CHECK, *agent("true"), "--max-iterations", "1")
    done = person.run(person.story(STORY), *options)
    assert done.code == 1
    assert "The round changed nothing." in done.out
    assert person.branches() == []
    assert not (person.output / "pull-request.md").exists()


def test_1_an_agent_that_fails_says_how(person: Person) -> None:
    script = "echo half > work.txt; echo no such model >&2; exit 7"
    options = (*CHECK, *agent(script), "--max-iterations", "1")
    done = person.run(person.story(STORY), *options)
    assert done.code == 1
    assert "The agent `command` exited 7" in done.out
    assert "no such model" in person.transcript


def test_3_over_budget(modelled: Person, stubs: Stubs) -> None:
    settings = 'execution_command = "grep done work.txt"\n[budget]\nmax_tokens = 4000\n'
    modelled.repository = repository(modelled.home / "small", {".storyfleet.toml": settings})
    before = snapshot(modelled.repository)
    call = ToolCall("write_file", {"path": "work.txt", "content": "almost\n"})
    spent = Answer(tool_calls=[call], input_tokens=3300, output_tokens=150)
    stubs.models.script = Script([Rule([spent, Answer("Written.")], model="coder")])
    done = modelled.run(modelled.story(STORY), "--model", "openai:coder")
    assert done.code == 3, done.said
    assert "closed: over budget (out of tokens)" in done.out
    assert "not accepted (out of tokens)" in modelled.pull_request
    assert snapshot(modelled.repository) == before


def test_4_a_question_where_nothing_tells_how_it_is_tested(person: Person) -> None:
    person.repository = repository(person.home / "notes", {"README.md": "# notes\n"})
    before = snapshot(person.repository)
    done = person.run(person.story("# Say done\n"), *agent("echo done > work.txt"))
    assert done.code == 4
    assert "How does local/notes test itself?" in done.out
    assert "`execution_command" in done.out
    assert person.branches() == []
    assert snapshot(person.repository) == before


def test_4_an_empty_story(person: Person) -> None:
    done = person.run(person.story("\n"), *agent("true"))
    assert done.code == 4
    assert "what is to be done?" in done.out


def test_4_settings_of_the_repository_that_are_wrong(person: Person) -> None:
    files = {".storyfleet.toml": "max_iterations = 0\nexecution_command = 3\n"}
    person.repository = repository(person.home / "wrong", files)
    done = person.run(person.story(STORY), *agent("true"))
    assert done.code == 4
    assert "`max_iterations`" in done.out
    assert "`execution_command`" in done.out


def test_5_no_docker_daemon_is_told_at_once(person: Person) -> None:
    socket = person.home / "no-docker.sock"
    person.settings["DOCKER_HOST"] = f"unix://{socket}"
    done = person.run(person.story(STORY), *CHECK, *agent("true"))
    assert done.code == 5
    assert f"The Docker daemon at unix://{socket} does not answer." in done.err
    assert "Is dockerd running" in done.err
    assert not person.output.exists()


def test_5_no_such_image(person: Person) -> None:
    image = "storyfleet.invalid/none:1"
    done = person.run(person.story(STORY), *CHECK, *agent("true"), "--image", image)
    assert done.code == 5
    assert f"The image {image} is not on this machine and cannot be pulled" in done.out
    assert person.branches() == []


def test_5_a_model_that_refuses_the_key(modelled: Person, stubs: Stubs) -> None:
    stubs.models.key = "another-key"
    done = modelled.run(modelled.story(STORY), *CHECK, "--model", "openai:coder")
    assert done.code == 5
    assert "OPENAI_API_KEY" in done.out
    assert modelled.settings["OPENAI_API_KEY"] not in done.said


@pytest.fixture
def engine() -> Iterator[DockerClient]:
    with closing(docker.from_env()) as client:
        yield client


def sandboxes(engine: DockerClient, stem: str) -> list[Container]:
    """Containers of the runs of the story with this file name."""
    label = "storyfleet.run"
    found = engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)
    return [c for c in found if c.labels[label].startswith(f"local-{stem}-")]


def wait_until(process: subprocess.Popen[str], holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def sleeping(engine: DockerClient, stem: str) -> bool:
    """Whether the agent's command is running in the sandbox."""
    running = (c for c in sandboxes(engine, stem) if c.status == "running")
    return any("sleep 271" in str(container.top()) for container in running)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_130_an_interruption_takes_the_container_along(
    person: Person, engine: DockerClient, number: signal.Signals
) -> None:
    stem = f"stopped-{uuid.uuid4().hex[:8]}"
    before = snapshot(person.repository)
    story = person.story(STORY, f"{stem}.md")
    with person.started(story, *CHECK, *agent("sleep 271")) as process:
        wait_until(process, lambda: sleeping(engine, stem), "the agent never began")
        os.killpg(process.pid, number)
        os.killpg(process.pid, number)
        done = ended(process)
    assert done.code == 128 + number
    assert "Interrupted; the sandbox is removed." in done.out
    assert sandboxes(engine, stem) == []
    assert snapshot(person.repository) == before
    assert person.branches() == []


def test_130_while_the_native_agent_waits_for_a_command(
    modelled: Person, stubs: Stubs, engine: DockerClient
) -> None:
    call = ToolCall("shell", {"command": "sleep 271"})
    stubs.models.script = Script([Rule([Answer(tool_calls=[call])], model="coder")])
    stem = f"stopped-{uuid.uuid4().hex[:8]}"
    story = modelled.story(STORY, f"{stem}.md")
    with modelled.started(story, *CHECK, "--model", "openai:coder") as process:
        wait_until(process, lambda: sleeping(engine, stem), "the agent never began")
        os.killpg(process.pid, signal.SIGINT)
        done = ended(process)
    assert done.code == 130
    assert sandboxes(engine, stem) == []


def test_130_while_the_model_thinks(modelled: Person, stubs: Stubs, engine: DockerClient) -> None:
    stubs.models.script = Script([Rule([Answer(hang=True)], model="coder")])
    stem = f"stopped-{uuid.uuid4().hex[:8]}"
    story = modelled.story(STORY, f"{stem}.md")
    with modelled.started(story, *CHECK, "--model", "openai:coder") as process:
        wait_until(process, lambda: stubs.models.requests, "the model was never asked")
        os.killpg(process.pid, signal.SIGINT)
        done = ended(process)
    assert done.code == 130
    assert sandboxes(engine, stem) == []


def test_the_environment_file_of_the_repository_is_not_ours(person: Person) -> None:
    write(
        person.repository, {".env": "DATABASE_URL=mysql://x/y\nOPENAI_BASE_URL=ftp://elsewhere\n"}
    )
    before = snapshot(person.repository)
    options = (*CHECK, *agent("echo done > work.txt"))
    done = person.run(person.story(STORY), *options, where=person.repository)
    assert done.code == 0, done.said
    assert snapshot(person.repository) == before
