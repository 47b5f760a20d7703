"""What every sandbox's container is created with: the whole of its isolation."""

from dataclasses import dataclass
from typing import Any

from docker import APIClient
from docker.types import LogConfig, Ulimit

from worker.domain.plan import Limits
from worker.domain.sandbox import SandboxSpec

AGENT = "10001:10001"
"""Who everything runs as that the worker starts in a sandbox."""
_KEEPER = "10002:10002"
"""Who the container's main process runs as, so that the agent cannot end it."""
WORKSPACE = "/workspace"
HOME = "/home/agent"
FLEET_LABEL = "storyfleet.fleet"
RUN_LABEL = "storyfleet.run"
FENCE_LABEL = "storyfleet.fence"
PURPOSE_LABEL = "storyfleet.purpose"

_CPU_PERIOD = 100_000
_SHARED_MEMORY = "64m"


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
        entrypoint=["sleep"],
        command=[str(terms.lifetime_seconds)],
        user=_KEEPER,
        working_dir="/",
        hostname="sandbox",
        environment=_environment(config),
        labels={
            FLEET_LABEL: terms.fleet,
            RUN_LABEL: spec.run_id,
            FENCE_LABEL: str(spec.fence),
            PURPOSE_LABEL: spec.purpose,
        },
        healthcheck={"test": ["NONE"]},
        # Proxies in the worker's Docker configuration may carry passwords.
        use_config_proxy=False,
        host_config=_host_config(api, spec.limits, config, terms.runtime),
    )
    return str(created["Id"])


def _host_config(api: APIClient, limits: Limits, image: dict[str, Any], runtime: str | None) -> Any:  # noqa: ANN401 - the SDK's own type is a dict of anything
    return api.create_host_config(
        network_mode="none",
        # Not the host's resolver: its address and search domains are nobody's business here.
        dns=["127.0.0.1"],
        dns_search=["."],
        read_only=True,
        tmpfs=_tmpfs(limits, image),
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        ipc_mode="private",
        shm_size=_SHARED_MEMORY,
        mem_limit=limits.memory_bytes,
        memswap_limit=limits.memory_bytes,
        # A quota instead of ``nano_cpus``, which is refused where the machine has fewer CPUs.
        cpu_period=_CPU_PERIOD,
        cpu_quota=max(1000, int(limits.cpus * _CPU_PERIOD)),
        pids_limit=limits.pids,
        ulimits=[Ulimit(name="core", soft=0, hard=0)],
        log_config=LogConfig(type="none"),
        init=True,
        runtime=runtime,
    )


def _tmpfs(limits: Limits, image: dict[str, Any]) -> dict[str, str]:
    """Every place that can be written to, each with a size.

    They count to the memory limit. The checkout gets no more than three quarters of that, so that
    a full disk is met before the end of memory. The volumes that the image declares are covered,
    since Docker would put them on the host's disk without a limit.
    """
    workspace = min(limits.workspace_bytes, limits.memory_bytes * 3 // 4)
    side = min(limits.workspace_bytes, limits.memory_bytes // 4)
    return {
        **{str(path): _mount(side, "1777") for path in image.get("Volumes") or {}},
        "/tmp": _mount(side, "1777"),  # noqa: S108 - inside the container
        HOME: _mount(side, "0700"),
        WORKSPACE: _mount(workspace, "0755"),
    }


def _mount(size_bytes: int, mode: str) -> str:
    return f"rw,exec,nosuid,nodev,size={size_bytes},uid=10001,gid=10001,mode={mode}"


def _environment(image: dict[str, Any]) -> dict[str, str]:
    """What is added to the image's own variables: nothing of the worker's."""
    named = {str(entry).partition("=")[0] for entry in image.get("Env") or []}
    language = {} if "LANG" in named else {"LANG": "C.UTF-8"}
    return {"HOME": HOME, "USER": "agent", **language}
