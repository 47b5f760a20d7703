"""Models that answer by a function, as pydantic-ai ships them, behind the port of the agent."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import RequestUsage

from worker.domain.task import Way

WAY = Way("http://inside", "the-token", socket="/door/gateway.sock")
Answer = ModelResponse | Exception


def says(text: str, **changes: Any) -> ModelResponse:
    usage = RequestUsage(input_tokens=100, output_tokens=10)
    return ModelResponse(parts=[TextPart(text)], usage=usage, **changes)


def calls(*tools: tuple[str, dict[str, Any]], text: str = "") -> ModelResponse:
    parts: list[TextPart | ToolCallPart] = [TextPart(text)] if text else []
    parts += [ToolCallPart(name, arguments) for name, arguments in tools]
    return ModelResponse(parts=parts, usage=RequestUsage(input_tokens=100, output_tokens=10))


@dataclass
class ScriptedModels:
    """Gives its answers in order, the last one again and again."""

    answers: Sequence[Answer]
    asked: list[list[ModelMessage]] = field(default_factory=list)
    infos: list[AgentInfo] = field(default_factory=list)
    opened: list[tuple[str, float | None, int | None]] = field(default_factory=list)
    on_call: Callable[[], None] = lambda: None

    def open(
        self, name: str, way: Way, *, temperature: float | None = None, seed: int | None = None
    ) -> AbstractAsyncContextManager[Model]:
        assert way is WAY
        self.opened.append((name, temperature, seed))
        return FunctionModel(self._answer)

    def tool_results(self) -> list[str]:
        """What the tools answered, as the model saw it at the last call."""
        parts = [part for message in self.asked[-1] for part in message.parts]
        return [str(part.content) for part in parts if part.part_kind == "tool-return"]

    def _answer(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        self.on_call()
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(list(messages))
        self.infos.append(info)
        if isinstance(answer, Exception):
            raise answer
        return answer
