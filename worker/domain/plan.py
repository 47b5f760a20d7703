"""How one run is going to be worked on: settled once, when the story is examined."""

from dataclasses import dataclass

from worker.domain.budget import Budget
from worker.domain.mode import Mode
from worker.domain.protection import Protection
from worker.domain.rails import Mutation, Rails
from worker.domain.story import Criterion


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sandbox may use."""

    memory_bytes: int = 2 * 1024**3
    cpus: float = 2.0
    pids: int = 512
    workspace_bytes: int = 2 * 1024**3
    """Size of the writable checkout; it is memory-backed, so it counts to ``memory_bytes`` too."""
    output_bytes: int = 4 * 1024**2
    """Output kept of one command; more stops the command."""
    files: int = 400_000
    """Files and directories in each place that can be written to."""


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """Which image a repository's sandboxes start from; all read from the base branch.

    ``dockerfile`` (a path) wins over ``image``; ``setup`` commands are baked on top of either.
    """

    image: str | None = None
    """None: the fleet's default sandbox image."""
    dockerfile: str | None = None
    setup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """One rung of the ladder: who works, and with how much."""

    agent: str
    coder_model: str | None = None
    """``provider:name``, or None for an agent that needs none."""
    budget: Budget = Budget()
    """Of this tier alone. Its rounds are counted anew in each phase."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the rounds need, fixed for the life of the run, from the base branch only."""

    base_branch: str
    base_commit: str
    criteria: tuple[Criterion, ...]
    execution_command: str
    agent: str
    coder_model: str | None
    """``provider:name``, or None for an agent that needs none."""
    evaluator: str
    """``command`` or ``judge``."""
    evaluator_model: str | None
    budget: Budget = Budget()
    """Of the first tier."""
    image: ImageSpec = ImageSpec()
    limits: Limits = Limits()
    prompt: str = ""
    """Standing instructions of the repository."""
    context_editable: tuple[str, ...] = ()
    context_read_only: tuple[str, ...] = ()
    execution_timeout_seconds: float = 900.0
    agent_timeout_seconds: float = 1800.0
    protection: Protection = Protection()
    registries: tuple[str, ...] = ()
    """Package registries that the sandbox may reach; see ``Access.registries``."""
    transcripts: str = "storyfleet/transcripts"
    """Branch of the repository for whole transcripts; empty keeps them out of the repository."""
    assumptions: tuple[str, ...] = ()
    """What was assumed because nobody said it, a sentence each, for the pull request."""
    warnings: tuple[str, ...] = ()
    mode: Mode = Mode.DIRECTOR
    ladder: tuple[Tier, ...] = ()
    """The tiers above the first, in the order in which they are tried when a run stalls."""
    ceiling: Budget | None = None
    """What all tiers may use together; None in journals of releases that had no ladder."""
    stall_rounds: int = 3
    """Rounds without progress, after which a tier is taken to be stuck."""
    checks: tuple[str, ...] = ()
    """Further commands of the clean room; each must exit 0."""
    rails: Rails = Rails()
    mutation: Mutation = Mutation(seconds=0)
    """Off in journals of releases that did not know it."""
    rules_file: str | None = None
    """Path of the repository's rules, where the base has them."""
    rules: tuple[str, ...] = ()
    """Those that earlier runs have taught, which each round's prompt repeats."""
    resume_sessions: bool = False
    """Whether an agent goes on with its session of the round before, where it can; not in journals
    of releases that did not know it.
    """

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The whole ladder, from the bottom."""
        return (Tier(self.agent, self.coder_model, self.budget), *self.ladder)
