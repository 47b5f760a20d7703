"""An environment made anew for the manifests that an agent has changed: by untrusted code, behind
the door.

The set-up commands are the base branch's, but what they install is named by the agent, and may run
scripts of its choice as root. So this is no image build, which has a network, more rights, and no
limit to its processes and its disk: it is a container like a sandbox's, whose files are kept.
"""

import hashlib
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from docker import APIClient
from docker.errors import APIError, ImageNotFound

from integrations.docker import hardening
from integrations.docker.certificates import extra_certificates
from integrations.docker.connection import Connection
from integrations.docker.failures import translated
from integrations.docker.processes import MIB
from integrations.docker.setup_layer import setup_context, setup_key
from integrations.docker.untrusted import FORWARD, SETUP, create, laid_out, proxy_environment
from integrations.docker.uses import Uses
from integrations.docker.wire import Overdue, Wire
from worker.domain.errors import HandOverRefused, Unavailable
from worker.domain.lease import RunId
from worker.domain.sandbox import SandboxSpec

UNTRUSTED = "storyfleet/untrusted"
"""The images' repository: nothing else of the fleet's is ever built on one of them."""
UNTRUSTED_LABEL = "storyfleet.untrusted"
_ROOT = "0:0"
# Nothing is written before a line has come from us: the SDK may lose it. Then the forwarder must
# listen at 127.0.0.1:8081.
_RUN = f"""
read -r _
tries=100
until grep -q '0100007F:1F91 .* 0A ' /proc/net/tcp; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || {{ echo 'the way to the registries did not open' >&2; exit 1; }}
  sleep 0.1
done
sh {SETUP}/run && rm -rf {FORWARD} {SETUP}
"""
_TAIL_BYTES = 4000
_LOOK_SECONDS = 5.0
_EXIT_SECONDS = 10.0
_COMMIT_SECONDS = 900


class UntrustedEnvironments:
    """The images of one daemon that runs have changed for themselves."""

    def __init__(
        self,
        connection: Connection,
        terms: hardening.Terms,
        extra_ca_bundle: Path | None = None,
        *,
        timeout_seconds: float = 1800,
        disk_bytes: int = 10 * 1024 * MIB,
    ) -> None:
        """``disk_bytes``: what a set-up may write; looked at every few seconds, so that a fast one
        gets somewhat further.
        """
        self._connection = connection
        self._terms = terms
        self._extra_ca_bundle = extra_ca_bundle
        self._timeout_seconds = timeout_seconds
        self._disk_bytes = disk_bytes
        self._uses = Uses(connection)

    def ensure(self, spec: SandboxSpec, commands: Sequence[str], archive: bytes, token: str) -> str:
        """The id of ``spec.image`` with the commands run on it, for this run's clean rooms only.

        ``spec.image`` holds the forwarder, and no set-up; ``spec.door`` has a ``proxy.sock``, whose
        token is ``token``; ``archive`` is a tar of the agent's commit. The same manifests are set
        up once in a run. Raises HandOverRefused where the set-up fails or takes too much (an
        agent's doing), ConfigurationError, SandboxGone, Unavailable.
        """
        certificates = extra_certificates(self._extra_ca_bundle)
        key = setup_key(spec.image, commands, archive, certificates)
        tag = f"{hashlib.sha256(spec.run_id.encode()).hexdigest()[:16]}-{key}"
        with translated(self._connection.host):
            found = self._kept(tag)
            if found is None:
                self._make(
                    spec, setup_context(spec.image, commands, archive, certificates), tag, token
                )
                found = self._kept(tag)
        if found is None:
            raise Unavailable("The environment that was made for the changes is gone again.")
        return found

    def forget(self, run_id: RunId) -> int:
        """Remove the run's images, except those in use; how many. Raises Unavailable."""
        labels = [
            UNTRUSTED_LABEL,
            f"{hardening.RUN_LABEL}={run_id}",
            f"{hardening.FLEET_LABEL}={self._terms.fleet}",
        ]
        removed = 0
        with translated(self._connection.host):
            api = self._connection.api()
            for image in api.images(filters={"label": labels}):
                with suppress(APIError):
                    api.remove_image(image["Id"], force=True)
                    removed += 1
        return removed

    def _kept(self, tag: str) -> str | None:
        try:
            details = self._connection.api().inspect_image(f"{UNTRUSTED}:{tag}")  # type: ignore[no-untyped-call]
        except ImageNotFound:
            return None
        self._uses.note(str(details["Id"]), details["RepoTags"] or [])
        return str(details["Id"])

    def _make(self, spec: SandboxSpec, context: bytes, tag: str, token: str) -> None:
        api = self._connection.api()
        container = create(api, spec, self._terms)
        try:
            for directory, tar in laid_out(context):
                api.put_archive(container, directory, tar)
            api.start(container)
            self._set_up(api, container, token)
            with self._connection.streaming(_COMMIT_SECONDS) as patient:
                patient.commit(
                    container, UNTRUSTED, tag, changes=[f'LABEL {UNTRUSTED_LABEL}="true"']
                )
        finally:
            with suppress(APIError):
                api.remove_container(container, v=True, force=True)

    def _set_up(self, api: APIClient, container: str, token: str) -> None:
        process = str(
            api.exec_create(
                *(container, ["sh", "-c", _RUN]),
                stdin=True,
                user=_ROOT,
                environment=proxy_environment(token),
            )["Id"]
        )
        wire = Wire(api.exec_start(process, socket=True), self._connection.check)
        deadline = time.monotonic() + self._timeout_seconds
        output = bytearray()
        try:
            wire.send(b"\n", deadline)
            self._hear(api, container, wire, deadline, output)
        except Overdue:
            raise _refused(f"took longer than {self._timeout_seconds:.0f} s", output) from None
        finally:
            wire.close()
        code = _exit_code(api, process)
        if code != 0:
            raise _refused(f"failed with exit code {code}", output)

    def _hear(
        self, api: APIClient, container: str, wire: Wire, deadline: float, output: bytearray
    ) -> None:
        """To its end. Raises Overdue, HandOverRefused."""
        look_at = time.monotonic() + _LOOK_SECONDS
        for _, data in wire.receive(deadline):
            output += data
            del output[:-_TAIL_BYTES]
            now = time.monotonic()
            if now >= deadline:
                raise Overdue
            if now >= look_at:
                look_at = now + _LOOK_SECONDS
                found = api.containers(all=True, size=True, filters={"id": container})
                if sum(each.get("SizeRw", 0) for each in found) > self._disk_bytes:
                    raise _refused(f"wrote more than {self._disk_bytes} bytes", output)


def _exit_code(api: APIClient, process: str) -> int:
    """The stream may end a little before the daemon knows the exit code."""
    deadline = time.monotonic() + _EXIT_SECONDS
    while (told := api.exec_inspect(process))["Running"] and time.monotonic() < deadline:
        time.sleep(0.02)
    return 137 if told["ExitCode"] is None else int(told["ExitCode"])


def _refused(what: str, output: bytearray) -> HandOverRefused:
    end = output.decode(errors="replace")
    return HandOverRefused(
        f"The set-up of the environment {what} with the manifests as they were changed. It reaches"
        f" the allow-listed registries only.\nThe end of its output:\n{end}"
    )
