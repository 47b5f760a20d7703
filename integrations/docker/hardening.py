"""What every container is created with: the whole of its isolation."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docker import APIClient
from docker.types import LogConfig, Mount, Ulimit

from worker.domain.plan import Limits
from worker.domain.sandbox import SandboxSpec

AGENT = "10001:10001"
"""Who everything runs as that the worker starts in a sandbox."""
KEEPER = "10002:10002"
"""Who the container's main process runs as, so that the agent cannot end it."""
WORKSPACE = "/workspace"
HOME = "/home/agent"
DOOR = "/run/storyfleet"
"""Where the gateway's sockets are."""
_FORWARDER = "/opt/storyfleet/forward/forward"
FLEET_LABEL = "storyfleet.fleet"
RUN_LABEL = "storyfleet.run"
FENCE_LABEL = "storyfleet.fence"
PURPOSE_LABEL = "storyfleet.purpose"

_CPU_PERIOD = 100_000
_SHARED_MEMORY_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Terms:
    """What all sandboxes of a fleet have in common."""

    fleet: str
    runtime: str | None
    lifetime_seconds: int


def create(api: APIClient, spec: SandboxSpec, name: str, terms: Terms) -> str:
    """Create (not start) the container and return its id; it ends by itself after its lifetime.

    Raises the SDK's errors.
    """
    details = api.inspect_image(spec.image)  # type: ignore[no-untyped-call]
    config = details["Config"] or {}
    created = api.create_container(
        spec.image,
        name=name,
        entrypoint=["sleep"] if spec.door is None else ["sh", "-c"],
        command=[_main(spec, terms.lifetime_seconds)],
        user=KEEPER,
        working_dir="/",
        hostname="sandbox",
        environment={**_environment(config), **dict(spec.variables)},
        labels={
            FLEET_LABEL: terms.fleet,
            RUN_LABEL: spec.run_id,
            FENCE_LABEL: str(spec.fence),
            PURPOSE_LABEL: spec.purpose,
        },
        healthcheck={"test": ["NONE"]},
        # Proxies in the worker's Docker configuration may carry passwords.
        use_config_proxy=False,
        host_config=isolation(api, spec, terms, read_only=True, tmpfs=_tmpfs(spec.limits, config)),
    )
    return str(created["Id"])


def _main(spec: SandboxSpec, lifetime_seconds: int) -> str:
    """What the main process does: nothing, and beside it the way to the gateway, if there is one.

    As the keeper, so that no agent can end the forwarder or take its place.
    """
    if spec.door is None:
        return str(lifetime_seconds)
    return f"sh {_FORWARDER} & exec sleep {lifetime_seconds}"


def isolation(
    api: APIClient,
    spec: SandboxSpec,
    terms: Terms,
    *,
    rights: Sequence[str] = (),
    read_only: bool = False,
    tmpfs: Mapping[str, str] | None = None,
) -> Any:  # noqa: ANN401 - the SDK's own type is a dict of anything
    """What every container in which strangers' code runs has in common: the API's HostConfig.

    ``rights`` are capabilities, ``tmpfs`` places with their options.
    """
    limits = spec.limits
    return api.create_host_config(
        network_mode="none",
        # Not the host's resolver: its address and search domains are nobody's business here.
        dns=["127.0.0.1"],
        dns_search=["."],
        read_only=read_only,
        tmpfs=dict(tmpfs or {}),
        mounts=[] if spec.door is None else [_door(spec.door)],
        cap_drop=["ALL"],
        cap_add=list(rights),
        security_opt=["no-new-privileges:true"],
        ipc_mode="private",
        mem_limit=limits.memory_bytes,
        memswap_limit=limits.memory_bytes,
        # A quota instead of ``nano_cpus``, which is refused where the machine has fewer CPUs.
        cpu_period=_CPU_PERIOD,
        cpu_quota=max(1000, int(limits.cpus * _CPU_PERIOD)),
        pids_limit=limits.pids,
        ulimits=[Ulimit(name="core", soft=0, hard=0)],
        log_config=LogConfig(type="none"),
        init=True,
        runtime=terms.runtime,
    )


def _tmpfs(limits: Limits, image: dict[str, Any]) -> dict[str, str]:
    """Every place that can be written to, each with a size.

    They count to the memory limit. The checkout gets no more than three quarters of that, so that
    a full disk is met before the end of memory. The volumes that the image declares are covered,
    since Docker would put them on the host's disk without a limit.
    """
    workspace = min(limits.workspace_bytes, limits.memory_bytes * 3 // 4)
    side = min(limits.workspace_bytes, limits.memory_bytes // 4)
    shared = min(side, _SHARED_MEMORY_BYTES)
    volumes = [str(path) for path in image.get("Volumes") or {}]
    return {
        **{path: _place(side, limits.files, "1777") for path in volumes if not _at_door(path)},
        "/tmp": _place(side, limits.files, "1777"),  # noqa: S108 - inside the container
        "/dev/shm": _place(shared, limits.files, "1777", "noexec"),  # noqa: S108
        HOME: _place(side, limits.files, "0700"),
        WORKSPACE: _place(workspace, limits.files, "0755"),
    }


def _place(size_bytes: int, files: int, mode: str, execution: str = "exec") -> str:
    return (
        f"rw,{execution},nosuid,nodev,size={size_bytes},nr_inodes={files},"
        f"uid=10001,gid=10001,mode={mode}"
    )


def _door(directory: str) -> Mount:
    # A bind that is not there is an error of a mount, and made by the daemon for a volume.
    return Mount(DOOR, directory, type="bind", read_only=True, propagation="rprivate")


def _at_door(path: str) -> bool:
    return posixpath.normpath(path) == DOOR


def _environment(image: dict[str, Any]) -> dict[str, str]:
    """What is added to the image's own variables: nothing of the worker's."""
    named = {str(entry).partition("=")[0] for entry in image.get("Env") or []}
    language = {} if "LANG" in named else {"LANG": "C.UTF-8"}
    return {"HOME": HOME, "USER": "agent", **language}
