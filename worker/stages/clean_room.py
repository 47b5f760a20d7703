"""The image of the clean room: the base's, or one made anew for manifests that were changed."""

from dataclasses import dataclass, replace

from worker.domain.access import Access
from worker.domain.errors import HandOverRefused
from worker.domain.evidence import Finding
from worker.domain.lease import Lease
from worker.domain.manifests import manifests
from worker.domain.plan import ImageSpec
from worker.domain.run import Run
from worker.domain.sandbox import SandboxSpec
from worker.ports import Checkout, Gateway, Sandboxes

GATE = "environment"
FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class CleanImage:
    """Where the evidence is produced, and what is to be said of it."""

    image: str
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    untrusted: bool = False
    """Made for this round by what the agent has chosen; to be forgotten."""


def image(
    run: Run, lease: Lease, checkout: Checkout, commit: str, sandboxes: Sandboxes, gateway: Gateway
) -> CleanImage:
    """Set-up commands are the base's in any case; what they install may be the change's, from
    allowed registries alone.
    """
    plan, report = run.require_plan(), run.require_round().report

    def base(spec: ImageSpec, *tools: str) -> str:
        return sandboxes.image(spec, lambda: checkout.archive(plan.base_commit), tools)

    changed = manifests(report.diff.files)
    if not changed or not plan.image.setup:
        return CleanImage(base(plan.image))
    names = ", ".join(f"`{path}`" for path in changed[:5])
    if not plan.registries:
        note = (
            f"{names} was changed, but the environment is still the base's: no package registry is"
            " allowed for this repository (`registries` in the fleet file)."
        )
        return CleanImage(base(plan.image), (note,))
    bare = base(replace(plan.image, setup=()), FORWARD)
    access = Access(run.id, lease.token, registries=plan.registries)
    try:
        with gateway.open(access) as door:
            spec = SandboxSpec(
                run.id, lease.token, "environment", bare, plan.limits, door.directory
            )
            archive = checkout.archive(commit)
            made = sandboxes.rebuilt(spec, plan.image.setup, archive, door.token)
        refused = door.passage().refusals
    except HandOverRefused as fault:
        text = f"The environment could not be made for this change: {fault}"
        return CleanImage(base(plan.image), findings=(Finding(GATE, changed[0], text),))
    note = (
        f"The environment was made anew for {names}, by what this change names and from the allowed"
        " registries alone: an untrusted build. Look at the change of those files first."
    )
    return CleanImage(made, (note, *(f"Not reached: {r}" for r in refused[:5])), untrusted=True)
