"""Our own small coding agent: the model is called from here, its commands run in the sandbox."""

from integrations.agents.native.agent import NativeAgent

__all__ = ["NativeAgent"]
