"""The form ``tools``: a conversation in which the model calls tools until it says it is done."""

from pydantic_ai import Agent, Tool
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from integrations.agents.native import running
from integrations.agents.native.session import OpenModel, Session
from integrations.agents.native.templates import fill
from integrations.agents.native.workbench import Workbench
from worker.domain.task import AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox

MOST_ANSWERS = 100
ANSWER_TOKENS = 16_384


async def work_with_tools(opening: OpenModel, task: AgentTask, sandbox: Sandbox) -> AgentSession:
    """One session of the form ``tools``; raises what the sandbox raises."""
    session = Session(task)

    async def talk(model: Model) -> str:
        agent = _agent(model, Workbench(session, sandbox))
        limits = UsageLimits(request_limit=MOST_ANSWERS)
        async with agent.iter(task.prompt, usage_limits=limits) as run:
            async for node in run:
                if Agent.is_call_tools_node(node):
                    _record_words(session, node.model_response)
        return run.result.output if run.result else ""

    return await running.run(opening, session, talk)


def _agent(model: Model, bench: Workbench) -> Agent[None, str]:
    tools = (bench.shell, bench.read_file, bench.write_file, bench.replace_in_file)
    return Agent(
        model,
        instructions=fill("tools"),
        tools=[Tool(each) for each in tools],
        retries={"tools": 3, "output": 1},
        model_settings=ModelSettings(max_tokens=ANSWER_TOKENS, cache=True),
    )


def _record_words(session: Session, response: ModelResponse) -> None:
    words = (response.text or "").strip()
    if words:
        session.record("message", words)
