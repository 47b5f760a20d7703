"""What runs leave of themselves, and what a fleet that lost its database finds of it."""

from collections.abc import Iterator

import pytest

from tests.contracts.repositories.worlds import World
from worker.domain.errors import RepositoryUnavailable, Unavailable
from worker.domain.lease import RunId
from worker.domain.summary import Kept
from worker.ports import Checkout, Repositories

SLUG = "acme/shop"
RUN, OTHER = RunId("eng-1-0a1b2c3d"), RunId("eng-1-0a1b2c3d-2")
"""The one's id is the beginning of the other's."""


@pytest.fixture
def base(world: World) -> str:
    return world.create(SLUG, {"README.md": "# Shop\n"})


@pytest.fixture
def checkout(world: World, base: str) -> Iterator[Checkout]:
    with world.repositories.open(SLUG, RUN) as opened:
        yield opened


def journal_of(repositories: Repositories, run: RunId = RUN, slug: str = SLUG) -> str | None:
    with repositories.open(slug, run) as opened:
        return opened.kept_journal()


def keep(repositories: Repositories, run: RunId, text: str) -> None:
    with repositories.open(SLUG, run) as opened:
        opened.keep_journal(text)


def test_a_journal_is_read_on_another_machine(world: World, checkout: Checkout) -> None:
    checkout.keep_journal('{"v":1}\n{"v":1}\n')

    assert journal_of(world.elsewhere) == '{"v":1}\n{"v":1}\n'
    assert checkout.kept_journal() == '{"v":1}\n{"v":1}\n'


def test_a_newer_journal_takes_the_place_of_the_older(world: World, checkout: Checkout) -> None:
    for text in ("one\n", "one\ntwo\n", "one\ntwo\n", "another\n"):
        checkout.keep_journal(text)

        assert journal_of(world.elsewhere) == text

    keep(world.elsewhere, RUN, "from there\n")
    assert checkout.kept_journal() == "from there\n"


def test_no_journal(world: World, checkout: Checkout) -> None:
    keep(world.repositories, OTHER, "another run's\n")

    assert checkout.kept_journal() is None


def test_a_journal_comes_back_exactly(world: World, checkout: Checkout) -> None:
    """Every character but NUL, line ends of every kind, lone surrogates, no newline at the end."""
    text = "\r\n\r\n \t" + "".join(map(chr, range(1, 0x2FA20))) + "\U0010ffff\ufeff x" * 400_000
    checkout.keep_journal(text)

    assert journal_of(world.elsewhere) == text
    checkout.keep_journal("")
    assert journal_of(world.elsewhere) == ""


def test_a_journal_is_on_no_branch(world: World, checkout: Checkout, base: str) -> None:
    checkout.keep_journal("one\n")

    assert checkout.resolve("main") == base
    assert world.branch(SLUG, "main") == {"README.md": "# Shop\n"}


def test_a_journal_belongs_to_its_repository(world: World, checkout: Checkout) -> None:
    world.create("acme/other", {"a": "a\n"})
    checkout.keep_journal("one\n")

    assert journal_of(world.repositories, slug="acme/other") is None


def test_forgetting_keeps_the_journal(world: World, checkout: Checkout, base: str) -> None:
    checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    checkout.keep_journal("one\n")

    checkout.forget()
    checkout.forget()

    assert world.repositories.kept(SLUG) == Kept(frozenset(), frozenset({RUN}))
    assert journal_of(world.elsewhere) == "one\n"


def test_forgetting_the_journal_too(world: World, checkout: Checkout, base: str) -> None:
    checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    checkout.keep_journal("one\n")
    keep(world.repositories, OTHER, "another run's\n")

    for _ in range(2):
        checkout.forget(journal=True)

        assert world.repositories.kept(SLUG) == Kept(frozenset({OTHER}), frozenset({OTHER}))
    assert journal_of(world.elsewhere) is None
    assert journal_of(world.elsewhere, OTHER) == "another run's\n"


def test_what_is_kept_on_the_remote_and_here(world: World, checkout: Checkout, base: str) -> None:
    world.create("acme/other", {"a": "a\n"})
    with world.repositories.open("acme/other", OTHER) as other:
        other.keep_journal("another repository's\n")
    assert world.repositories.kept(SLUG) == Kept(frozenset({RUN}), frozenset())

    checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    checkout.keep_journal("one\n")

    kept = Kept(frozenset({RUN}), frozenset({RUN}))
    assert world.repositories.kept(SLUG) == kept
    assert world.elsewhere.kept(SLUG) == kept
    assert world.repositories.kept("acme/other") == Kept(frozenset({OTHER}), frozenset({OTHER}))


def test_nothing_is_kept(world: World, base: str) -> None:
    assert world.repositories.kept(SLUG) == Kept()


def test_a_server_that_is_down(world: World, checkout: Checkout) -> None:
    checkout.keep_journal("one\n")

    with world.down():
        with pytest.raises(Unavailable):
            keep(world.repositories, RUN, "two\n")
        with pytest.raises(Unavailable):
            journal_of(world.repositories)
        with pytest.raises(Unavailable):
            world.repositories.kept(SLUG)
        with pytest.raises(Unavailable), world.repositories.open(SLUG, RUN) as opened:
            opened.forget(journal=True)

    assert journal_of(world.repositories) == "one\n"


def test_a_repository_that_is_not_there(world: World) -> None:
    with pytest.raises(RepositoryUnavailable):
        journal_of(world.repositories, slug="acme/nothing")
    with pytest.raises(RepositoryUnavailable):
        world.repositories.kept("acme/nothing")
