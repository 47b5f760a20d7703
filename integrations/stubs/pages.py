"""Plain pages for people: a ticket and a pull request as the stubs know them."""

from __future__ import annotations

from html import escape

from markdown_it import MarkdownIt

from integrations.stubs.github.records import PullRequest, Repository
from integrations.stubs.linear.records import Issue

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "pre{background:#f6f8fa;padding:.8em;white-space:pre-wrap}"
    "table{border-collapse:collapse}td,th{border:1px solid #d0d7de;padding:.3em .7em}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Bodies may hold HTML (folded transcripts need it); nothing in them may run or load."""
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


def ticket_page(issue: Issue) -> str:
    labels = ", ".join(label.name for label in issue.labels) or "no labels"
    parts = [
        f"<p>{escape(issue.state.name)} · {escape(labels)}</p>",
        _MARKDOWN.render(issue.description or ""),
        *(_link(attachment.url, attachment.title) for attachment in issue.attachments),
        *(_said(comment.user.name, comment.body) for comment in issue.comments),
    ]
    return _page(f"{issue.identifier} {issue.title}", parts)


def pull_request_page(repository: Repository, pull: PullRequest) -> str:
    state = "merged" if pull.merged_at else pull.state
    if pull.draft and state == "open":
        state = "draft"
    labels = ", ".join(pull.labels) or "no labels"
    parts = [
        f"<p>{escape(state)} · {escape(pull.head)} → {escape(pull.base)} · {escape(labels)}</p>",
        _MARKDOWN.render(pull.body or ""),
        *(_said(comment.user, comment.body) for comment in pull.comments),
    ]
    return _page(f"{repository.full_name}#{pull.number} {pull.title}", parts)


def _page(title: str, parts: list[str]) -> str:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    head = f"<meta charset=utf-8>{policy}<title>{escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html>{head}<h1>{escape(title)}</h1>{''.join(parts)}"


def _said(who: str, what: str) -> str:
    return f"<hr><p><b>{escape(who)}</b></p>{_MARKDOWN.render(what)}"


def _link(url: str, text: str) -> str:
    """Only web addresses become links; an attachment's URL is whatever somebody sent."""
    if not url.startswith(("http://", "https://")):
        return f"<p>{escape(text)}: {escape(url)}</p>"
    return f'<p><a href="{escape(url)}">{escape(text)}</a></p>'
