"""Our own small coding agent: the model is called from here, through the session's door; its
commands run in the sandbox.
"""

from integrations.agents.native.agent import NativeAgent

__all__ = ["NativeAgent"]
