"""`/_stub/linear/...`: what a person does in the stub Linear, and what can be seen there."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.stubs.asking import Ask, Handler, redelivered, retargeted
from integrations.stubs.linear import payloads
from integrations.stubs.linear.payloads import Json


def list_tickets(ask: Ask) -> list[Json]:
    world = ask.parts.linear
    with world.lock:
        return [payloads.issue_data(issue) for issue in world.issues]


def get_ticket(ask: Ask) -> Json:
    world = ask.parts.linear
    with world.lock:
        issue = world.find_issue(ask.path["ticket"])
        return {
            **payloads.issue_data(issue),
            "comments": [payloads.comment_data(comment) for comment in issue.comments],
            "attachments": [payloads.attachment_data(each) for each in issue.attachments],
        }


def create_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.create_ticket(**ask.body))


def edit_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.edit(ask.path["ticket"], **ask.body))


def label_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.label(ask.path["ticket"], **ask.body))


def close_ticket(ask: Ask) -> object:
    return payloads.issue_data(ask.parts.person.close(ask.path["ticket"], **ask.body))


def comment_on_ticket(ask: Ask) -> object:
    return payloads.comment_data(ask.parts.person.comment(ask.path["ticket"], **ask.body))


def block_ticket(ask: Ask) -> object:
    relation = ask.parts.person.block(ask.path["ticket"], **ask.body)
    return {"id": relation.id, "type": relation.type}


def unblock_ticket(ask: Ask) -> object:
    ask.parts.person.unblock(ask.path["ticket"], **ask.body)
    return {"unblocked": ask.path["ticket"]}


def stop_ticket(ask: Ask) -> object:
    """The stop button of the ticket's agent session."""
    ask.parts.person.stop(ask.path["ticket"])
    return {"stopped": ask.path["ticket"]}


def prompt_on_ticket(ask: Ask) -> object:
    """`{"said": "..."}`, in the ticket's agent session."""
    ask.parts.person.prompt(ask.path["ticket"], **ask.body)
    return {"prompted": ask.path["ticket"]}


def remove_ticket(ask: Ask) -> object:
    ask.parts.person.remove(ask.path["ticket"])
    return {"removed": ask.path["ticket"]}


def list_comments(ask: Ask) -> object:
    with ask.parts.linear.lock:
        return [payloads.comment_data(comment) for comment in ask.parts.linear.comments]


def list_attachments(ask: Ask) -> object:
    with ask.parts.linear.lock:
        return [payloads.attachment_data(each) for each in ask.parts.linear.attachments]


def list_deliveries(ask: Ask) -> object:
    return ask.parts.webhooks.state()


def redeliver(ask: Ask) -> object:
    return redelivered(ask.parts.webhooks, ask)


def set_webhook(ask: Ask) -> object:
    return retargeted(ask.parts.webhooks, ask)


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("GET", "/linear/tickets"): list_tickets,
    ("POST", "/linear/tickets"): create_ticket,
    ("GET", "/linear/tickets/{ticket}"): get_ticket,
    ("PATCH", "/linear/tickets/{ticket}"): edit_ticket,
    ("DELETE", "/linear/tickets/{ticket}"): remove_ticket,
    ("POST", "/linear/tickets/{ticket}/labels"): label_ticket,
    ("POST", "/linear/tickets/{ticket}/close"): close_ticket,
    ("POST", "/linear/tickets/{ticket}/comments"): comment_on_ticket,
    ("POST", "/linear/tickets/{ticket}/block"): block_ticket,
    ("POST", "/linear/tickets/{ticket}/unblock"): unblock_ticket,
    ("POST", "/linear/tickets/{ticket}/stop"): stop_ticket,
    ("POST", "/linear/tickets/{ticket}/prompt"): prompt_on_ticket,
    ("GET", "/linear/comments"): list_comments,
    ("GET", "/linear/attachments"): list_attachments,
    ("PUT", "/linear/webhook"): set_webhook,
    ("GET", "/linear/deliveries"): list_deliveries,
    ("POST", "/linear/deliveries/{delivery}"): redeliver,
}
