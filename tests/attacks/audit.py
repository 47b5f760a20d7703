"""What must be so after every attack, whatever it was: nothing came out, nothing was harmed."""

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from docker.errors import NotFound

from tests.attacks.attempt import Attempt
from tests.attacks.canaries import found_in
from tests.attacks.host import Host
from tests.integration.docker import engine
from worker.domain.events import Outcome

_OWN_REF = re.compile(r"refs/(heads/(main|agent/.*|storyfleet/transcripts)|storyfleet/.*)")
_PATIENCE_SECONDS = 20.0


def audit(
    attempt: Attempt,
    host: Host,
    before: Mapping[str, str],
    containers: Sequence[str],
    sockets: Path,
) -> None:
    """Fails for the first thing that is wrong; ``before`` is the host's fingerprint, ``containers``
    are the ids of those that the run has used.
    """
    check_canaries(attempt)
    check_host(host, before)
    check_remote(attempt)
    check_end(attempt)
    check_leftovers(containers, sockets)


def check_canaries(attempt: Attempt) -> None:
    """No secret is in anything that came out, before anything is redacted."""
    for place, content in attempt.everything():
        found = found_in(content)
        assert found == set(), f"secrets in the {place}: {sorted(found)}"


def check_host(host: Host, before: Mapping[str, str]) -> None:
    """No file of the host has changed, no payload ran there, and nobody called its service."""
    assert not host.pwned.exists(), "a payload ran on the host"
    assert host.fingerprint() == before, "files of the host were changed"
    assert host.visits == [], "the host's service was reached"


def check_remote(attempt: Attempt) -> None:
    """The base is where it was, and there are no other refs than the fleet's own."""
    assert attempt.git("rev-parse", "refs/heads/main").strip() == attempt.base
    refs = attempt.git("for-each-ref", "--format=%(refname)").splitlines()
    assert [ref for ref in refs if not _OWN_REF.fullmatch(ref)] == []
    if attempt.pull is not None:
        authors = attempt.git("log", "--format=%an", f"main..{attempt.pull.branch}").split()
        assert set(authors) <= {"storyfleet"}


def check_end(attempt: Attempt) -> None:
    """The run is closed, loudly, once; and what was not accepted is at most a draft."""
    assert attempt.run.closed is not None, "the run is still open"
    assert [key for key in attempt.comments if key.endswith(":end")] == [f"{attempt.run.id}:end"]
    if attempt.pull is not None:
        assert attempt.pull.draft == (attempt.outcome is not Outcome.ACCEPTED)
    if attempt.outcome is Outcome.ACCEPTED:
        assert attempt.evidence.green


def check_leftovers(containers: Sequence[str], sockets: Path) -> None:
    """No container, process or mount of the run is left, and no door is open."""
    assert containers, "the audit has seen no container at all"
    with engine.api() as api:
        for container in containers:
            try:
                api.inspect_container(container)
            except NotFound:
                continue
            raise AssertionError(f"the container {container} is still there")
    _gone(containers)
    assert list(sockets.iterdir()) == [], "a door was left open"


def _gone(containers: Sequence[str]) -> None:
    """The daemon ends processes a moment after it has forgotten their container."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := set(_seen(containers))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == set(), "processes or mounts of a sandbox are left"


def _seen(containers: Sequence[str]) -> Iterator[str]:
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            owned = (directory / "cgroup").read_text()
        except OSError:
            continue
        if directory.name != str(os.getpid()) and any(each in owned for each in containers):
            yield f"process {directory.name}"
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    yield from (f"mount of {each}" for each in containers if each in mounts)
