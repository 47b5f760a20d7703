"""``compose.yaml`` with three workers: what users start, from the images that they build."""

import hashlib
import hmac
import json
import re
import time
from collections import Counter

import httpx
import pytest

from tests.e2e.compose.conftest import TICKETS, WORKERS, Worked
from tests.e2e.compose.project import Json, Project, events

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL")


def closed_by(worked: Worked) -> dict[str, list[str]]:
    """The runs that each worker's own log says it closed."""
    return {
        worker["Name"]: [
            event["run_id"]
            for event in events(worked.project.log(worker))
            if event["event"] == "run_closed"
        ]
        for worker in worked.project.containers("worker")
    }


def test_every_service_becomes_healthy(project: Project) -> None:
    states = Counter(
        (each["Config"]["Labels"]["com.docker.compose.service"], each["State"]["Status"])
        for each in project.containers()
    )
    assert states == {
        ("receiver", "running"): 1,
        ("worker", "running"): WORKERS,
        ("reconciler", "running"): 1,
        ("redis", "running"): 1,
        ("postgres", "running"): 1,
        ("stubs", "running"): 1,
        ("prepare", "exited"): 1,
    }
    checked = {name: state for name, state in project.health().items() if "prepare" not in name}
    assert set(checked.values()) == {"healthy"}, checked
    assert [each["State"]["ExitCode"] for each in project.containers("prepare")] == [0]


def test_no_service_runs_with_privileges(project: Project) -> None:
    for each in project.containers():
        host, name = each["HostConfig"], each["Name"]
        assert not host["Privileged"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        sockets = [mount for mount in each["Mounts"] if mount["Destination"].endswith(".sock")]
        assert bool(sockets) == ("worker" in name), name


@pytest.mark.parametrize("source", ["linear", "github"])
def test_a_badly_signed_webhook_is_refused(project: Project, source: str) -> None:
    body = json.dumps({"action": "create", "webhookTimestamp": int(time.time() * 1000)}).encode()
    signature = hmac.new(b"another secret", body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Linear-Signature": signature,
        "Linear-Delivery": "1b3f5a0e-0000-4000-8000-000000000000",
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Delivery": "1b3f5a0e-0000-4000-8000-000000000000",
        "X-GitHub-Event": "ping",
    }
    url = f"{project.receiver_url}/webhooks/{source}"
    assert httpx.post(url, content=body, headers=headers, timeout=10).status_code == 401


def test_the_settings_can_be_checked_inside(project: Project) -> None:
    said = project.compose("exec", "-T", "worker", "fleet", "check")
    assert "The settings are complete. Repositories: acme/tills." in said


def test_twelve_tickets_are_twelve_pull_requests(worked: Worked) -> None:
    assert len(worked.pulls) == TICKETS
    branches = {pull["head"]["ref"] for pull in worked.pulls}
    assert len(branches) == TICKETS
    for ticket in worked.tickets:
        (pull,) = [p for p in worked.pulls if ticket["url"] in p["body"]]
        assert (pull["state"], pull["draft"]) == ("open", False)
        assert f"/{ticket['identifier']}-" in pull["head"]["ref"]
        assert "Round 2" in pull["body"]


def test_every_worker_did_some_and_no_run_was_done_twice(worked: Worked) -> None:
    closed = closed_by(worked)
    assert len(closed) == WORKERS
    assert all(closed.values()), closed
    runs = [run for done in closed.values() for run in done]
    assert len(runs) == len(set(runs)) == TICKETS


def test_busy_services_stay_healthy(worked: Worked) -> None:
    checked = [each["State"]["Health"] for each in worked.project.containers("worker")]
    assert [health["Status"] for health in checked] == ["healthy"] * WORKERS
    assert [health["FailingStreak"] for health in checked] == [0] * WORKERS


def test_what_the_fleet_does_is_listed_inside_a_container(worked: Worked) -> None:
    wide = ("-e", "COLUMNS=200")
    listed = worked.project.compose("exec", "-T", *wide, "worker", "fleet", "runs")
    for ticket in worked.tickets:
        (line,) = [row for row in listed.splitlines() if f" {ticket['identifier']} " in row]
        assert "accepted" in line


def test_no_secret_is_in_a_sandbox(worked: Worked, settings: dict[str, str]) -> None:
    runs = {run for done in closed_by(worked).values() for run in done}
    ours = [each for each in worked.sandboxes if run_of(each) in runs]
    assert {run_of(each) for each in ours} == runs, "each run's sandboxes were looked at"
    secrets = {value for value in settings.values() if value.startswith("canary")}
    secrets |= secrets_of(worked.project.containers("worker")[0])
    assert len(secrets) > len(settings)
    for each in ours:
        told = json.dumps(each)
        assert not [secret for secret in secrets if secret in told]
        assert each["HostConfig"]["NetworkMode"] == "none"
        assert each["Mounts"] == []


def run_of(sandbox: Json) -> str:
    return str(sandbox["Config"]["Labels"]["storyfleet.run"])


def secrets_of(worker: Json) -> set[str]:
    """The values that the worker itself was given under names that say they are secret."""
    pairs = [line.partition("=") for line in worker["Config"]["Env"]]
    return {value for name, _, value in pairs if SECRET_NAME.search(name) and len(value) > 7}
