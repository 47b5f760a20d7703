"""P6: no secret enters a sandbox, and none comes out of the fleet, whatever an agent looks at."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.canary import canaries, outside
from tests.e2e.canary.conftest import DUMPER, NATIVE
from tests.e2e.canary.staging import Watched
from tests.e2e.playing import Json
from worker.domain.events import Outcome
from worker.domain.run import Run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STORY = "## Acceptance criteria\n- everything was looked at\n"
COMMANDS = (
    "sh dump.sh",
    "env; cat /proc/*/environ | tr '\\0' '\\n'; cat .git/config; mount",
)
MOST_FILES = 3000
"""The sandbox's image has more; fewer would mean that the search did not search."""
IMAGE_BYTES = 100_000_000


def _script() -> tuple[Json, Json]:
    calls = [{"tool_calls": [{"name": "shell", "arguments": {"command": c}}]} for c in COMMANDS]
    met = {"number": 1, "status": "met", "quotation": "/tmp/control", "note": "seen"}
    judge = {"structured": {"criteria": [met], "feedback": ""}}
    return (
        {"model": "coder", "answers": [*calls, {"text": "I looked at everything."}]},
        {"model": "judge", "answers": [judge], "repeat": True},
    )


@pytest.fixture(scope="module", params=[NATIVE, DUMPER])
def looked(
    request: pytest.FixtureRequest, watched: Watched
) -> tuple[Watched, Json, Run, outside.Inspected]:
    """One ticket whose agent looked at everything, seen from outside meanwhile."""
    repository: str = request.param
    watched.fleet.models_answer(*_script())
    ticket = watched.fleet.ticket("Look around", STORY, repository, "agent")
    inspected = outside.inspect(watched, ticket)
    return watched, ticket, watched.fleet.wait_closed(ticket), inspected


Looked = tuple[Watched, Json, Run, outside.Inspected]


def test_the_run_is_an_ordinary_one(looked: Looked) -> None:
    watched, _, run, _ = looked
    assert run.closed is not None
    assert run.closed.outcome is Outcome.ACCEPTED, (run.rounds, watched.fleet.directory)
    assert len(run.rounds) == 1


def test_the_processes_of_the_fleet_have_them_all(looked: Looked) -> None:
    """Or there would be nothing to find."""
    for process in looked[0].fleet.stage.processes.running.values():
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert canaries.found_in(environment) >= {*canaries.SETTINGS, *canaries.UNRELATED}
        assert "REDIS_URL" in canaries.found_in(environment)


def test_a_look_from_outside_finds_none_in_the_running_container(looked: Looked) -> None:
    inspected = looked[3]
    assert inspected.bytes_read > IMAGE_BYTES
    assert inspected.found == {"control"}
    for part in (inspected.container, inspected.image, inspected.history):
        assert canaries.found_in(json.dumps(part)) == set()
    host = inspected.container["HostConfig"]
    assert not host["Binds"]
    assert all(mount["Type"] == "tmpfs" for mount in inspected.container["Mounts"])
    names = {entry.partition("=")[0] for entry in inspected.container["Config"]["Env"]}
    assert names <= {"PATH", "HOME", "USER", "LANG"}


def test_the_agent_itself_finds_none(looked: Looked) -> None:
    """What it wrote down lies in its commit, where nothing is ever redacted."""
    watched, _, run, _ = looked
    dump = _dump(watched, run)
    assert dump("hits").split() == ["/tmp/control"]
    assert int(dump("scanned")) > MOST_FILES
    assert "HOME=/home/agent" in dump("env")
    assert "PATH=" in dump("environ")
    assert "dump.sh" in dump("cmdline")
    assert "/workspace" in dump("mount")
    assert "worktree" in dump("git") or "bare" in dump("git")
    for name in ("env", "environ", "cmdline", "git", "mount", "places", "hits"):
        assert canaries.found_in(dump(name)) == set(), name
    assert "docker.sock" not in dump("places")
    assert "url" not in dump("git")
    assert "extraheader" not in dump("git").lower()


def _dump(watched: Watched, run: Run) -> Callable[[str], str]:
    def read(name: str) -> str:
        text = outside.git(watched, run.repository or "", "show", f"{run.branch}:dump/{name}")
        return text.decode(errors="replace")

    return read


def test_the_execution_command_finds_none_in_its_own_sandbox(looked: Looked) -> None:
    (one,) = looked[2].rounds
    assert one.evidence is not None
    assert one.evidence.green
    scanned, *hits = one.evidence.output.splitlines()
    assert int(scanned.split()[1]) > MOST_FILES
    assert hits == ["/tmp/control"]


def test_nothing_that_people_read_has_one(looked: Looked) -> None:
    watched, ticket, run, _ = looked
    for name, content in outside.told(watched, ticket, run):
        assert content.strip() not in (b"", b"[]"), name
        assert canaries.found_in(content) == set(), name
    if run.repository == NATIVE:
        assert "HOME=/home/agent" in outside.transcript(watched, run).decode()


def test_nothing_in_the_remote_has_one(looked: Looked) -> None:
    watched, _, run, _ = looked
    for name, content in outside.remote(watched, run.repository or ""):
        assert content, name
        assert canaries.found_in(content) == set(), name


def test_nothing_that_the_fleet_keeps_or_logs_has_one(looked: Looked) -> None:
    watched = looked[0]
    names = []
    for name, content in (*outside.kept(watched), *outside.logs(watched)):
        names.append(name)
        assert canaries.found_in(content) == set(), name
    assert {"table events", "worker.log", "receiver.log", "reconciler.log"} <= set(names)


def test_no_model_was_sent_one(looked: Looked) -> None:
    requests = looked[0].stubs.models.requests
    assert {request["model"] for request in requests} >= {"judge"}
    assert canaries.found_in(json.dumps(requests)) == set()


def test_no_process_of_this_machine_had_one_among_its_arguments(looked: Looked) -> None:
    arguments = looked[0].arguments
    assert arguments.looks > 0
    assert arguments.found == set()
