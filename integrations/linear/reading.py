"""Reading Linear's answers: all pages of a connection, what blocks a ticket, what names one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.linear import documents
from integrations.linear.client import LinearApi
from worker.domain.ticket import CLOSED_STATES, TicketId, TicketRef

_FURTHER: Final = {
    "labels": documents.TICKET_LABELS,
    "inverseRelations": documents.TICKET_RELATIONS,
}


def nodes(
    api: LinearApi, document: str, connection: str, **variables: object
) -> Iterator[Mapping[str, Any]]:
    """Every node of a connection at the top of an answer, page by page. Raises as ``ask``."""
    after: str | None = None
    while True:
        page = api.ask(document, **variables, after=after)[connection]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def nodes_of(
    api: LinearApi, issue: Mapping[str, Any], connection: str
) -> Iterator[Mapping[str, Any]]:
    """Every node of an issue's connection: those that came with it, then further pages."""
    page = issue[connection]
    yield from page["nodes"]
    while page["pageInfo"]["hasNextPage"]:
        after = page["pageInfo"]["endCursor"]
        page = api.ask(_FURTHER[connection], id=issue["id"], after=after)["issue"][connection]
        yield from page["nodes"]


def blockers(api: LinearApi, issue: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the open tickets that block this one, sorted.

    One that is archived or in the trash blocks nothing: nobody will finish it.
    """
    keys = {
        str(relation["issue"]["identifier"])
        for relation in nodes_of(api, issue, "inverseRelations")
        if relation["type"] == "blocks" and _open(relation["issue"])
    }
    return tuple(sorted(keys))


def ref(issue: Mapping[str, Any]) -> TicketRef:
    """What names a ticket."""
    return TicketRef(
        id=TicketId(issue["id"]),
        identifier=issue["identifier"],
        team=issue["team"]["key"],
        project=issue["project"]["name"] if issue["project"] else None,
        priority=int(issue["priority"]),
    )


def _open(issue: Mapping[str, Any]) -> bool:
    gone = issue["archivedAt"] or issue["trashed"]
    return not gone and issue["state"]["type"] not in CLOSED_STATES
