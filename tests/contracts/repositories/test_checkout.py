"""What every Repositories adapter keeps, whatever is behind it."""

import io
import tarfile
from collections.abc import Iterator

import pytest

from tests.contracts.repositories.worlds import World
from worker.domain.errors import HandOverRefused, PermanentError, RepositoryUnavailable
from worker.domain.lease import RunId
from worker.ports import Checkout

SLUG = "acme/shop"
FILES = {"README.md": "# Shop\n", "src/app.py": "one\ntwo\nthree\n", "src/ünï cödé.txt": "x\n"}
RUN = RunId("run-1")


@pytest.fixture
def base(world: World) -> str:
    return world.create(SLUG, FILES)


@pytest.fixture
def checkout(world: World, base: str) -> Iterator[Checkout]:
    with world.repositories.open(SLUG, RUN) as opened:
        yield opened


def test_a_branch_is_resolved_as_it_is_now(world: World, checkout: Checkout, base: str) -> None:
    assert checkout.resolve("main") == base

    later = world.commit_as_person(SLUG, "main", {**FILES, "new.txt": "new\n"})

    assert checkout.resolve("main") == later
    assert checkout.read(later, "new.txt") == "new\n"


def test_a_branch_that_is_not_there(checkout: Checkout) -> None:
    with pytest.raises(RepositoryUnavailable, match="no branch 'develop'"):
        checkout.resolve("develop")


def test_a_repository_that_is_not_there(world: World) -> None:
    with (
        pytest.raises(RepositoryUnavailable),
        world.repositories.open("acme/nothing", RUN) as checkout,
    ):
        checkout.resolve("main")


def test_a_commit_that_is_not_there(checkout: Checkout) -> None:
    with pytest.raises(RepositoryUnavailable):
        checkout.files("1" * 40)


def test_files_and_their_texts(checkout: Checkout, base: str) -> None:
    assert checkout.files(base) == sorted(FILES)
    assert {path: checkout.read(base, path) for path in FILES} == FILES


@pytest.mark.parametrize("path", ["nothing.txt", "src", "../README.md", "", "src/app.py/x"])
def test_what_is_no_file_has_no_text(checkout: Checkout, base: str, path: str) -> None:
    assert checkout.read(base, path) is None


def test_the_archive_holds_exactly_the_files(checkout: Checkout, base: str) -> None:
    with tarfile.open(fileobj=io.BytesIO(checkout.archive(base))) as tar:
        held = {m.name: (tar.extractfile(m) or io.BytesIO()).read().decode() for m in tar}

    assert held == FILES


def test_a_hand_over_becomes_a_commit(world: World, checkout: Checkout, base: str) -> None:
    changes = {"src/app.py": "one\n2\nthree\nfour\n", "README.md": None, "docs/a.md": "a\n"}

    commit = checkout.accept(world.work(checkout.bundle(base), changes), base, "round 1")

    assert commit != base
    assert checkout.files(commit) == ["docs/a.md", "src/app.py", "src/ünï cödé.txt"]
    assert checkout.read(commit, "src/app.py") == "one\n2\nthree\nfour\n"
    diff = checkout.diff(base, commit)
    assert diff.files == ("README.md", "docs/a.md", "src/app.py")
    assert (diff.insertions, diff.deletions) == (3, 2)
    assert "-two\n+2\n" in diff.text


def test_a_second_round_builds_on_the_first(world: World, checkout: Checkout, base: str) -> None:
    first = checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")

    with world.repositories.open(SLUG, RUN) as again:
        second = again.accept(world.work(again.bundle(first), {"b": "2\n"}), first, "2")

        assert again.diff(base, second).files == ("a", "b")
        assert again.diff(first, second).files == ("b",)


def test_a_bundle_for_a_clean_room_needs_its_base(
    world: World, checkout: Checkout, base: str
) -> None:
    commit = checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")

    assert world.work(checkout.bundle(commit, base), {})
    with pytest.raises(RepositoryUnavailable):
        checkout.bundle(commit, "1" * 40)


def test_nothing_changed_is_the_parent(world: World, checkout: Checkout, base: str) -> None:
    handed_out = world.work(checkout.bundle(base), {})

    assert checkout.accept(handed_out, base, "round 1") == base
    assert checkout.diff(base, base).empty
    assert checkout.diff(base, base).text == ""


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"{}", b"# v2 git bundle\n", b"null"])
def test_garbage_is_refused(checkout: Checkout, base: str, garbage: bytes) -> None:
    with pytest.raises(HandOverRefused):
        checkout.accept(garbage, base, "round 1")


@pytest.mark.parametrize("path", ["../x", "a/../../x", ".git/hooks/pre-commit", "sub/.GIT/config"])
def test_paths_that_lead_outside_are_refused(
    world: World, checkout: Checkout, base: str, path: str
) -> None:
    forged = world.forge(checkout.bundle(base), path)

    with pytest.raises(HandOverRefused):
        checkout.accept(forged, base, "round 1")


def test_a_push_makes_moves_and_replaces_our_branch(
    world: World, checkout: Checkout, base: str
) -> None:
    first = checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    second = checkout.accept(world.work(checkout.bundle(first), {"b": "2\n"}), first, "2")
    other = checkout.accept(world.work(checkout.bundle(base), {"c": "3\n"}), base, "3")

    for commit in (first, first, second, other):
        checkout.push("agent/ENG-1-shop", commit)

        assert world.branch(SLUG, "agent/ENG-1-shop") == {
            path: checkout.read(commit, path) for path in checkout.files(commit)
        }
    assert world.branch(SLUG, "main") == FILES


def test_a_push_never_drops_a_persons_commits(world: World, checkout: Checkout, base: str) -> None:
    first = checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    second = checkout.accept(world.work(checkout.bundle(first), {"b": "2\n"}), first, "2")
    checkout.push("agent/x", first)
    theirs = {**FILES, "a": "1\n", "theirs": "!\n"}
    world.commit_as_person(SLUG, "agent/x", theirs)

    with pytest.raises(RepositoryUnavailable, match="someone else's commits"):
        checkout.push("agent/x", second)

    assert world.branch(SLUG, "agent/x") == theirs


def test_a_push_may_build_on_a_persons_commits(world: World, checkout: Checkout) -> None:
    theirs = world.commit_as_person(SLUG, "agent/x", {**FILES, "theirs": "!\n"})
    checkout.resolve("agent/x")
    ours = checkout.accept(world.work(checkout.bundle(theirs), {"a": "1\n"}), theirs, "1")

    checkout.push("agent/x", ours)

    assert world.branch(SLUG, "agent/x") == {**FILES, "theirs": "!\n", "a": "1\n"}


def test_files_on_a_branch_of_their_own(world: World, checkout: Checkout) -> None:
    checkout.add_file("storyfleet/transcripts", "ENG-1/run-1.md", "one\n", "Add a transcript")
    checkout.add_file("storyfleet/transcripts", "ENG-2/run-2.md", "two\n", "Add a transcript")
    tip = checkout.resolve("storyfleet/transcripts")
    checkout.add_file("storyfleet/transcripts", "ENG-2/run-2.md", "two\n", "Add a transcript")

    assert checkout.resolve("storyfleet/transcripts") == tip
    assert world.branch(SLUG, "storyfleet/transcripts") == {
        "ENG-1/run-1.md": "one\n",
        "ENG-2/run-2.md": "two\n",
    }
    checkout.add_file("storyfleet/transcripts", "ENG-2/run-2.md", "2\n", "Mend a transcript")
    assert checkout.read(checkout.resolve("storyfleet/transcripts"), "ENG-2/run-2.md") == "2\n"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ".git/config", ""])
def test_files_that_lead_outside_are_not_added(world: World, checkout: Checkout, path: str) -> None:
    with pytest.raises(PermanentError):
        checkout.add_file("storyfleet/transcripts", path, "x", "Add")

    assert world.branch(SLUG, "storyfleet/transcripts") is None


def test_files_are_not_added_to_a_persons_branch(world: World, checkout: Checkout) -> None:
    with pytest.raises(RepositoryUnavailable, match="other work"):
        checkout.add_file("main", "transcript.md", "x", "Add")

    assert world.branch(SLUG, "main") == FILES


def test_forgetting_is_safe_to_repeat(world: World, checkout: Checkout, base: str) -> None:
    commit = checkout.accept(world.work(checkout.bundle(base), {"a": "1\n"}), base, "1")
    checkout.push("agent/x", commit)

    checkout.forget()
    with world.repositories.open(SLUG, RUN) as again:
        again.forget()

    assert world.branch(SLUG, "agent/x") is not None
    with world.repositories.open(SLUG, RUN) as afresh:
        assert afresh.resolve("main") == base
