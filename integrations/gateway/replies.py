"""Whole answers of the gateway itself."""

import json
from collections.abc import Mapping

from starlette.types import Send


async def reply(
    send: Send, status: int, body: object, headers: Mapping[str, str] | None = None
) -> None:
    """Answer a request with JSON."""
    content = json.dumps(body, separators=(",", ":")).encode()
    all_headers = {
        **(headers or {}),
        "content-type": "application/json",
        "content-length": str(len(content)),
    }
    raw = [(name.encode(), value.encode()) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content, "more_body": False})
