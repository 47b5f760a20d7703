"""A provider's answer on its way to the agent, and what becomes known of it meanwhile."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import httpx
from starlette.types import Send

from integrations.gateway.asking import Broken, ask, passed_headers, pieces, whole
from integrations.gateway.events import EventSplitter, TooLong, data_of
from integrations.gateway.outcomes import Words, outcome_of, retry_after_seconds, words_in
from integrations.gateway.refusals import NO_RETRY, error_body, status_of
from integrations.gateway.replies import reply
from integrations.gateway.session import Session
from integrations.gateway.wires.wire import Reading
from worker.domain.access import ENDS_SESSION, CallOutcome

if TYPE_CHECKING:  # they know each other
    from integrations.gateway.call import Asked

_MIB = 1024 * 1024
_LONGEST_ANSWER_BYTES = 64 * _MIB
_LONGEST_ERROR_BYTES = _MIB
_OWN_WORDS = {
    CallOutcome.UNREACHABLE: "The provider cannot be reached.",
    CallOutcome.TIMED_OUT: "The provider did not answer in time.",
    CallOutcome.CUT: "The provider broke its answer off.",
    CallOutcome.UNAUTHORISED: "The provider refused the gateway's key. Stop here.",
}
Finish = Callable[[CallOutcome, "Answer"], None]


class Answer:
    """See the module. Goes on reading where the agent has hung up: then nobody is sent anything."""

    def __init__(
        self,
        asked: "Asked",
        session: Session,
        send: Send,
        finish: Finish,
        left: Callable[[], bool],
    ) -> None:
        """``finish`` is called before the agent can see that the answer has ended."""
        self._asked = asked
        self._session = session
        self._send = send
        self._finish = finish
        self._left = left
        self._started = False
        self.reading = Reading()
        self.status = 0
        self.detail = ""
        self.retry_after_seconds: float | None = None
        self.unknown = False
        """Whether it may have cost more than could be seen."""
        self.headers: dict[str, str] = {}

    @property
    def began_well(self) -> bool:
        """Whether the provider took the call on."""
        return 200 <= self.status < 300  # noqa: PLR2004

    def abandoned(self, seconds: float) -> CallOutcome:
        """The outcome where the call was ended from outside: the door was shut."""
        self.unknown = True
        silent = not self.status and seconds >= self._session.timing.patience_seconds
        return CallOutcome.TIMED_OUT if silent else CallOutcome.LEFT

    async def pass_on(self, request: httpx.Request) -> None:
        """Ask the provider, and answer the agent."""
        client, timing = self._session.client, self._session.timing
        try:
            response = await ask(client, request, timing.attempt_timeout_seconds)
            try:
                await self._receive(response)
            finally:
                await response.aclose()
        except Broken as broken:
            self.detail = self.detail or str(broken)
            taken_on = self.began_well or not self.status
            self.unknown = broken.outcome is CallOutcome.TIMED_OUT and taken_on
            self._finish(broken.outcome, self)
            if not self._started:
                await self._say(status_of(broken.outcome), _OWN_WORDS[broken.outcome])

    async def _receive(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = passed_headers(response)
        idle = self._session.timing.idle_timeout_seconds
        kind = response.headers.get("content-type", "application/json")
        if not self.began_well:
            await self._error(response, idle)
        elif kind.lower().startswith("text/event-stream"):
            await self._stream(pieces(response, idle), kind)
        else:
            await self._whole(await whole(response, idle, _LONGEST_ANSWER_BYTES), kind)

    async def _error(self, response: httpx.Response, idle_seconds: float) -> None:
        content = self._clean(await whole(response, idle_seconds, _LONGEST_ERROR_BYTES))
        words, body = words_in(content)
        outcome = outcome_of(self.status, words)
        self.detail = words.text
        self.retry_after_seconds = retry_after_seconds(response.headers)
        self._finish(outcome, self)
        if outcome in ENDS_SESSION:
            self.headers |= NO_RETRY
        if outcome is CallOutcome.UNAUTHORISED:  # which may show parts of our key
            await self._say(401, _OWN_WORDS[outcome])
        elif self.status < 400:  # noqa: PLR2004 - a redirect
            await self._say(502, "The provider sent the call elsewhere.")
        elif body is None:
            await self._say(self.status, f"The provider failed: HTTP {self.status}.")
        else:
            await self._respond(self.status, body)

    async def _whole(self, content: bytes, kind: str) -> None:
        try:
            body = json.loads(content)
        except (ValueError, RecursionError):
            body = None
        wire, reading = self._asked.wire, self.reading
        if isinstance(body, dict):
            wire.read_whole(body, reading)
        elif isinstance(body, list):  # a stream of Gemini's that is no event stream
            for event in body:
                if isinstance(event, dict):
                    wire.read(event, reading)
        if not reading.done and not reading.fault:
            self.detail = "the answer is not in the protocol's form"
        self._end()
        await self._start(kind, len(content := self._clean(content)))
        await self._send({"type": "http.response.body", "body": content, "more_body": False})

    async def _stream(self, body: AsyncIterator[bytes], kind: str) -> None:
        """Events that have come at once are sent on at once."""
        splitter = EventSplitter(_LONGEST_ANSWER_BYTES)
        try:
            async for piece in body:
                await self._forward(splitter.feed(piece), kind)
        except TooLong as fault:
            raise Broken(CallOutcome.CUT, "an event without end") from fault
        if splitter.rest:
            await self._forward([splitter.rest], kind)
        if not self.reading.done and not self.reading.fault:
            raise Broken(CallOutcome.CUT, "the stream ended without its last event")
        self._end()
        await self._start(kind)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _forward(self, events: list[bytes], kind: str) -> None:
        shown = b"".join(event for event in events if self._read(event))
        if self.reading.fault or (self.reading.done and self.reading.usage):
            self._end()
        if shown:
            await self._start(kind)
            body = self._clean(shown)
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    def _read(self, event: bytes) -> bool:
        """Take in one event; whether the agent is to see it."""
        data = data_of(event)
        wire = self._asked.wire
        if wire.end_mark is not None and data.strip() == wire.end_mark:
            self.reading.done = True
            return True
        try:
            parsed = json.loads(data) if data else None
        except (ValueError, RecursionError):
            return True
        if not isinstance(parsed, dict):
            return True
        wire.read(parsed, self.reading)
        return not (self._asked.hides_usage and wire.is_only_usage(parsed))

    def _end(self) -> None:
        """The answer is there, or what the provider says in its place."""
        fault: Words | None = self.reading.fault
        if fault is not None:
            self.detail = self._clean(fault.text.encode()).decode(errors="replace")
            self._finish(outcome_of(0, fault), self)
        elif not self.reading.done:
            self._finish(CallOutcome.CUT, self)
        else:
            self._finish(CallOutcome.LEFT if self._left() else CallOutcome.ANSWERED, self)

    def _clean(self, content: bytes) -> bytes:
        return self._asked.line.upstream.without_key(content)

    async def _start(self, kind: str, length: int | None = None) -> None:
        if self._started:
            return
        self._started = True
        headers = {**self.headers, "content-type": kind}
        if length is not None:
            headers["content-length"] = str(length)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": self.status, "headers": raw})

    async def _say(self, status: int, message: str) -> None:
        await self._respond(status, error_body(self._asked.wire.provider, status, message))

    async def _respond(self, status: int, body: object) -> None:
        self._started = True
        await reply(self._send, status, body, self.headers)
