"""The kinds of tickets that people write, what the models make of them, and how each may end."""

import random
from dataclasses import dataclass
from enum import StrEnum

from worker.domain.events import Outcome

LABEL = "agent"
STORY = "{behaviour}\n\n## Acceptance criteria\n- `work.txt` says done\n- the check passes\n"


class Kind(StrEnum):
    """What is special about a ticket."""

    ONE_ROUND = "one round"
    TWO_ROUNDS = "two rounds"
    GAVE_UP = "never done"
    OVER_BUDGET = "far too costly"
    QUESTIONS = "cannot be tested"
    UNLABELLED = "label removed"
    TICKET_CANCELLED = "ticket cancelled"
    FLEET_CANCEL = "fleet cancel"
    TAKEN_BACK = "taken back at once"
    BLOCKED = "blocked"
    EDITED = "edited twice"


@dataclass(frozen=True, slots=True)
class Nature:
    """What a kind of ticket needs, and what may become of it."""

    outcomes: frozenset[Outcome]
    project: str
    """Which sort of repository it is for."""
    rounds: int
    """As many as it takes if nothing goes wrong."""
    share: int
    """Of a hundred tickets."""
    may_never_run: bool = False


_DONE = frozenset({Outcome.ACCEPTED})
_STOPPED = frozenset({Outcome.CANCELLED})

NATURES = {
    Kind.ONE_ROUND: Nature(_DONE, "steady", 1, 34),
    Kind.TWO_ROUNDS: Nature(_DONE, "steady", 2, 20),
    Kind.GAVE_UP: Nature(frozenset({Outcome.GAVE_UP}), "strict", 2, 6),
    Kind.OVER_BUDGET: Nature(frozenset({Outcome.OVER_BUDGET}), "steady", 1, 5),
    Kind.QUESTIONS: Nature(frozenset({Outcome.QUESTIONS}), "untested", 0, 5),
    Kind.UNLABELLED: Nature(_STOPPED, "slow", 1, 4),
    Kind.TICKET_CANCELLED: Nature(_STOPPED, "slow", 1, 4),
    Kind.FLEET_CANCEL: Nature(_STOPPED, "slow", 1, 3),
    Kind.TAKEN_BACK: Nature(_STOPPED, "slow", 0, 3, may_never_run=True),
    Kind.BLOCKED: Nature(_DONE, "steady", 1, 8),
    Kind.EDITED: Nature(_DONE, "steady", 1, 8),
}
CANCELLED_MIDWAY = (Kind.UNLABELLED, Kind.TICKET_CANCELLED, Kind.FLEET_CANCEL)

_SETTINGS = {
    "steady": 'execution_command = "grep -q done work.txt"\nmax_iterations = 8\n',
    "strict": 'execution_command = "grep -q done work.txt"\nmax_iterations = 2\n',
    "slow": 'execution_command = "sleep 240"\nmax_iterations = 2\n',
    "untested": "",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket that somebody will write."""

    number: int
    kind: Kind
    repository: str
    created_with_label: bool
    blocked_by: int | None = None
    """The number of a case written earlier."""
    priority: int = 0

    @property
    def title(self) -> str:
        return f"Chaos {self.number}: {self.kind}"

    @property
    def story(self) -> str:
        return STORY.format(behaviour=f"Behaviour: {self.kind}.")

    @property
    def nature(self) -> Nature:
        return NATURES[self.kind]


def repositories(steady: int) -> dict[str, dict[str, str]]:
    """The repositories that tickets are for, with ``steady`` ordinary ones: slug → files."""
    counts = {"steady": steady, "strict": max(1, steady // 6), "slow": max(1, steady // 6)}
    counts["untested"] = 1
    return {
        f"acme/{sort}-{number}": {
            "README.md": f"# {sort}\n",
            **({".storyfleet.toml": _SETTINGS[sort]} if _SETTINGS[sort] else {}),
        }
        for sort, count in counts.items()
        for number in range(1, count + 1)
    }


def draw(tickets: int, slugs: list[str], chance: random.Random) -> list[Case]:
    """That many tickets, every kind among them where there is room."""
    kinds = list(NATURES)
    shares = [NATURES[kind].share for kind in kinds]
    some = kinds if tickets >= len(kinds) else []
    drawn = some + chance.choices(kinds, shares, k=tickets - len(some))
    chance.shuffle(drawn)
    cases: list[Case] = []
    for number, kind in enumerate(drawn, 1):
        cases.append(_case(number, kind, cases, slugs, chance))
    return cases


def _case(
    number: int, kind: Kind, earlier: list[Case], slugs: list[str], chance: random.Random
) -> Case:
    sort = NATURES[kind].project
    repository = chance.choice([slug for slug in slugs if slug.startswith(f"acme/{sort}-")])
    finished = [c.number for c in earlier[-10:] if c.kind in (Kind.ONE_ROUND, Kind.EDITED)]
    blocker = chance.choice(finished) if kind is Kind.BLOCKED and finished else None
    at_once = chance.random() < 0.5 and kind is not Kind.BLOCKED
    return Case(number, kind, repository, at_once, blocker, chance.randrange(5))
