"""Looks at a world from outside and writes down what an audit needs."""

import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from redis.exceptions import RedisError

from tests.chaos.audit.facts import Comment, Facts, Leftovers, Pull, TicketFacts
from tests.chaos.engine.stubs import Json
from tests.chaos.engine.world import World
from tests.chaos.play.performance import Sightings
from tests.chaos.play.person import Written
from worker import bootstrap

TITLE = re.compile(r"Chaos (\d+): ")
OWN_REFS = "refs/storyfleet/runs"
"""Of open runs. Journals are kept for longer, beside these."""
WORK_BRANCHES = "refs/heads/agent"


def collect(
    world: World, written: Mapping[int, Written], sightings: Sightings, model_faults: int
) -> Facts:
    """Raises NotSeen where the database does not answer."""
    stubs = world.stubs
    comments = _by_issue(stubs.get("/linear/comments"))
    links = _by_issue(stubs.get("/linear/attachments"))
    tickets = tuple(
        TicketFacts(
            each.case,
            each.id,
            each.identifier,
            tuple(Comment(c["id"], c["body"]) for c in comments[each.id]),
            tuple(link["url"] for link in links[each.id]),
        )
        for each in written.values()
    )
    identifiers = {number: each.identifier for number, each in written.items()}
    return Facts(
        tickets=tickets,
        runs=tuple(world.watch.runs()),
        events=tuple(world.watch.events()),
        pulls=tuple(_pull(pull) for pull in stubs.get("/github/pulls")),
        inbox=tuple(world.watch.inbox()),
        leftovers=leftovers(world),
        model_calls=_model_calls(stubs.get("/requests"), identifiers),
        claims=Counter(run for run, _ in sightings.first),
        model_faults=model_faults,
        branches=tuple(
            (slug, ref.removeprefix("refs/heads/"))
            for slug in world.wishes.repositories
            for ref in _refs(world, slug, WORK_BRANCHES)
        ),
    )


def leftovers(world: World) -> Leftovers:
    """What is there now; while work is done some of it is no fault."""
    found = world.sandboxes.found()
    return Leftovers(
        sandboxes=tuple(f"{each.run_id} {each.state} {each.id}" for each in found),
        volumes=tuple(world.sandboxes.volumes()),
        locks=tuple(held_locks(world.places.data)),
        processes=tuple(f"{p.pid} {p.command}" for p in world.supervisor.strays()),
        refs=tuple(
            f"{slug}: {ref}"
            for slug in world.wishes.repositories
            for ref in _refs(world, slug, OWN_REFS)
        ),
        keys=tuple(_unacknowledged(world)),
    )


def held_locks(directory: Path) -> list[str]:
    """Lock files below the directory that somebody holds now, with flock(2) or fcntl(2)."""
    lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
    held = {line.split()[5].rpartition(":")[2] for line in lines if "->" not in line}
    return sorted(str(p) for p in directory.rglob("*.lock") if str(_inode(p)) in held)


def _inode(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_ino
    return 0


def _unacknowledged(world: World) -> list[str]:
    try:
        keys = world.broker.all_keys()
        return [key for key in keys if "unacked" in key]
    except RedisError as fault:
        return [f"Redis does not tell: {fault}"]


def _refs(world: World, slug: str, below: str) -> list[str]:
    path = world.places.git_root / f"{slug}.git"
    command = ["git", "-c", "safe.directory=*", "-C", str(path), "for-each-ref"]
    listed = subprocess.run(
        [*command, "--format=%(refname)", below],
        check=True,
        capture_output=True,
        text=True,
        env=bootstrap.child_environment({}),
    )
    return listed.stdout.split()


def _by_issue(records: list[Json]) -> Mapping[str, list[Json]]:
    by_issue: dict[str, list[Json]] = defaultdict(list)
    for record in records:
        by_issue[record["issueId"]].append(record)
    return by_issue


def _pull(pull: Json) -> Pull:
    return Pull(
        pull["repository"], pull["number"], pull["head"]["ref"], pull["draft"], pull["html_url"]
    )


def _model_calls(requests: list[Json], identifiers: Mapping[int, str]) -> Mapping[str, int]:
    calls: Counter[str] = Counter()
    for request in requests:
        if named := TITLE.search(str(request["messages"])):
            calls[identifiers.get(int(named[1]), "")] += 1
    return calls
