"""Sandboxes on Docker: one hardened container per stage, with no network and no keys."""

from integrations.docker.sandboxes import DockerSandboxes

__all__ = ["DockerSandboxes"]
