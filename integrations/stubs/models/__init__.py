"""A stand-in for a paid model: scripted answers over the providers' protocols."""

from .script import Answer, Prompt, Rule, Script, ToolCall, script_from_json

__all__ = ["Answer", "Prompt", "Rule", "Script", "ToolCall", "script_from_json"]
