"""The machine that runs sandboxes: a Docker daemon."""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker import APIClient
from docker.errors import APIError, ImageNotFound

from integrations.docker.connection import ANSWER_SECONDS, Connection
from integrations.docker.environment import UntrustedEnvironments
from integrations.docker.failures import reason, translated
from integrations.docker.handover import take_in
from integrations.docker.hardening import FENCE_LABEL, FLEET_LABEL, RUN_LABEL, Terms, create
from integrations.docker.images import Images
from integrations.docker.processes import MIB, Processes
from integrations.docker.sandbox import DockerSandbox
from worker.domain.errors import ConfigurationError, ImageUnavailable, SandboxGone, Unavailable
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec
from worker.domain.sandbox import FoundSandbox, SandboxSpec

_log = logging.getLogger(__name__)
_NO_PROGRAM = (126, 127)
_HASTE_SECONDS = 10
"""For the end of a container that should be gone already; it takes a second, as a rule."""


class DockerSandboxes:
    """See ``worker.ports.Sandboxes``. Safe to share between threads and to carry over a fork."""

    def __init__(
        self,
        default_image: str,
        docker_host: str | None = None,
        runtime: str | None = None,
        extra_ca_bundle: Path | None = None,
        *,
        hand_out_bytes: int = 256 * MIB,
        build_timeout_seconds: int = 1800,
        lifetime_seconds: int = 24 * 3600,
        fleet: str = "storyfleet",
        answer_seconds: int = ANSWER_SECONDS,
    ) -> None:
        """``docker_host``: ``unix://…`` or ``tcp://…``, None for the local daemon's socket;
        ``runtime``: an OCI runtime that the daemon knows, such as ``runsc``; ``extra_ca_bundle``:
        PEM certificates trusted while images are built; ``lifetime_seconds``: when a sandbox that
        nobody cares for any more ends by itself; ``fleet``: whose the sandboxes are, where several
        share a daemon; ``answer_seconds``: after what time a daemon that does not answer is
        Unavailable. Connects when first used.
        """
        self._connection = Connection(docker_host, answer_seconds)
        self._terms = Terms(fleet, runtime, lifetime_seconds)
        self._hand_out_bytes = hand_out_bytes
        self._images = Images(
            self._connection, default_image, extra_ca_bundle, build_timeout_seconds
        )
        self._environments = UntrustedEnvironments(
            self._connection, self._terms, extra_ca_bundle, timeout_seconds=build_timeout_seconds
        )

    def image(
        self, spec: ImageSpec, archive: Callable[[], bytes], tools: Sequence[str] = ()
    ) -> str:
        """The image's id. Raises ImageUnavailable, ConfigurationError, Unavailable.

        A tool is ``forward``, or ``agent-NAME:VERSION``; its image is never pulled.
        """
        return self._images.ensure(spec, archive, tools)

    def rebuilt(self, spec: SandboxSpec, setup: Sequence[str], archive: bytes, token: str) -> str:
        """See ``UntrustedEnvironments``. Raises HandOverRefused, SandboxGone, Unavailable."""
        return self._environments.ensure(spec, setup, archive, token)

    def forget(self, run_id: RunId) -> None:
        """See ``UntrustedEnvironments.forget``. Raises Unavailable."""
        self._environments.forget(run_id)

    def prune(self, unused_seconds: float) -> int:
        """Remove the images that this or another fleet has built on this machine and that no
        sandbox was opened from for so long; how many. Raises Unavailable.
        """
        return self._images.prune(unused_seconds)

    @contextmanager
    def open(self, spec: SandboxSpec, bundle: bytes) -> Iterator[DockerSandbox]:
        """Sandboxes of the same run with a lower fence are stopped first, if that can be done soon.

        Raises ImageUnavailable, ConfigurationError (the checkout does not fit, or there can be no
        door), Unavailable.
        """
        self._stop_older(spec)
        # The name is ours, so that a container is removed even if we are interrupted before the
        # daemon has told us its id.
        name = f"storyfleet-{secrets.token_hex(8)}"
        try:
            self._start(spec, name)
            processes = Processes(self._connection, name, spec.limits.memory_bytes)
            try:
                base = take_in(processes, bundle, spec.image, door=spec.door is not None)
            except SandboxGone:
                self._explain_end(spec.image, name)
                raise
            yield DockerSandbox(processes, spec.limits, base, self._hand_out_bytes)
        finally:
            self._remove_quietly(name)

    def stop(self, run_id: RunId, below_fence: int | None = None) -> int:
        """May be called while another thread runs a command. Raises Unavailable."""
        api = self._connection.api()
        return sum(self._remove(each, api) for each in self._of(run_id, below_fence))

    def found(self) -> Sequence[FoundSandbox]:
        """In whatever state: never started, running, paused, ended. Raises Unavailable."""
        labels = [container["Labels"] for container in self._containers(RUN_LABEL)]
        return [FoundSandbox(RunId(each[RUN_LABEL]), _fence(each)) for each in labels]

    def _of(self, run_id: RunId, below_fence: int | None) -> list[str]:
        """The ids of the run's containers. Raises Unavailable."""
        return [
            str(container["Id"])
            for container in self._containers(f"{RUN_LABEL}={run_id}")
            if below_fence is None or _fence(container["Labels"]) < below_fence
        ]

    def _stop_older(self, spec: SandboxSpec) -> None:
        """Raises Unavailable for a daemon that does not answer at all."""
        outdated = self._of(spec.run_id, spec.fence)
        if not outdated:
            return
        # Docker may be stuck with a container for hours, and the run would wait for each attempt's
        # time-out as long. Nothing but the machine's memory depends on its end: what is in it
        # reaches nothing but the door of the worker that opened it, and whatever that worker still
        # gets out of it is refused, for its lease's fence is a lower one. Beside this, the daemon
        # goes on with what it was asked for, and the janitor asks again.
        try:
            with self._connection.streaming(_HASTE_SECONDS) as api:
                for container in outdated:
                    self._remove(container, api)
        except Unavailable as fault:
            _log.warning("older sandbox not stopped: run=%s reason=%s", spec.run_id, fault)

    def _containers(self, label: str) -> list[dict[str, Any]]:
        """This fleet's, with the label too."""
        labels = [f"{FLEET_LABEL}={self._terms.fleet}", label]
        with translated(self._connection.host):
            return list(self._connection.api().containers(all=True, filters={"label": labels}))

    def _start(self, spec: SandboxSpec, name: str) -> None:
        api = self._connection.api()
        with translated(self._connection.host):
            try:
                create(api, spec, name, self._terms)
                api.start(name)
            except ImageNotFound as fault:
                gone = f"The image {spec.image} is not on this machine any more"
                if spec.image.startswith("sha256:"):
                    raise Unavailable(f"{gone}: it is made again with the next attempt.") from fault
                raise ImageUnavailable(f"{gone}: pull or build it.") from fault
            except APIError as fault:
                if "bind source path does not exist" not in reason(fault):
                    raise
                raise ConfigurationError(
                    f"The Docker daemon at {self._connection.host} has no directory {spec.door}:"
                    " the gateway's socket cannot be mounted into a sandbox on another machine."
                    " There, use an agent whose model the worker itself calls (native,"
                    " native-tools, native-whole), or run a worker on that machine. If it is this"
                    " machine, and the worker runs in a container: mount the host's directory at"
                    " the very path in it that it has on the host."
                ) from fault

    def _explain_end(self, image: str, name: str) -> None:
        """An image without the program for the main process ends at once."""
        with translated(self._connection.host):
            state = self._connection.api().inspect_container(name)["State"]
        if state["ExitCode"] in _NO_PROGRAM:
            raise ImageUnavailable(
                f"The image {image} has no `sh` or no `sleep`. A sandbox needs sh, git and"
                " coreutils: add them."
            )

    def _remove(self, container: str, api: APIClient) -> bool:
        """Whether it was there; it is gone afterwards either way. Raises Unavailable."""
        try:
            with translated(self._connection.host):
                api.remove_container(container, v=True, force=True)
        except SandboxGone:
            return False
        return True

    def _remove_quietly(self, name: str) -> None:
        """The stage's result, or its error, is worth more than a container left behind."""
        try:
            self._remove(name, self._connection.api())
        except Unavailable as fault:
            _log.warning("sandbox not removed: container=%s reason=%s", name, fault)


def _fence(labels: dict[str, str]) -> int:
    """A container whose label is unreadable is not one of ours any more: older than all."""
    text = labels.get(FENCE_LABEL, "")
    return int(text) if text.isascii() and text.isdigit() else -1
