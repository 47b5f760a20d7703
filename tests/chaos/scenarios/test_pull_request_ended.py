"""A person merges or closes a pull request while a second run works on its branch."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.chaos.scenarios import staging
from tests.chaos.scenarios.deliveries import GITHUB_SECRET, MANY
from tests.chaos.scenarios.seeing import Onlooker, fine_weather, put
from tests.chaos.scenarios.staging import PICKY, SCRIPTED, SELDOM_TIDY, Troupe, playing
from tests.chaos.scenarios.stories import SLOW_WORK, rules, story
from tests.e2e.playing import Json
from worker.domain.events import Outcome

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

LABEL = ("agent",)
COPIES = 5
CASES = [(how, webhooks) for how in ("merge", "close") for webhooks in ("once", "five", "lost")]
WEBHOOKS = {"lost": {"drop": MANY}, "five": {"duplicate": COPIES}, "once": {}}
IN_PEACE = "acme/in-peace"
REPOSITORIES = {IN_PEACE, *(f"acme/{how}-{webhooks}" for how, webhooks in CASES)}
"""One for each test, for what is merged is there for all who come later."""


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    """GitHub sends webhooks, too."""
    settings = {**SCRIPTED, **SELDOM_TIDY, "GITHUB_WEBHOOK_SECRET": GITHUB_SECRET}
    repositories = dict.fromkeys(REPOSITORIES, staging.REPOSITORIES[PICKY])
    directory = tmp_path_factory.mktemp("ended")
    with playing(directory, settings=settings, repositories=repositories) as troupe:
        troupe.models_answer(*rules())
        url = f"{troupe.stage.receiver_url}/webhooks/github"
        put(troupe, "/github/webhook", url=url, secret=GITHUB_SECRET)
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


@pytest.fixture(autouse=True)
def good_weather(troupe: Troupe) -> Iterator[None]:
    """Nothing goes wrong but what a test wants."""
    yield
    fine_weather(troupe)


@pytest.mark.parametrize(("how", "webhooks"), CASES)
def test_the_run_that_works_on_its_branch_is_cancelled_once(
    troupe: Troupe, seen: Onlooker, how: str, webhooks: str
) -> None:
    """By the webhook; by the reconciler where that is lost; and R3 for copies of it."""
    repository = f"acme/{how}-{webhooks}"
    ticket = troupe.ticket(f"To {how}, webhook {webhooks}", story(), repository, *LABEL)
    first = troupe.wait_closed(ticket)
    (pull,) = seen.pulls(ticket)
    _begin_again(troupe, seen, ticket)
    troupe.stage.act("/mischief", stub="github_webhooks", **WEBHOOKS[webhooks])
    troupe.stage.act(f"/github/{repository}/pulls/{pull['number']}/{how}")
    second = troupe.wait_closed(ticket)
    assert second.id != first.id
    assert second.closed is not None
    assert second.closed.outcome is Outcome.CANCELLED
    word = {"merge": "merged", "close": "closed"}[how]
    assert f"{pull['html_url']} was {word}" in second.closed.reason
    told = [comment for comment in troupe.comments(ticket) if "Cancelled" in comment]
    assert len(told) == 1, told
    assert len(seen.pulls(ticket)) == 1
    if webhooks == "five":
        (delivery,) = [d for d in troupe.stage.get("/github/deliveries") if _is_of(d, pull, how)]
        assert [attempt["status"] for attempt in delivery["attempts"]] == [200] * COPIES


def _begin_again(troupe: Troupe, seen: Onlooker, ticket: Json) -> None:
    """The person wants more: a second run of the ticket is at its execution command."""
    path = f"/linear/tickets/{ticket['id']}"
    troupe.label(ticket, remove=LABEL)
    troupe.patch(path, description=story(SLOW_WORK))
    troupe.label(ticket, add=LABEL)
    seen.until("a second run is opened", lambda: len(seen.rows(ticket)) == 2)
    troupe.wait(ticket, lambda run: run.rounds and len(seen.rows(ticket)) == 2)


def _is_of(delivery: Json, pull: Json, how: str) -> bool:
    event = delivery["event"]
    return bool(
        event["action"] == "closed"
        and event["pull_request"]["html_url"] == pull["html_url"]
        and event["pull_request"]["merged"] == (how == "merge")
    )


def test_the_end_of_a_pull_request_that_nobody_works_on_changes_nothing(
    troupe: Troupe, seen: Onlooker
) -> None:
    """The run has long ended: no comment, no run, and the ticket is as it was."""
    ticket = troupe.ticket("Merged in peace", story(), IN_PEACE, *LABEL)
    troupe.wait_closed(ticket)
    (pull,) = seen.pulls(ticket)
    before = troupe.comments(ticket)
    troupe.stage.act(f"/github/{IN_PEACE}/pulls/{pull['number']}/merge")
    marker = troupe.ticket("Afterwards", story(), "acme/close-once", *LABEL)
    troupe.wait_closed(marker)
    assert len(seen.rows(ticket)) == 1
    assert troupe.comments(ticket) == before
