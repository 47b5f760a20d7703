"""Tickets in Linear: the Tracker and the source of its webhooks."""

from integrations.linear.tracker import LinearTracker
from integrations.linear.webhook import LinearWebhook

__all__ = ["LinearTracker", "LinearWebhook"]
