"""Plain pages for people: a ticket and a pull request as the stubs know them."""

from __future__ import annotations

from html import escape

from integrations.stubs.github.world import PullRequest, Repository
from integrations.stubs.linear.records import Issue

_STYLE = "body{font:16px sans-serif;max-width:60em;margin:2em auto}pre{white-space:pre-wrap}"


def ticket_page(issue: Issue) -> str:
    labels = ", ".join(label.name for label in issue.labels) or "no labels"
    parts = [
        f"<p>{escape(issue.state.name)} · {escape(labels)}</p>",
        f"<pre>{escape(issue.description or '')}</pre>",
        *(_link(attachment.url, attachment.title) for attachment in issue.attachments),
        *(_said(comment.user.name, comment.body) for comment in issue.comments),
    ]
    return _page(f"{issue.identifier} {issue.title}", parts)


def pull_request_page(repository: Repository, pull: PullRequest) -> str:
    state = "draft" if pull.draft else pull.state
    labels = ", ".join(pull.labels) or "no labels"
    parts = [
        f"<p>{escape(state)} · {escape(pull.head)} → {escape(pull.base)} · {escape(labels)}</p>",
        f"<pre>{escape(pull.body or '')}</pre>",
        *(_said(comment.user, comment.body) for comment in pull.comments),
    ]
    return _page(f"{repository.full_name}#{pull.number} {pull.title}", parts)


def _page(title: str, parts: list[str]) -> str:
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html>{head}<h1>{escape(title)}</h1>{''.join(parts)}"


def _said(who: str, what: str) -> str:
    return f"<hr><p><b>{escape(who)}</b></p><pre>{escape(what)}</pre>"


def _link(url: str, text: str) -> str:
    """Only web addresses become links; an attachment's URL is whatever somebody sent."""
    if not url.startswith(("http://", "https://")):
        return f"<p>{escape(text)}: {escape(url)}</p>"
    return f'<p><a href="{escape(url)}">{escape(text)}</a></p>'
