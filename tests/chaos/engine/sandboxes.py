"""What a world's sandboxes leave on the machine: containers of Docker, or scripted ones' places."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import docker
from docker.errors import APIError

FLEET_LABEL = "storyfleet.fleet"
RUN_LABEL = "storyfleet.run"
RUNNING = "running"
WEDGED_SECONDS = 30
"""After so long without an answer, Docker is taken to be stuck with a container."""


@dataclass(frozen=True, slots=True)
class Found:
    """One sandbox."""

    id: str
    run_id: str
    state: str
    """In Docker's words."""


class Sandboxes(Protocol):
    """All sandboxes of one world."""

    def found(self) -> list[Found]:
        """Running or ended."""
        ...

    def volumes(self) -> list[str]: ...

    def kill(self, sandbox: Found) -> bool:
        """As ``docker kill``; False where it had ended."""
        ...

    def pause(self, sandbox: Found) -> bool:
        """False where it had ended, or where there is nothing to pause."""
        ...

    def unpause(self, sandbox: Found) -> None: ...

    def remove(self) -> None:
        """Leave nothing of this world."""
        ...


@dataclass(frozen=True, slots=True)
class Containers:
    """Docker's, known by the fleet's label."""

    fleet_name: str

    @property
    def _filters(self) -> dict[str, str]:
        return {"label": f"{FLEET_LABEL}={self.fleet_name}"}

    def found(self) -> list[Found]:
        with closing(docker.from_env()) as client:
            rows = client.api.containers(all=True, filters=self._filters)
        return [Found(r["Id"], r["Labels"].get(RUN_LABEL, ""), r["State"]) for r in rows]

    def volumes(self) -> list[str]:
        with closing(docker.from_env()) as client:
            listed = client.volumes.list(filters=self._filters)
            return sorted(volume.name for volume in listed)

    def kill(self, sandbox: Found) -> bool:
        return self._do("kill", sandbox)

    def pause(self, sandbox: Found) -> bool:
        return self._do("pause", sandbox)

    def unpause(self, sandbox: Found) -> None:
        self._do("unpause", sandbox)

    def remove(self) -> None:
        for each in self.found():
            self._do("remove_container", each, v=True, force=True)

    def _do(self, what: str, sandbox: Found, **options: bool) -> bool:
        with closing(docker.from_env(timeout=WEDGED_SECONDS)) as client:
            try:
                getattr(client.api, what)(sandbox.id, **options)
            except APIError:
                return False
            except OSError:  # no answer in time: the SDK lets the errors of `requests` through
                _thaw(sandbox)
                return False
        return True


def _thaw(sandbox: Found) -> None:
    """A container that is paused while a process starts in it keeps Docker's lock on itself for
    ever (seen with 20.10 and cgroup v1): only the kernel can help.
    """
    state = Path(f"/sys/fs/cgroup/freezer/docker/{sandbox.id}/freezer.state")
    if state.exists():
        state.write_text("THAWED")


@dataclass(frozen=True, slots=True)
class ScriptedPlaces:
    """Scripted sandboxes: a directory each, which lives as long as the sandbox."""

    data: Path
    """The fleet's own directory."""

    def found(self) -> list[Found]:
        places = sorted(self.data.glob("scripted-sandboxes/*/open/*"))
        return [Found(str(place), place.name.split(",")[0], RUNNING) for place in places]

    def volumes(self) -> list[str]:
        return []

    def kill(self, sandbox: Found) -> bool:
        """Its process notices that its place is gone."""
        place = Path(sandbox.id)
        grave = place.parent.parent / f"killed-{place.name}"
        try:
            place.rename(grave)
        except FileNotFoundError:
            return False
        shutil.rmtree(grave, ignore_errors=True)
        return True

    def pause(self, sandbox: Found) -> bool:
        return False

    def unpause(self, sandbox: Found) -> None:
        """Nothing was paused."""

    def remove(self) -> None:
        """They go with the world's directory."""
