"""Budgets, and models that use them up."""

from collections.abc import Mapping
from typing import Any

from tests.unit.gateway.conftest import Opened
from tests.unit.gateway.forms import Form
from tests.unit.gateway.provider import Answers, Asked, Reply, plain
from worker.domain.budget import Budget


def tokens(number: int) -> Budget:
    return Budget(max_tokens=number, max_micro_usd=None)


def obedient(form: Form, *, size: int = 10, greed: int = 10**9) -> Answers:
    """A model that reads ``size`` tokens and writes as much as it is let."""

    def answer(asked: Asked) -> Reply:
        written = min(
            greed, form.limit_of(asked.body) or asked.body.get("max_completion_tokens", greed)
        )
        return plain(answer_of(form, size, written))

    return answer


def answer_of(form: Form, read: int, written: int) -> Mapping[str, Any]:
    usage = {
        "chat": {"usage": {"prompt_tokens": read, "completion_tokens": written}},
        "gemini": {"usageMetadata": {"promptTokenCount": read, "candidatesTokenCount": written}},
    }
    other = {"usage": {"input_tokens": read, "output_tokens": written}}
    return {**form.answer, **usage.get(form.name, other)}


def spent(opened: Opened) -> int:
    return opened.door.passage().spend.tokens


def streamed(form: Form, limit: int) -> tuple[str, dict[str, Any]]:
    path, _ = form.streamed()
    return path, {**form.limited(limit), "stream": True}
