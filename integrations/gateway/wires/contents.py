"""Looks through a conversation and its tools for what a provider would fetch or run by itself."""

from collections.abc import Callable, Mapping

from integrations.gateway.refusals import not_allowed

_REACHING = frozenset(
    {
        *("imageurl", "fileurl", "videourl", "audiourl", "documenturl", "inputurl"),
        *("url", "uri", "fileuri", "gcsuri", "serverurl"),
        *("fileid", "fileids", "containerid", "connectorid", "vectorstoreids", "promptid"),
    }
)
"""Keys, in lower case and without underscores, whose value names something that is elsewhere."""
_FREE = frozenset(
    {
        *("input", "arguments", "args", "response", "parameters", "schema"),
        *("action", "operation", "env", "annotations", "citations", "logprobs", "metadata"),
    }
)
"""What a tool was called with, or anything else that the provider does not act upon."""
_REACHING_TYPES = frozenset({"item_reference", "mcp_call", "mcp_approval_response"})

_STORED = "only what is in the request itself can be used, not what is stored elsewhere"
_REMOTE = "nothing is fetched from an address: send the content as a data: URL"


def check_contents(value: object, path: str) -> None:
    """Raises Refused, naming the field, for anything that the provider would look up or fetch."""
    if isinstance(value, list):
        for index, part in enumerate(value):
            check_contents(part, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        if value.get("type") in _REACHING_TYPES:
            raise not_allowed(f"{path}.type", _STORED)
        for key, part in value.items():
            name = normal(str(key))
            if name in _REACHING:
                _check_reaching(part, f"{path}.{key}", _why(name))
            elif name not in _FREE:
                check_contents(part, f"{path}.{key}")


def check_tools(tools: object, path: str, allowed: Callable[[Mapping[str, object]], bool]) -> None:
    """Raises Refused for a tool that runs at the provider instead of at the client."""
    if tools is None:
        return
    for index, tool in enumerate(tools if isinstance(tools, list) else [tools]):
        if not isinstance(tool, Mapping) or not allowed(tool):
            kind = tool.get("type", "") if isinstance(tool, Mapping) else ""
            why = f"the tool {kind!r} runs at the provider, outside the sandbox"
            raise not_allowed(f"{path}[{index}]", why)


def normal(key: str) -> str:
    """``fileUri`` and ``file_uri`` are the same to a provider that takes both."""
    return key.replace("_", "").lower()


def _why(name: str) -> str:
    return _STORED if name.endswith(("id", "ids")) else _REMOTE


def _check_reaching(value: object, path: str, why: str) -> None:
    if isinstance(value, list):
        for index, part in enumerate(value):
            _check_reaching(part, f"{path}[{index}]", why)
    elif isinstance(value, Mapping):
        check_contents(value, path)
    elif value is not None and not str(value).lower().startswith("data:"):
        raise not_allowed(path, why)
