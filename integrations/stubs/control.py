"""`/_stub/...`: a person's actions, the stubs' state as JSON, and mischief, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations.stubs.github import shapes
from integrations.stubs.linear import payloads
from integrations.stubs.linear.webhooks import WebhookMischief
from integrations.stubs.mischief import Misdeed
from integrations.stubs.models.script import script_from_json
from integrations.stubs.parts import Parts
from integrations.stubs.reading import build


@dataclass(frozen=True)
class Ask:
    parts: Parts
    path: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def ticket(self) -> str:
        """The id or identifier in the path"""
        return self.path["ticket"]


Handler: TypeAlias = Callable[[Ask], object]


def control(parts: Parts) -> Starlette:
    """Not protected by any key: whoever reaches the stubs is the person at play."""
    routes = [
        Route(path, _endpoint(parts, handler), methods=[method])
        for (method, path), handler in _HANDLERS.items()
    ]
    return Starlette(routes=routes)


def _endpoint(parts: Parts, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            ask = Ask(parts, request.path_params, body)
            answer = await run_in_threadpool(handler, ask)
        except (ValueError, TypeError, LookupError, AttributeError, GraphQLError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return JSONResponse(answer)

    return endpoint


def _state(ask: Ask) -> object:
    return {
        "tickets": _list_tickets(ask),
        "deliveries": _list_deliveries(ask),
        "pulls": _list_pulls(ask),
        "requests": _list_requests(ask),
        "mischief": _list_mischief(ask),
    }


def _list_tickets(ask: Ask) -> list[payloads.Json]:
    world = ask.parts.linear
    with world.lock:
        return [payloads.issue_data(issue) for issue in world.issues]


def _get_ticket(ask: Ask) -> payloads.Json:
    world = ask.parts.linear
    with world.lock:
        issue = world.find_issue(ask.ticket)
        return {
            **payloads.issue_data(issue),
            "comments": [payloads.comment_data(comment) for comment in issue.comments],
            "attachments": [payloads.attachment_data(each) for each in issue.attachments],
        }


def _create_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.create_ticket(**ask.body))


def _edit_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.edit(ask.ticket, **ask.body))


def _label_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.label(ask.ticket, **ask.body))


def _close_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.close(ask.ticket, **ask.body))


def _comment_on_ticket(ask: Ask) -> object:
    return payloads.comment_data(ask.parts.person.comment(ask.ticket, **ask.body))


def _block_ticket(ask: Ask) -> object:
    relation = ask.parts.person.block(ask.ticket, **ask.body)
    return {"id": relation.id, "type": relation.type}


def _remove_ticket(ask: Ask) -> object:
    ask.parts.person.remove(ask.ticket)
    return {"removed": ask.ticket}


def _list_comments(ask: Ask) -> object:
    with ask.parts.linear.lock:
        return [payloads.comment_data(comment) for comment in ask.parts.linear.comments]


def _list_attachments(ask: Ask) -> object:
    with ask.parts.linear.lock:
        return [payloads.attachment_data(each) for each in ask.parts.linear.attachments]


def _list_deliveries(ask: Ask) -> list[dict[str, Any]]:
    return ask.parts.webhooks.state()


def _redeliver(ask: Ask) -> object:
    ask.parts.webhooks.redeliver(ask.path["delivery"])
    return {"redelivered": ask.path["delivery"]}


def _set_webhook(ask: Ask) -> object:
    """`{"url": ..., "secret": ...}`, and what else `WebhookTarget` has; the rest stays."""
    webhooks = ask.parts.webhooks
    webhooks.target = replace(webhooks.target, **ask.body)
    return {**asdict(webhooks.target), "secret": "(hidden)"}


def _list_pulls(ask: Ask) -> object:
    world = ask.parts.github
    with world.lock:
        return [
            {
                **shapes.pull_in_full(world, repo, pull),
                "repository": repo.full_name,
                "issue_comments": [shapes.comment(world, repo, each) for each in pull.comments],
            }
            for repo in world.repositories()
            for pull in repo.pulls
        ]


def _list_requests(ask: Ask) -> object:
    return list(ask.parts.models.requests)


def _set_script(ask: Ask) -> object:
    ask.parts.models.script = script_from_json(json.dumps(ask.body))
    return {"rules": len(ask.parts.models.script.rules)}


def _list_mischief(ask: Ask) -> object:
    parts = ask.parts
    states: dict[str, object] = {name: each.state() for name, each in parts.mischief.items()}
    return {**states, "webhooks": asdict(parts.webhooks.mischief)}


def _add_mischief(ask: Ask) -> object:
    """`{"stub": "linear", "kind": "error", "count": 2}`, or `{"stub": "webhooks", "drop": 1}`."""
    given = dict(ask.body)
    stub = given.pop("stub")
    if stub == "webhooks":
        ask.parts.webhooks.misbehave(build(WebhookMischief, given))
    else:
        ask.parts.mischief[stub].add(build(Misdeed, given))
    return _list_mischief(ask)


def _clear_mischief(ask: Ask) -> object:
    for mischief in ask.parts.mischief.values():
        mischief.clear()
    ask.parts.webhooks.misbehave(WebhookMischief())
    return _list_mischief(ask)


_HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/state"): _state,
    ("GET", "/requests"): _list_requests,
    ("PUT", "/script"): _set_script,
    ("GET", "/mischief"): _list_mischief,
    ("POST", "/mischief"): _add_mischief,
    ("DELETE", "/mischief"): _clear_mischief,
    ("GET", "/github/pulls"): _list_pulls,
    ("GET", "/linear/tickets"): _list_tickets,
    ("POST", "/linear/tickets"): _create_ticket,
    ("GET", "/linear/tickets/{ticket}"): _get_ticket,
    ("PATCH", "/linear/tickets/{ticket}"): _edit_ticket,
    ("DELETE", "/linear/tickets/{ticket}"): _remove_ticket,
    ("POST", "/linear/tickets/{ticket}/labels"): _label_ticket,
    ("POST", "/linear/tickets/{ticket}/close"): _close_ticket,
    ("POST", "/linear/tickets/{ticket}/comments"): _comment_on_ticket,
    ("POST", "/linear/tickets/{ticket}/block"): _block_ticket,
    ("GET", "/linear/comments"): _list_comments,
    ("GET", "/linear/attachments"): _list_attachments,
    ("PUT", "/linear/webhook"): _set_webhook,
    ("GET", "/linear/deliveries"): _list_deliveries,
    ("POST", "/linear/deliveries/{delivery}"): _redeliver,
}
