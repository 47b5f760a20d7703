"""Repositories on real git (2.39 or newer), driven as a subprocess that trusts nothing it reads."""

from integrations.git.limits import GitLimits, Identity
from integrations.git.repositories import GitRepositories

__all__ = ["GitLimits", "GitRepositories", "Identity"]
