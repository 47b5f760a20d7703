"""The environment of the clean room, where a change touches what it is made of."""

from dataclasses import dataclass, field

from integrations.memory.gateway import MemoryGateway
from integrations.memory.repositories import MemoryRepositories
from tests.unit import builders as b
from tests.unit.director.doubles import PlaySandboxes, green_if
from tests.unit.stages.tools import tools
from worker.domain.access import Access, Passage
from worker.domain.errors import HandOverRefused
from worker.domain.events import AgentReported, ExecutionFinished
from worker.domain.evidence import Diff
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import SandboxSpec
from worker.stages import run_execution_command

SLUG = "acme/app"
LEASE = Lease(RunId("eng-1-abc"), "w", FencingToken(7))
SETUP = ImageSpec("base", None, ("pip install -r requirements.txt",))


@dataclass
class Builder(PlaySandboxes):
    """Notes what was rebuilt and forgotten."""

    rebuilds: list[tuple[SandboxSpec, tuple[str, ...], str]] = field(default_factory=list)
    forgotten: list[RunId] = field(default_factory=list)
    refusal: HandOverRefused | None = None

    def rebuilt(self, spec: SandboxSpec, setup: object, archive: bytes, token: str) -> str:
        assert archive
        assert isinstance(setup, tuple)
        self.rebuilds.append((spec, setup, token))
        if self.refusal:
            raise self.refusal
        return "rebuilt"

    def forget(self, run_id: RunId) -> None:
        self.forgotten.append(run_id)


def finished(
    builder: Builder, gateway: MemoryGateway, changed: str = "requirements.txt", **plan: object
) -> ExecutionFinished:
    repositories = MemoryRepositories()
    base = repositories.create(SLUG, {"calc.py": "square", changed: "x"})
    diff = Diff("+x", (changed,), 1, 0)
    run = b.run(
        *b.started(base_commit=base, image=SETUP, **plan),
        AgentReported(b.report(commit=base, diff=diff)),
    )
    return run_execution_command.perform(run, LEASE, repositories, tools(builder, gateway))


def test_changed_manifests_are_set_up_behind_the_door_for_this_run_only() -> None:
    builder = Builder(green_if("calc.py", "square"))
    gateway = MemoryGateway((Passage(refusals=("evil.test:443: not allowed",)),))
    evidence = finished(builder, gateway, registries=("pypi.org",)).evidence
    ((spec, setup, token),) = builder.rebuilds
    assert gateway.opened == [Access(LEASE.run_id, 7, registries=("pypi.org",))]
    assert (spec.purpose, spec.image, spec.door) == ("environment", "base + forward", "/memory/0")
    assert (setup, token) == (SETUP.setup, "token-0")
    assert builder.opened[-1].image == "rebuilt"
    assert builder.opened[-1].door is None
    assert builder.forgotten == [LEASE.run_id]
    assert "untrusted" in evidence.notes[0]
    assert evidence.notes[1] == "Not reached: evil.test:443: not allowed"
    assert evidence.green


def test_without_an_allowed_registry_the_environment_stays_and_that_is_said() -> None:
    builder = Builder(green_if("calc.py", "square"))
    gateway = MemoryGateway()
    evidence = finished(builder, gateway).evidence
    assert builder.rebuilds == []
    assert gateway.opened == []
    assert "still the base's" in evidence.notes[0]


def test_an_environment_that_cannot_be_made_is_a_red_gate() -> None:
    builder = Builder(green_if("calc.py", "square"), refusal=HandOverRefused("no such package"))
    evidence = finished(builder, MemoryGateway(), registries=("pypi.org",)).evidence
    assert [(f.gate, f.place) for f in evidence.findings] == [("environment", "requirements.txt")]
    assert "no such package" in evidence.findings[0].text
    assert builder.opened[-1].image == "base"
    assert builder.forgotten == []


def test_other_changes_need_no_other_environment() -> None:
    builder = Builder(green_if("calc.py", "square"))
    evidence = finished(builder, MemoryGateway(), "README.md", registries=("pypi.org",)).evidence
    assert builder.rebuilds == []
    assert evidence.notes == ()
