"""`/_stub/mischief`: what goes wrong from now on, what is held, and what went wrong so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from integrations.stubs.asking import Ask, Handler
from integrations.stubs.deliveries import WebhookMischief
from integrations.stubs.mischief import Misdeed, Mix
from integrations.stubs.parts import Parts
from integrations.stubs.reading import build
from integrations.stubs.webhooks import WebhookSender

ALL = "all"


def list_mischief(ask: Ask) -> object:
    """By vendor what is planned; `counts` is what was done so far, `held` what is held now."""
    parts = ask.parts
    vendors = parts.mischief.items()
    senders = _senders(parts).items()
    planned: dict[str, object] = {str(name): each.state() for name, each in vendors}
    planned |= {name: asdict(each.mischief) for name, each in senders}
    counts = {str(name): dict(each.counts) for name, each in vendors}
    counts |= {name: dict(each.counts) for name, each in senders}
    held = {name: found for name, each in vendors if (found := each.held())}
    return {**planned, "counts": counts, "held": held}


def add_mischief(ask: Ask) -> object:
    """A misdeed for a vendor, `{"stub": "linear", "kind": "error", "count": 2}`; a mix for one or
    all, `{"stub": "all", "kind": "mix", "probability": 0.05}`; or what happens to webhooks from now
    on, `{"stub": "webhooks", "drop": 1}` (Linear's) and `"github_webhooks"`.
    """
    given = dict(ask.body)
    stub = given.pop("stub")
    if sender := _senders(ask.parts).get(stub):
        sender.misbehave(build(WebhookMischief, given))
    else:
        what = _planned(given)
        for vendor in ask.parts.mischief if stub == ALL else (stub,):
            ask.parts.mischief[vendor].add(what)
    return list_mischief(ask)


def clear_mischief(ask: Ask) -> object:
    """All of it; what hangs or is held goes on."""
    for mischief in ask.parts.mischief.values():
        mischief.clear()
    for sender in _senders(ask.parts).values():
        sender.misbehave(WebhookMischief())
    return list_mischief(ask)


def forget_mischief(ask: Ask) -> object:
    """The misdeeds of a name; what they hold goes on. Raises LookupError where there is none."""
    name = ask.path["misdeed"]
    if not sum(mischief.clear(name) for mischief in ask.parts.mischief.values()):
        raise LookupError(f"no misdeed is named {name!r}")
    return list_mischief(ask)


def _planned(given: dict[str, Any]) -> Misdeed | Mix:
    if given.get("kind") != "mix":
        return build(Misdeed, given)
    return build(Mix, {name: value for name, value in given.items() if name != "kind"})


def _senders(parts: Parts) -> Mapping[str, WebhookSender]:
    return {"webhooks": parts.webhooks, "github_webhooks": parts.github_webhooks}


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/mischief"): list_mischief,
    ("POST", "/mischief"): add_mischief,
    ("DELETE", "/mischief"): clear_mischief,
    ("DELETE", "/mischief/{misdeed}"): forget_mischief,
}
