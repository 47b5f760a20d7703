"""Webhooks posted by hand: those that the stand-in for Linear did not send, and GitHub's."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx

from integrations.stubs.linear.signing import body_of, headers_of
from tests.chaos.scenarios.staging import Troupe
from tests.e2e.playing import Json
from worker.demo.play import WEBHOOK_SECRET

GITHUB_SECRET = "scenarios-webhook-secret"
MANY = 1_000_000
UNAVAILABLE = 503
PATIENT_TRIES = 6


@dataclass(frozen=True, slots=True)
class Letter:
    """One request to the receiver."""

    sender: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, and after how many seconds."""

    status: int
    outcome: str
    seconds: float


@dataclass
class Withheld:
    """What Linear would have sent, of anything that happened meanwhile."""

    letters: list[Letter] = field(default_factory=list)

    def of(self, *tickets: Json) -> list[Letter]:
        """What is about these tickets, in its order."""
        wanted = {ticket["id"] for ticket in tickets}
        return [letter for letter in self.letters if event_of(letter)["data"]["id"] in wanted]


@contextmanager
def withheld(troupe: Troupe) -> Iterator[Withheld]:
    """Until the block ends nothing is sent; then it is there to be posted, in its order."""
    known = {each["id"] for each in troupe.stage.get("/linear/deliveries")}
    troupe.stage.act("/mischief", stub="webhooks", drop=MANY)
    kept = Withheld()
    try:
        yield kept
    finally:
        troupe.stage.act("/mischief", stub="webhooks")
        fresh = [d for d in troupe.stage.get("/linear/deliveries") if d["id"] not in known]
        kept.letters += [linear(each["event"], each["id"]) for each in fresh]


def linear(event: Json, delivery_id: str = "", *, age_seconds: float = 0) -> Letter:
    """Signed, and stamped as sent so long ago."""
    stamped = {**event, "webhookTimestamp": int((time.time() - age_seconds) * 1000)}
    body = body_of(stamped)
    delivery = delivery_id or str(uuid.uuid4())
    return Letter("linear", body, headers_of(stamped, body, WEBHOOK_SECRET, delivery))


def event_of(letter: Letter) -> Json:
    """What a letter says."""
    event: Json = json.loads(letter.body)
    return event


def github(event: str, payload: Json, delivery_id: str = "") -> Letter:
    """Signed with ``GITHUB_SECRET``."""
    body = json.dumps(payload).encode()
    digest = hmac.new(GITHUB_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery_id or str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={digest}",
    }
    return Letter("github", body, headers)


def post_all(troupe: Troupe, letters: Sequence[Letter], clients: int = 8) -> list[Answered]:
    """Post them in their order, that many at a time; the answers are in the same order."""
    with httpx.Client(timeout=30, trust_env=False) as client, ThreadPoolExecutor(clients) as pool:
        return list(pool.map(partial(_post, client, troupe.stage.receiver_url), letters))


def insist(troupe: Troupe, letters: Sequence[Letter], clients: int = 8) -> list[Answered]:
    """Post them as senders do: what was answered with 503 is sent again after some time."""
    answers = post_all(troupe, letters, clients)
    for pause_seconds in range(1, PATIENT_TRIES):
        late = [n for n, answer in enumerate(answers) if answer.status == UNAVAILABLE]
        if not late:
            break
        time.sleep(pause_seconds)
        again = post_all(troupe, [letters[n] for n in late], clients)
        for number, answer in zip(late, again, strict=True):
            answers[number] = answer
    return answers


def _post(client: httpx.Client, url: str, letter: Letter) -> Answered:
    began = time.monotonic()
    answer = client.post(
        f"{url}/webhooks/{letter.sender}", content=letter.body, headers=letter.headers
    )
    return Answered(answer.status_code, answer.json()["outcome"], time.monotonic() - began)
