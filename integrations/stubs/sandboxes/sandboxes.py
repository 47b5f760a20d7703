"""The machine of the scripted sandboxes: a directory that all worker processes share."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from integrations.stubs.sandboxes.places import Places
from integrations.stubs.sandboxes.sandbox import ScriptedSandbox
from worker.domain.errors import ImageUnavailable, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

IMAGE = "scripted"


class ScriptedSandboxes:
    """See ``worker.ports.Sandboxes``; for load and chaos tests, where containers would not fit.

    Takes the real bundles of the real git adapter. Nothing that a repository or an agent says is
    run. Safe to share between threads, processes, and over a fork.
    """

    def __init__(
        self, directory: Path, *, fleet: str = "storyfleet", poll_seconds: float = 0.05
    ) -> None:
        """``directory`` is made when first used, and holds a directory per sandbox;
        ``poll_seconds``: how soon a sleeping command notices that it was stopped.
        """
        self._directory = directory.absolute()
        self._places = Places(self._directory, fleet)
        self._poll_seconds = poll_seconds

    def image(
        self,
        spec: ImageSpec,
        archive: Callable[[], bytes],
        tools: Sequence[str] = (),  # noqa: ARG002 - the port's
    ) -> str:
        """One image stands for whatever is to be built, with whatever tools.

        Raises ImageUnavailable, Unavailable.
        """
        self._prepare()
        if spec.dockerfile is None and spec.image not in (None, IMAGE):
            raise ImageUnavailable(f"Scripted sandboxes have no image {spec.image}.")
        if spec.dockerfile is not None or spec.setup:
            archive()
        return IMAGE

    @contextmanager
    def open(self, spec: SandboxSpec, bundle: bytes) -> Iterator[ScriptedSandbox]:
        """Sandboxes of the same run with a lower fence are stopped first. Nothing inside could go
        through a door, so that none is looked at.

        Raises ImageUnavailable, SandboxGone, Unavailable.
        """
        if spec.image != IMAGE:
            raise ImageUnavailable(f"Scripted sandboxes have no image {spec.image}.")
        self.stop(spec.run_id, below_fence=spec.fence)
        try:
            place = self._places.add(spec.run_id, spec.fence)
        except OSError as fault:
            raise self._unavailable(fault) from fault
        try:
            yield ScriptedSandbox(place, bundle, self._poll_seconds)
        finally:
            self._places.remove(place)

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        """Whatever process opened them notices at its next look. Raises Unavailable."""
        self._prepare()
        try:
            outdated = [
                place
                for place in self._places.found()
                if place.run_id == run_id and (below_fence is None or place.fence < below_fence)
            ]
            return sum(self._places.remove(place) for place in outdated)
        except OSError as fault:
            raise self._unavailable(fault) from fault

    def rebuilt(self, spec: SandboxSpec, setup: Sequence[str], archive: bytes, token: str) -> str:
        """Runs nothing."""
        del setup, archive, token
        return spec.image

    def forget(self, run_id: RunId) -> None:
        """Nothing was kept."""
        del run_id

    def prune(self, unused_seconds: float) -> int:
        """Nothing is ever built."""
        del unused_seconds
        return 0

    def found(self) -> Sequence[FoundSandbox]:
        """Those of killed processes too. Raises Unavailable."""
        self._prepare()
        try:
            return [FoundSandbox(place.run_id, place.fence) for place in self._places.found()]
        except OSError as fault:
            raise self._unavailable(fault) from fault

    def _prepare(self) -> None:
        try:
            self._places.prepare()
        except OSError as fault:
            raise self._unavailable(fault) from fault

    def _unavailable(self, fault: OSError) -> Unavailable:
        return Unavailable(f"The scripted sandboxes' directory {self._directory}: {fault}")
