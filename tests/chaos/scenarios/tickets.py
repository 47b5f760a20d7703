"""Many tickets at once: what they ask for, what was asked of the models, and how each must end."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.engine.watching import EventRow, NotSeen, RunRow, Watch
from tests.chaos.play.cases import STORY, Kind
from tests.chaos.play.script import AGAIN, rules
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, Troupe
from tests.e2e.playing import Json

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 200.0
"""Far more than anything takes, also on a machine that is busy with other things."""
CALM = {**SCRIPTED, "TIDY_SECONDS": "15", "TIDY_REPOSITORIES_SECONDS": "60"}
"""Nothing is tidied up so often that it takes the machine from those who are watched."""
COMMENTS = ("Work has started", "Progress", "Done: please review")


@dataclass(frozen=True, slots=True)
class Written:
    """A ticket, and the word by which the models' requests for it are known."""

    ticket: Json
    word: str
    rounds: int

    @property
    def identifier(self) -> str:
        name: str = self.ticket["identifier"]
        return name


@dataclass(frozen=True, slots=True)
class Asked:
    """What the models were asked for one ticket, and answered."""

    sessions: tuple[int, ...]
    """How often a session of the coder was begun: for the first round, for later ones."""
    judged: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """How far everything was at some moment."""

    requests: int
    """To the models, so far."""
    judged: Mapping[str, int]
    """Rounds whose verdict was recorded, by the ticket's word."""


@dataclass
class Tickets:
    """The person at play, who writes them and looks from outside what becomes of them."""

    troupe: Troupe
    written: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._url = self.troupe.stage.database_url
        self._watch = Watch(self._url)

    def answered(self, thinking_seconds: float = 0.3, *first: Json) -> None:
        """The models answer by the ticket's kind; ``first``: rules that go before."""
        self.troupe.models_answer(*first, *rules(thinking_seconds))

    def write(
        self,
        title: str,
        *,
        kind: Kind = Kind.ONE_ROUND,
        repository: str = AT_ONCE,
        labelled: bool = True,
    ) -> Written:
        """Write a ticket."""
        word = f"word{uuid.uuid4().hex[:12]}"
        story = STORY.format(behaviour=f"Behaviour: {kind}. Known as {word}.")
        labels = ("agent",) if labelled else ()
        ticket = self.troupe.ticket(title, story, repository, *labels)
        written = Written(ticket, word, 2 if kind is Kind.TWO_ROUNDS else 1)
        self.written.append(written)
        return written

    def runs(self, *of: Written) -> list[RunRow]:
        """Their runs, oldest first; none while the database does not show them."""
        file = self._url.removeprefix("sqlite:///")
        if file != self._url and not Path(file).exists():
            return []
        try:
            rows = self._watch.runs()
        except NotSeen:
            return []
        wanted = {each.identifier for each in of or self.written}
        return [row for row in rows if row.identifier in wanted]

    def events(self, *of: Written) -> list[EventRow]:
        """Their journals. Raises NotSeen."""
        wanted = {row.id for row in self.runs(*of)}
        return [event for event in self._watch.events() if event.run_id in wanted]

    def requests(self) -> list[Json]:
        """Every request to a model so far."""
        asked: list[Json] = self.troupe.stage.get("/requests")
        return asked

    def asked(self, of: Written, requests: Sequence[Json]) -> Asked:
        """What these requests were for one ticket."""
        texts = [
            (request["model"], json.dumps(request["messages"]), request["messages"])
            for request in requests
            if request["status"] == 200
        ]
        own = [(model, text, said) for model, text, said in texts if of.word in text]
        begun = [
            AGAIN in text
            for model, text, said in own
            if model == "coder" and not any(message["role"] == "tool" for message in said)
        ]
        judged = sum(model == "judge" for model, _, _ in own)
        return Asked((begun.count(False), begun.count(True)), judged)

    def milestone(self) -> Milestone:
        """Raises NotSeen."""
        events = self.events()
        runs = {row.id: row.identifier for row in self.runs()}
        judged = Counter(runs[e.run_id] for e in events if e.kind == "RoundJudged")
        by_word = {each.word: judged[each.identifier] for each in self.written}
        return Milestone(len(self.requests()), by_word)

    def check_not_repeated(self, since: Milestone) -> None:
        """No round that had its verdict then was worked on or judged again."""
        later = self.requests()[since.requests :]
        for each in self.written:
            done = since.judged.get(each.word, 0)
            asked = self.asked(each, later)
            assert done < 1 or asked.sessions[0] == 0, (each.identifier, done, asked)
            assert done < each.rounds or asked == Asked((0, 0), 0), (each.identifier, done, asked)

    def until(
        self, true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS
    ) -> float:
        """Wait for it; how long that took, in seconds."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"{what}: not within {seconds:g} s\n{self._state()}")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - began

    def closed(self, *of: Written) -> list[RunRow]:
        return [row for row in self.runs(*of) if row.state == "closed"]

    def until_all_closed(self) -> float:
        """Wait until every ticket's every run is closed, and there is one."""

        def all_closed() -> bool:
            rows = self.runs()
            names = {row.identifier for row in rows}
            through = all(row.state == "closed" for row in rows)
            return through and len(names) == len(self.written)

        return self.until(all_closed, "every ticket's run closed")

    def check_ends(self, *of: Written) -> None:
        """Each of them: one run, accepted, one pull request, each comment once."""
        for each in of or self.written:
            (row,) = self.runs(each)
            assert (row.state, row.outcome) == ("closed", "accepted"), row
            self.check_outside(each)

    def check_outside(self, each: Written) -> None:
        """What people see: one open pull request, and three comments, none of them twice."""
        pulls = self.troupe.stage.get("/github/pulls")
        own = [p for p in pulls if p["head"]["ref"].startswith(f"agent/{each.identifier}-")]
        assert [pull["state"] for pull in own] == ["open"], (each.identifier, own)
        comments = self.troupe.comments(each.ticket)
        told = [sum(start in comment for comment in comments) for start in COMMENTS]
        assert (told, len(comments)) == ([1, 1, 1], 3), (each.identifier, comments)

    def check_once(self, *of: Written) -> None:
        """Each of them: one claim, and no stage repeated."""
        requests = self.requests()
        for each in of or self.written:
            (row,) = self.runs(each)
            fences = {event.fence for event in self.events(each)} - {0}
            assert fences == {row.fence}, (each.identifier, fences)
            assert self.asked(each, requests) == Asked((1, each.rounds - 1), each.rounds)

    def _state(self) -> str:
        lines = [f"{r.identifier} {r.state} {r.outcome} {r.fence} {r.note}" for r in self.runs()]
        processes = self.troupe.stage.processes
        return "\n".join([*lines, *(processes.log_end(name) for name in processes.running)])


def many(
    tickets: Tickets, count: int, title: str, kind: Kind = Kind.ONE_ROUND, where: str = AT_ONCE
) -> list[Written]:
    """So many tickets of a kind."""
    return [
        tickets.write(f"{title} {number}", kind=kind, repository=where)
        for number in range(1, count + 1)
    ]


def tell(record: Callable[[str, object], None], **numbers: object) -> None:
    """Put what was measured into the report and on the terminal."""
    for name, value in numbers.items():
        shown = round(value, 2) if isinstance(value, float) else value
        record(name, shown)
        print(f"{name} = {shown}")  # noqa: T201 - shown by pytest -s, and with a failure


def statuses(deliveries: Iterable[Json]) -> list[int | None]:
    """What the receiver answered to the stub's deliveries, in order."""
    return [attempt["status"] for each in deliveries for attempt in each["attempts"]]
