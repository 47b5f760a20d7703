"""A story in a file as a ticket, and the tracker that has only that one."""

from pathlib import Path

import pytest

from integrations.local import LocalTracker, story_ticket
from worker.domain.errors import TicketUnavailable
from worker.domain.ticket import TicketId

STORY = "Add a login\n\n## Acceptance criteria\n\n- it works\n"
REST = "## Acceptance criteria\n\n- it works"


@pytest.mark.parametrize(
    ("text", "title", "description"),
    [
        (f"# {STORY}", "Add a login", REST),
        (f"\n\n  ## {STORY}".replace("  ##", "##"), "Add a login", REST),
        (STORY, "Add a login", REST),
        ("Add a login\n===========\n\nText\n", "Add a login", "Text"),
        ("# Add a login #\r\n\r\nText\r\n", "Add a login", "Text"),
        ("\ufeff# Add a login", "Add a login", ""),
        ("#hash is no heading\n", "#hash is no heading", ""),
        ("", "", ""),
    ],
)
def test_title_and_description(tmp_path: Path, text: str, title: str, description: str) -> None:
    path = tmp_path / "story.md"
    path.write_text(text, encoding="utf-8")

    ticket = story_ticket(path)

    assert (ticket.title, ticket.description) == (title, description)
    assert ticket.has_label("agent")
    assert ticket.url == path.as_uri()


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("Add login.md", "LOCAL-add-login"),
        ("a_b..lock.md", "LOCAL-a-b-lock"),
        ("Anmeldung für Gäste.md", "LOCAL-anmeldung-für-gäste"),
        ("---.md", "LOCAL-story"),
        ("x" * 90 + ".md", "LOCAL-" + "x" * 40),
    ],
)
def test_the_identifier(tmp_path: Path, name: str, identifier: str) -> None:
    (tmp_path / name).write_text("# A story")

    ticket = story_ticket(tmp_path / name)

    assert ticket.ref.identifier == ticket.ref.id == identifier
    assert ticket.ref.team == "LOCAL"


def test_stories_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin1.md").write_bytes(b"caf\xe9")
    with pytest.raises(TicketUnavailable, match="not UTF-8"):
        story_ticket(tmp_path / "latin1.md")
    with pytest.raises(TicketUnavailable, match="No such file"):
        story_ticket(tmp_path / "none.md")
    with pytest.raises(TicketUnavailable, match="directory"):
        story_ticket(tmp_path)


def test_the_tracker_of_one_story(tmp_path: Path) -> None:
    (tmp_path / "story.md").write_text(STORY)
    ticket = story_ticket(tmp_path / "story.md")
    said: list[str] = []
    tracker = LocalTracker(ticket, said.append)

    tracker.start(tracker.ticket(ticket.ref.id))
    tracker.comment(ticket.ref.id, "progress", "round 1")
    tracker.comment(ticket.ref.id, "progress", "round 1")
    tracker.comment(ticket.ref.id, "progress", "round 2")
    tracker.attach(ticket.ref.id, "file:///out/pull-request.md", "Pull request", "ready")

    assert said == ["round 1", "round 2"]
    assert tracker.comments == {"progress": "round 2"}
    assert tracker.attached == {"file:///out/pull-request.md": ("Pull request", "ready")}
    assert tracker.ticket(ticket.ref.id).state_type == "started"
    assert [found.ref for found in tracker.ready_tickets("Agent")] == [ticket.ref]
    assert list(tracker.ready_tickets("other")) == []
    with pytest.raises(TicketUnavailable):
        tracker.ticket(TicketId("LOCAL-other"))
