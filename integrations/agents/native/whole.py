"""The form ``whole``: one prompt, one answer of whole files; for small and local models."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest, ModelResponse
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from integrations.agents.native import running
from integrations.agents.native.answer import Written, read_answer
from integrations.agents.native.session import OpenModel, Session, Stopped
from integrations.agents.native.templates import fill
from worker.domain.command import Command
from worker.domain.errors import HandOverRefused
from worker.domain.task import AgentTask
from worker.domain.transcript import AgentSession
from worker.ports import Sandbox

ANSWER_TOKENS = 1536
"""For an answer, besides the length of the files that it has to repeat."""
MOST_ANSWER_TOKENS = 16_384
CHARACTERS_PER_TOKEN = 3
SHOWN = 60_000
"""Characters of files in the prompt, all together."""
LIST_SECONDS = 60.0

_LANGUAGES = {
    ".py": "python", ".js": "javascript", ".ts": "typescript", ".go": "go", ".rs": "rust",
    ".rb": "ruby", ".java": "java", ".c": "c", ".cpp": "cpp", ".cs": "csharp", ".php": "php",
    ".sh": "bash", ".md": "markdown", ".html": "html", ".css": "css", ".json": "json",
    ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".sql": "sql",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the prompt shows it."""

    path: str
    text: str | None
    """None: it does not exist yet."""

    @property
    def language(self) -> str:
        """The word after a code block's opening."""
        return _LANGUAGES.get(PurePosixPath(self.path).suffix, "")

    @property
    def fence(self) -> str:
        """Longer than any run of backticks in the text."""
        runs = re.findall(r"`{3,}", self.text or "")
        return "`" * max([3, *(len(run) + 1 for run in runs)])


async def write_whole(opening: OpenModel, task: AgentTask, sandbox: Sandbox) -> AgentSession:
    """One session of the form ``whole``; raises what the sandbox raises."""
    session = Session(task)

    async def write(model: Model) -> str:
        asked = _named(task.editable, sandbox)
        files = _files(asked, _named(task.readable, sandbox), sandbox)
        response = await _ask(model, session, files, asked)
        session.record("message", response.text or "(no text)")
        written = _read(response, asked)
        _put(written, session, sandbox)
        return f"Wrote {', '.join(each.path for each in written)}."

    return await running.run(opening, session, write)


async def _ask(
    model: Model, session: Session, files: Sequence[Shown], asked: Sequence[str]
) -> ModelResponse:
    single = next((f for f in files if (f.path,) == tuple(asked)), None)
    text = session.task.brief or session.task.prompt
    prompt = fill("whole", prompt=text, files=files, single=single)
    repeated = sum(len(f.text or "") for f in files if f.path in asked)
    most = min(MOST_ANSWER_TOKENS, ANSWER_TOKENS + 2 * repeated // CHARACTERS_PER_TOKEN)
    settings = ModelSettings(max_tokens=most)
    messages = [ModelRequest.user_text_prompt(prompt)]
    return await model_request(model, messages, model_settings=settings)


def _read(response: ModelResponse, asked: Sequence[str]) -> list[Written]:
    cut_off = response.finish_reason == "length"
    written = read_answer(response.text or "", asked, cut_off=cut_off)
    wanted = [each for each in written if not asked or each.path in asked]
    if wanted:
        return wanted
    if cut_off:
        raise Stopped("The model's answer reached its length limit before a file was whole.")
    if written:
        paths = ", ".join(each.path for each in written)
        raise Stopped(f"The model's answer has only files that were not to be changed: {paths}.")
    raise Stopped("The model's answer has no file in it: each belongs into a code block.")


def _put(written: Sequence[Written], session: Session, sandbox: Sandbox) -> None:
    for each in written:
        try:
            sandbox.write(each.path, each.text)
        except HandOverRefused as refusal:
            raise Stopped(f"`{each.path}` could not be written: {refusal}") from refusal
        session.record("write", each.path, each.text)


def _files(asked: Sequence[str], readable: Sequence[str], sandbox: Sandbox) -> list[Shown]:
    """Files with their text as it is now, as far as there is room; all where none is named."""
    paths = [*asked, *readable] or _listed((), sandbox)
    files: dict[str, Shown] = {}
    room = SHOWN
    for path in paths:
        text = sandbox.read(path)
        fits = text is None or ("\0" not in text and len(text) <= room)
        if not fits and path in asked:
            raise Stopped(f"`{path}` is too long for the agent native-whole, or is not text.")
        if fits and (text is not None or path in asked):
            files.setdefault(path, Shown(path, text))
            room -= len(text or "")
    return list(files.values())


def _named(names: Sequence[str], sandbox: Sandbox) -> list[str]:
    """Paths; a directory or a pattern stands for the repository's files that it covers."""
    vague = [n for n in names if n.endswith("/") or any(c in n for c in "*?[")]
    return [*(n for n in names if n not in vague), *(_listed(vague, sandbox) if vague else ())]


def _listed(patterns: Sequence[str], sandbox: Sandbox) -> list[str]:
    listing = ("git", "ls-files", "-z", "--", *patterns)
    found = sandbox.run(Command(listing, LIST_SECONDS))
    if not found.ok:
        raise Stopped(f"The repository's files could not be listed: {found.output[-500:]}")
    return [path for path in found.output.split("\0") if path]
