"""One call of a model: paid for beforehand, passed on, read to its end, accounted for once."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx
from starlette.types import Receive, Send

from integrations.gateway.account import Hold, OverBudget, Plea
from integrations.gateway.answer import Answer
from integrations.gateway.forms import Json
from integrations.gateway.outcomes import shortened
from integrations.gateway.pricing import Used
from integrations.gateway.refusals import Refused, ended, over_budget
from integrations.gateway.session import Line, Session
from integrations.gateway.wires.wire import Wire
from worker.domain.access import ENDS_SESSION, CallOutcome, ModelCall
from worker.domain.budget import Spend

_FREE = Hold(0, 0, 0, None)
_BYTES_PER_TOKEN = 3


@dataclass(slots=True)
class Asked:
    """A request that may be passed on."""

    wire: Wire
    line: Line
    model: str
    path: str
    """At the provider, with its query."""
    body: Json
    size_bytes: int
    """As it came."""
    headers: dict[str, str]
    hides_usage: bool = False


@dataclass(slots=True)
class Call:
    """Made once and run once."""

    session: Session
    asked: Asked
    receive: Receive
    send: Send
    began: float = field(default_factory=time.monotonic)
    left: bool = False
    """Whether the agent hung up before its answer was whole."""
    _hold: Hold = _FREE
    _finished: bool = False

    async def run(self) -> None:
        """Raises Refused where it cannot be paid for."""
        watcher = asyncio.create_task(self._watch())
        try:
            await self._keep()
            if self.left:
                self._finish(CallOutcome.LEFT, None)
                return
            request = self._request()
            answer = Answer(self.asked, self.session, self.send, self._finish, lambda: self.left)
            try:
                await answer.pass_on(request)
            finally:  # also where it was cancelled
                self._finish(answer.abandoned(time.monotonic() - self.began), answer)
        finally:
            watcher.cancel()

    async def _watch(self) -> None:
        """The body has been read, so all that can still come is that the agent has gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.left = not self._finished

    async def _keep(self) -> None:
        asked = self.asked
        wire, body = asked.wire, asked.body
        if not wire.counts:
            return
        plea = Plea(
            asked.size_bytes,
            wire.longest(body),
            lambda tokens: asked.line.pricing.tariff(asked.model, tokens),
        )
        account, patience = self.session.account, self.session.timing.attempt_timeout_seconds
        try:
            self._hold = await account.hold(plea, patience)
        except OverBudget as fault:
            raise over_budget(wire.provider, str(fault)) from fault
        if (end := self.session.record.ended) is not None:  # while it waited
            account.settle(self._hold, Spend())
            raise ended(wire.provider, end.outcome, end.detail)
        if self._hold.limit is not None:
            wire.limit(body, self._hold.limit)

    def _request(self) -> httpx.Request:
        """Always written anew: so the provider reads what was checked, whatever a parser makes of
        the same key twice.
        """
        asked = self.asked
        upstream = asked.line.upstream
        try:
            content = json.dumps(asked.body, separators=(",", ":"), allow_nan=False).encode()
        except RecursionError as fault:
            self.session.account.settle(self._hold, Spend())
            raise Refused(400, "The request is nested too deeply.") from fault
        return self.session.client.build_request(
            "POST",
            upstream.url(asked.path),
            content=content,
            headers={**asked.headers, **upstream.key_header()},
        )

    def _finish(self, outcome: CallOutcome, answer: Answer | None) -> None:
        """Account for the call, once: before the agent sees the end of its answer."""
        if self._finished:
            return
        self._finished = True
        wire, session = self.asked.wire, self.session
        spend = self._spend(answer) if answer else Spend()
        if wire.counts:
            session.account.settle(self._hold, spend)
        elif outcome not in ENDS_SESSION:
            return
        session.notes.add(spend)
        session.record.add(
            ModelCall(
                f"{wire.provider}:{self.asked.model}",
                outcome,
                answer.status if answer else 0,
                spend,
                time.monotonic() - self.began,
                shortened(answer.detail) if answer else "",
                answer.retry_after_seconds if answer else None,
            )
        )

    def _spend(self, answer: Answer) -> Spend:
        """By the provider's figures; where they are missing, by what was seen of the answer if the
        provider broke off, and by the most that it can have cost if we did.
        """
        pricing, reading, wire = self.asked.line.pricing, answer.reading, self.asked.wire
        if not wire.counts:
            return Spend()
        nothing = reading.fault is not None and not reading.usage and not reading.text_bytes
        if nothing or not (answer.began_well or answer.unknown):
            return Spend(model_calls=1)
        used = pricing.used(wire, reading)
        if reading.done and used is not None:
            return pricing.spend(wire, self.asked.model, reading, used)
        seen = -(-reading.text_bytes // _BYTES_PER_TOKEN)
        written = (
            self._hold.output_tokens if answer.unknown else min(seen, self._hold.output_tokens)
        )
        read = -(-self.asked.size_bytes // _BYTES_PER_TOKEN)
        guess = Used(
            used.input_tokens if used else read, max(written, used.output_tokens if used else 0)
        )
        return pricing.spend(wire, self.asked.model, reading, guess)
