"""Sandboxes that start no container and run nothing, so that a test can have thousands of them."""

from integrations.stubs.sandboxes.sandboxes import ScriptedSandboxes

__all__ = ["ScriptedSandboxes"]
