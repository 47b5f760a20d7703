"""Local mode: a story in a file and a repository on this machine, with no tracker and no host."""

from integrations.local.code_host import LocalCodeHost
from integrations.local.repositories import LocalRepositories
from integrations.local.story import story_ticket
from integrations.local.tracker import LocalTracker

__all__ = ["LocalCodeHost", "LocalRepositories", "LocalTracker", "story_ticket"]
