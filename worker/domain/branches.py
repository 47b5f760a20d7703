"""The names of the branches that runs work on, and which are whose."""

import re

from worker.domain.lease import RunId

SLUG_LENGTH = 40
RERUNS = "agent/rerun/"
"""How the branches of reruns begin; no ticket's own branch does."""


def branch_of_ticket(identifier: str, title: str) -> str:
    """``agent/<identifier>-<slug of the title>``, the same for every run that a ticket asks for."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:SLUG_LENGTH].strip("-")
    key = re.sub(r"[^A-Za-z0-9]+", "-", identifier).strip("-")
    return f"agent/{key}-{slug}" if slug else f"agent/{key}"


def branch_of_rerun(run_id: RunId) -> str:
    """One that no other run works on."""
    return f"{RERUNS}{run_id}"
