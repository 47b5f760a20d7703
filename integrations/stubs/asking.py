"""What somebody asks of `/_stub`, and answers that Linear's and GitHub's webhooks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

from integrations.stubs.parts import Parts
from integrations.stubs.webhooks import WebhookSender


@dataclass(frozen=True)
class Ask:
    """One request."""

    parts: Parts
    path: Mapping[str, Any]
    body: Mapping[str, Any]


Handler: TypeAlias = Callable[[Ask], object]


def redelivered(sender: WebhookSender, ask: Ask) -> object:
    """Raises LookupError."""
    sender.redeliver(ask.path["delivery"])
    return {"redelivered": ask.path["delivery"]}


def retargeted(sender: WebhookSender, ask: Ask) -> object:
    """`{"url": ..., "secret": ...}`, and what else `WebhookTarget` has; the rest stays."""
    sender.target = replace(sender.target, **ask.body)
    return {**asdict(sender.target), "secret": "(hidden)"}
