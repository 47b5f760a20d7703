"""The container that an environment is made anew in: its rights, its files, its variables."""

import io
import tarfile
from collections.abc import Iterator

from docker import APIClient

from integrations.docker import hardening
from worker.domain.sandbox import SandboxSpec

FORWARD = "/opt/storyfleet/forward"
SETUP = "/opt/storyfleet/setup"
_RIGHTS = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETGID", "SETUID", "KILL")
"""What package managers need to install as root; image builds have seven more."""


def create(api: APIClient, spec: SandboxSpec, terms: hardening.Terms) -> str:
    """Create (not start) the container and return its id; nothing in its configuration is a secret,
    since that becomes the image's. Raises the SDK's errors.
    """
    created = api.create_container(
        spec.image,
        entrypoint=["sh", "-c"],
        command=[f"sh {FORWARD}/forward & exec sleep {terms.lifetime_seconds}"],
        user=hardening.KEEPER,
        working_dir="/",
        hostname="environment",
        labels={
            hardening.FLEET_LABEL: terms.fleet,
            hardening.RUN_LABEL: spec.run_id,
            hardening.FENCE_LABEL: str(spec.fence),
            hardening.PURPOSE_LABEL: spec.purpose,
        },
        healthcheck={"test": ["NONE"]},
        use_config_proxy=False,
        host_config=hardening.isolation(api, spec, terms, rights=_RIGHTS),
    )
    return str(created["Id"])


def proxy_environment(token: str) -> dict[str, str]:
    """The variables by which package managers find the proxy, and say nothing but what they must.

    Of a process alone: whatever is a container's would be its image's, too.
    """
    proxy = f"http://storyfleet:{token}@127.0.0.1:8081"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    return {
        **dict.fromkeys(names, proxy),
        "NO_PROXY": "127.0.0.1,localhost",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }


def laid_out(context: bytes) -> Iterator[tuple[str, bytes]]:
    """What a set-up layer's build would copy: directories, and tars of what comes into them."""
    setup, checkout = io.BytesIO(), b""
    with (
        tarfile.open(fileobj=io.BytesIO(context)) as source,
        tarfile.open(fileobj=setup, mode="w") as tar,
    ):
        directory = tarfile.TarInfo("workspace")
        directory.type, directory.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(directory)
        for member in source.getmembers():
            content = source.extractfile(member)
            if member.name == "files.tar" and content:
                checkout = content.read()
            elif member.name.startswith("setup/"):
                member.name = f"opt/storyfleet/{member.name}"
                tar.addfile(member, content)
    yield "/", setup.getvalue()
    yield "/workspace", checkout
