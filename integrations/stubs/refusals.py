"""How each vendor refuses: its rate limit, and its server errors."""

from __future__ import annotations

import time

from starlette.responses import JSONResponse, PlainTextResponse, Response

from integrations.stubs.mischief import Misdeed, Vendor

_TOO_MANY = 429
_WORDS = {401: "Bad credentials"}


def refusal(vendor: Vendor, misdeed: Misdeed) -> Response:
    """The answer that an `error` or a `rate_limit` is."""
    if misdeed.kind == "rate_limit":
        return _RATE_LIMITS[vendor](misdeed)
    if vendor == "git":
        return PlainTextResponse("Server Error\n", misdeed.status)
    return JSONResponse({"message": _WORDS.get(misdeed.status, "Server Error")}, misdeed.status)


def _linear(misdeed: Misdeed) -> Response:
    reset_ms = int((time.time() + misdeed.seconds) * 1000)
    message = "Rate limit exceeded. Only 2500 requests are allowed per 1 hour."
    extensions = {
        "code": "RATELIMITED",
        "type": "ratelimited",
        "statusCode": 429,
        "userError": True,
        "userPresentableMessage": message,
    }
    headers = {
        "X-RateLimit-Requests-Limit": "2500",
        "X-RateLimit-Requests-Remaining": "0",
        "X-RateLimit-Requests-Reset": str(reset_ms),
    }
    return JSONResponse({"errors": [{"message": message, "extensions": extensions}]}, 400, headers)


def _github(misdeed: Misdeed) -> Response:
    if misdeed.status == _TOO_MANY:
        message = "You have exceeded a secondary rate limit. Please wait before you try again."
        return JSONResponse({"message": message}, _TOO_MANY, _retry_after(misdeed))
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": "5000",
        "x-ratelimit-reset": str(int(time.time() + misdeed.seconds) + 1),
        "x-ratelimit-resource": "core",
    }
    return JSONResponse({"message": "API rate limit exceeded for user ID 1."}, 403, headers)


def _git(misdeed: Misdeed) -> Response:
    return PlainTextResponse("Slow down.\n", _TOO_MANY, _retry_after(misdeed))


def _models(misdeed: Misdeed) -> Response:
    error = {"type": "rate_limit_error", "message": "Rate limit reached.", "code": "rate_limit"}
    return JSONResponse({"type": "error", "error": error}, _TOO_MANY, _retry_after(misdeed))


def _retry_after(misdeed: Misdeed) -> dict[str, str]:
    return {"Retry-After": str(round(misdeed.seconds))}


_RATE_LIMITS = {"linear": _linear, "github": _github, "git": _git, "models": _models}
