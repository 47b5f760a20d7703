"""What a world's sandboxes leave on the machine: containers of Docker, or scripted ones' places."""

import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import docker
from docker.errors import APIError, NotFound

FLEET_LABEL = "storyfleet.fleet"
RUN_LABEL = "storyfleet.run"
RUNNING = "running"


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
        with closing(docker.from_env()) as client:
            for each in self.found():
                with suppress(NotFound):
                    client.api.remove_container(each.id, v=True, force=True)

    def _do(self, what: str, sandbox: Found) -> bool:
        with closing(docker.from_env()) as client:
            try:
                getattr(client.api, what)(sandbox.id)
            except APIError:
                return False
        return True


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
