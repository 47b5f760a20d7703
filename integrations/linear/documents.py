"""Every GraphQL operation that the fleet sends to Linear, each valid on Linear's real schema.

All of them are safe to repeat: reads; a state that is set; a comment whose id we choose; an
attachment that Linear keeps once per URL. ``tests/contracts/test_linear_documents.py`` checks them.
"""

from typing import Final

VIEWER: Final = """
query Viewer {
  viewer { id name app }
}
"""

TICKET: Final = """
query Ticket($id: String!) {
  issue(id: $id) {
    id identifier title description url priority archivedAt updatedAt
    team { key }
    project { name }
    state { type }
    creator { name }
    labels(first: 50) { nodes { name } pageInfo { hasNextPage endCursor } }
    inverseRelations(first: 50) {
      nodes { type issue { identifier archivedAt trashed state { type } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
"""``inverseRelations`` are what other tickets do to this one: ``blocks`` among them."""

TICKET_LABELS: Final = """
query TicketLabels($id: String!, $after: String) {
  issue(id: $id) {
    labels(first: 50, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } }
  }
}
"""

TICKET_RELATIONS: Final = """
query TicketRelations($id: String!, $after: String) {
  issue(id: $id) {
    inverseRelations(first: 50, after: $after) {
      nodes { type issue { identifier archivedAt trashed state { type } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

READY_TICKETS: Final = """
query ReadyTickets($filter: IssueFilter, $after: String) {
  issues(filter: $filter, first: 50, after: $after) {
    nodes {
      id identifier priority
      team { key }
      project { name }
      inverseRelations(first: 10) {
        nodes { type issue { identifier archivedAt trashed state { type } } }
        pageInfo { hasNextPage endCursor }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
"""Few relations per ticket: Linear charges for what a page may hold (this one about 2,000 points of
the 10,000 that a query may cost), and a ticket with more of them is asked about by itself.
"""

LABELS_NAMED: Final = """
query LabelsNamed($name: String!, $after: String) {
  issueLabels(filter: { name: { eqIgnoreCase: $name } }, first: 100, after: $after) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""

STARTED_STATES: Final = """
query StartedStates($id: String!) {
  issue(id: $id) {
    state { type }
    team {
      states(filter: { type: { eq: "started" } }, first: 100) { nodes { id position } }
    }
  }
}
"""

MOVE_TICKET: Final = """
mutation MoveTicket($id: String!, $stateId: String!) {
  issueUpdate(id: $id, input: { stateId: $stateId }) { success }
}
"""

CREATE_COMMENT: Final = """
mutation CreateComment($id: String!, $issueId: String!, $body: String!) {
  commentCreate(input: { id: $id, issueId: $issueId, body: $body }) { success }
}
"""

UPDATE_COMMENT: Final = """
mutation UpdateComment($id: String!, $body: String!) {
  commentUpdate(id: $id, input: { body: $body }) { success }
}
"""

ATTACH: Final = """
mutation Attach($issueId: String!, $url: String!, $title: String!, $subtitle: String) {
  attachmentCreate(
    input: { issueId: $issueId, url: $url, title: $title, subtitle: $subtitle }
  ) { success }
}
"""

ALL: Final = frozenset(
    {
        VIEWER,
        TICKET,
        TICKET_LABELS,
        TICKET_RELATIONS,
        READY_TICKETS,
        LABELS_NAMED,
        STARTED_STATES,
        MOVE_TICKET,
        CREATE_COMMENT,
        UPDATE_COMMENT,
        ATTACH,
    }
)
