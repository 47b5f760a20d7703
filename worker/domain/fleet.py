"""Which repositories the fleet works on, for which teams and projects, and with what defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.domain.budget import MICRO, Budget
from worker.domain.plan import ImageSpec, Limits
from worker.domain.repository_settings import RepositorySettings
from worker.domain.ticket import TicketRef

LIFETIME = Budget(20, 8 * 3600.0, 20_000_000, 40 * MICRO)
"""Four runs' worth of the usual budget."""


@dataclass(frozen=True, slots=True)
class AgentCommand:
    """A coding agent given as an argument vector with placeholders.

    ``{prompt}``, ``{prompt_file}``, ``{model}`` and ``{round}`` are filled in, also inside words.
    """

    argv: tuple[str, ...]
    gateway: bool = False
    """Whether it calls its model from inside the sandbox, through the gateway."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a repository gets unless its own settings say otherwise."""

    agent: str = "native"
    coder_model: str | None = None
    evaluator: str = "judge"
    evaluator_model: str | None = None
    budget: Budget = Budget()
    lifetime: Budget = LIFETIME
    """What all runs of one ticket may use together."""
    image: ImageSpec = ImageSpec()
    limits: Limits = Limits()
    registries: tuple[str, ...] = ()
    """Package registries that its sandboxes may reach; see ``Access.registries``."""
    resume_sessions: bool = True
    """See ``Plan.resume_sessions``."""


@dataclass(frozen=True, slots=True)
class FleetRepository:
    """One repository on the allowlist."""

    slug: str
    """``owner/name`` on the code host."""
    base_branch: str | None = None
    """None: the code host's default branch."""
    teams: tuple[str, ...] = ()
    """Keys or names of Linear teams whose tickets go here."""
    projects: tuple[str, ...] = ()
    """Names of Linear projects whose tickets go here; a project wins over a team."""
    defaults: Defaults = Defaults()
    overrides: RepositorySettings = RepositorySettings()
    """What wins over the repository's own file: the options of ``fleet run``."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The allowlist. Empty means that the fleet works on nothing."""

    repositories: tuple[FleetRepository, ...] = ()
    agents: Mapping[str, AgentCommand] = field(default_factory=dict)
    installed: frozenset[str] = frozenset()
    """Coding agents that the fleet knows how to run itself, besides the native ones."""
    trigger_label: str = "agent"

    def repository(self, slug: str) -> FleetRepository | None:
        """The allow-listed repository of that name, or None. Case does not matter on GitHub."""
        return next((r for r in self.repositories if r.slug.lower() == slug.lower()), None)

    def repository_for(self, ticket: TicketRef) -> FleetRepository | None:
        """Where a ticket's work belongs: by project first, then by team; None where nobody said."""
        by_project = (r for r in self.repositories if _named(ticket.project, r.projects))
        by_team = (r for r in self.repositories if _named(ticket.team, r.teams))
        return next(by_project, None) or next(by_team, None)


def _named(name: str | None, names: tuple[str, ...]) -> bool:
    return name is not None and name.strip().lower() in {n.strip().lower() for n in names}
