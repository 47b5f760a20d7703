"""The layer that holds coding agents and the forwarder: its name by content, and its context."""

import hashlib
import io
import tarfile
from collections.abc import Sequence

_TREE = "/opt/storyfleet/"
"""All that is taken from a tool's image."""


def tool_image(tool: str) -> str:
    """The name of the image that holds a tool: ``forward``, or ``agent-NAME:VERSION``."""
    return f"storyfleet/{tool}" if ":" in tool else f"storyfleet/{tool}:latest"


def tools_key(project: str, images: Sequence[str]) -> str:
    """The hash that names the layer of these tools' images on top of ``project``; all are ids."""
    return hashlib.sha256("\0".join((project, *images)).encode()).hexdigest()[:32]


def tools_context(project: str, images: Sequence[str]) -> bytes:
    """A tar for ``docker build``, which runs nothing of what it copies."""
    copies = [f"COPY --from={image} {_TREE} {_TREE}" for image in images]
    dockerfile = "\n".join((f"FROM {project}", *copies, "")).encode()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(dockerfile)
        tar.addfile(member, io.BytesIO(dockerfile))
    return target.getvalue()
