"""A fleet's containers, at whichever Docker daemon it uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from docker import APIClient
from docker.errors import APIError, NotFound

from integrations.docker.hardening import FENCE_LABEL, FLEET_LABEL, RUN_LABEL
from tests.chaos.scenarios.staging import Troupe

IMAGE = "storyfleet/sandbox:latest"


@dataclass(frozen=True)
class Containers:
    """Of one troupe."""

    troupe: Troupe
    client: APIClient

    @property
    def fleet(self) -> str:
        return self.troupe.stage.processes.environment["FLEET_NAME"]

    def of(self, run_id: str) -> list[str]:
        """The ids of a run's containers, ended ones too."""
        wanted = {"label": [f"{FLEET_LABEL}={self.fleet}", f"{RUN_LABEL}={run_id}"]}
        return [str(each["Id"]) for each in self.client.containers(all=True, filters=wanted)]

    def all(self) -> list[str]:
        """The ids of the whole fleet's, ended ones too."""
        wanted = {"label": f"{FLEET_LABEL}={self.fleet}"}
        return [str(each["Id"]) for each in self.client.containers(all=True, filters=wanted)]

    def runs_in(self, run_id: str, command: str) -> str | None:
        """The run's container in which such a command runs."""
        for container in self.of(run_id):
            try:
                listed = self.client.top(container, "-o pid,args")["Processes"] or []
            except (APIError, NotFound):
                continue
            if any(args.strip() == command for _, args in listed):
                return container
        return None

    def kill(self, container: str) -> None:
        """As ``docker kill``."""
        self.client.kill(container)

    def remove(self, container: str) -> None:
        """As ``docker rm --force``."""
        self.client.remove_container(container, v=True, force=True)

    @contextmanager
    def orphan(self, run_id: str, fleet: str) -> Iterator[str]:
        """A container that a dead worker of some fleet left behind; gone at the end."""
        labels = {FLEET_LABEL: fleet, RUN_LABEL: run_id, FENCE_LABEL: "1"}
        alone = self.client.create_host_config(network_mode="none")
        made = self.client.create_container(
            IMAGE, ["sleep", "600"], labels=labels, host_config=alone
        )["Id"]
        self.client.start(made)
        try:
            yield str(made)
        finally:
            if self.there(made):
                self.remove(made)

    def there(self, container: str) -> bool:
        """Whether there is such a container."""
        try:
            self.client.inspect_container(container)
        except NotFound:
            return False
        return True
