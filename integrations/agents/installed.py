"""The coding agents that people use: each one's own command line, installed in its sandbox."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from integrations.agents.formats import Account, read_account
from integrations.agents.placing import PROMPT_FILE, place, remove
from integrations.agents.recipe import MIB, RESUME, Recipe, recipes
from worker.domain.command import Breach, Command, CommandResult
from worker.domain.errors import ConfigurationError
from worker.domain.task import AgentNeeds, AgentTask, Way
from worker.domain.transcript import Action, AgentSession
from worker.ports import Sandbox

KEPT = 20_000
"""Characters of one action's text and output in the transcript."""
SHOWN = 2000
"""Characters of the output in a failure."""

_NOT_TAKEN_UP = "its session of the round before could not be gone on with: a fresh one was begun"
_PLACEHOLDER = re.compile(r"(?<!\$)\{(\w+)\}")
_MODEL = re.compile(r"[\w./:@+-]+")
_EACH = ("editable", "readable")
_SECONDS = 60.0


class InstalledAgent:
    """Runs the agent once for each session; the gateway is its only way to a model."""

    def __init__(self, name: str, recipe: Recipe, root: str = "/opt/storyfleet/agents") -> None:
        """``root`` is where its image puts it, in the sandbox."""
        self._name, self._recipe = name, recipe
        self._command = f"{root}/{name}/bin/{name}"

    @property
    def needs(self) -> AgentNeeds:
        recipe = self._recipe
        image = f"agent-{self._name}:{recipe.version}"
        state = recipe.resume.state if recipe.resume else ()
        memory = recipe.memory_mib * MIB
        return AgentNeeds((image,), gateway=True, memory_bytes=memory, sessions=state)

    def work(self, task: AgentTask, sandbox: Sandbox) -> AgentSession:
        """Run the agent: in the session of the round before where it is there and the agent takes
        it up, else in a fresh one, at the latest after it has tried. Nothing but its own account of
        an end that it calls good is one: an exit code alone says little. What was spent only the
        gateway knows.

        Raises ConfigurationError, AgentFailed, and what the sandbox raises.
        """
        way, earlier = self._way(task), task.resumption
        prompt = (task.brief if self._recipe.brief else "") or task.prompt
        if earlier is None or not sandbox.unpack_home(earlier.archive, self.needs.sessions):
            return self._session(task, prompt, sandbox)[0]
        session, result = self._session(task, earlier.prompt, sandbox, earlier.session)
        taken_up = session.id == earlier.session and bool(session.actions or not session.failure)
        if taken_up or result.breach is not None or way.over():
            return replace(session, resumed=True)
        left = max(1.0, task.timeout_seconds - result.seconds)
        # What is broken in it must not break the fresh one too.
        remove(sandbox, self.needs.sessions)
        fresh, _ = self._session(replace(task, timeout_seconds=left), prompt, sandbox)
        why = Action("output", _NOT_TAKEN_UP, _short(session.failure or ""))
        return replace(fresh, actions=(why, *session.actions, *fresh.actions))

    def _session(
        self, task: AgentTask, prompt: str, sandbox: Sandbox, session: str = ""
    ) -> tuple[AgentSession, CommandResult]:
        """With ``session``, what the agent calls the one to go on with."""
        way, model = self._way(task), self._model(task)
        values = {**_values(way, model, prompt), "session": session}
        for path, content in self._files(values, prompt).items():
            place(sandbox, path, content)
        env = {name: _fill(value, values) for name, value in self._recipe.env.items()}
        stdin = prompt.encode(errors="replace") if self._recipe.stdin else None
        command = Command(self._argv(task, values), task.timeout_seconds, env, stdin)
        result = sandbox.run(command, way.over)
        account = self._account(result, sandbox)
        actions = tuple(_cut(action) for action in account.actions)
        failure = self._failure(task, result, account)
        summary = account.summary or f"`{self._name}` said nothing at its end."
        named = account.session if self._recipe.resume else ""
        return AgentSession(summary, actions, failure=failure, id=named), result

    def _way(self, task: AgentTask) -> Way:
        if task.way is None:
            self._model(task)
            raise ConfigurationError(f"The agent `{self._name}` was given no way to its model.")
        return task.way

    def _model(self, task: AgentTask) -> str:
        provider, _, model = (task.model or "").partition(":")
        known = self._recipe.providers
        example = " or ".join(f"`{each}:NAME`" for each in known)
        if not model:
            raise ConfigurationError(
                f"The agent `{self._name}` needs a model: set `coder_model` to {example}."
            )
        if provider not in known or not _MODEL.fullmatch(model):
            raise ConfigurationError(
                f"The agent `{self._name}` cannot work with the model `{task.model}`: set"
                f" `coder_model` to {example}, or take another agent."
            )
        return model

    def _files(self, values: Mapping[str, str], prompt: str) -> dict[str, str]:
        words = (*self._recipe.argv, *self._recipe.env.values())
        given = {path: _fill(text, values) for path, text in self._recipe.files.items()}
        return {PROMPT_FILE: prompt, **given} if any("{prompt_file}" in w for w in words) else given

    def _argv(self, task: AgentTask, values: Mapping[str, str]) -> tuple[str, ...]:
        words = [self._command]
        paths = dict(zip(_EACH, (task.editable, task.readable), strict=True))
        for word in self._words(values["session"]):
            each = next((name for name in _EACH if f"{{{name}}}" in word), None)
            filled = [{**values, each: path} for path in paths[each]] if each else [values]
            words += [_fill(word, given) for given in filled]
        return tuple(words)

    def _words(self, session: str) -> Iterator[str]:
        resume = self._recipe.resume
        for word in self._recipe.argv:
            if word != RESUME:
                yield word
            elif resume and session:
                yield from resume.argv

    def _account(self, result: CommandResult, sandbox: Sandbox) -> Account:
        """Of what it printed, or left in its report; that it wrote beside its account is kept."""
        report, leavings = self._recipe.report, self._recipe.leavings
        said = result.output
        if report:
            left = sandbox.run(Command(("cat", report), _SECONDS))
            said = left.output if left.ok else ""
        if leavings:
            script = "for pattern; do rm -rf -- ./$pattern; done"
            sandbox.run(Command(("sh", "-c", script, "sh", *leavings), _SECONDS))
        account = read_account(self._recipe.output, said)
        if report and not account.ended and result.output.strip():
            account.actions.append(Action("output", f"`{self._name}` printed", result.output))
        return account

    def _failure(self, task: AgentTask, result: CommandResult, account: Account) -> str | None:
        who, end = f"The agent `{self._name}`", ""
        match result.breach:
            case Breach.TIMEOUT:
                return f"{who} was stopped: timeout after {task.timeout_seconds:g} seconds."
            case Breach.STOPPED:
                return f"{who} was stopped, since no call of its model could succeed any more."
            case None:
                end = result.output[-SHOWN:].strip()
            case _:
                return f"{who} was stopped: {result.breach}."
        if account.failure:
            return f"{who} failed by its own account: {account.failure[-SHOWN:]}"
        if result.exit_code != 0:
            said = f" The end of its output:\n{end}" if end else " It wrote nothing."
            return f"{who} exited {result.exit_code}.{said}"
        return None if account.ended else f"{who} exited 0 without an account of its end."


def installed_agents() -> dict[str, InstalledAgent]:
    """Every agent of the catalogue, by its name."""
    return {name: InstalledAgent(name, recipe) for name, recipe in recipes().items()}


def _values(way: Way, model: str, prompt: str) -> dict[str, str]:
    return {
        "url": way.base_url,
        "token": way.token,
        "model": model,
        "prompt_file": PROMPT_FILE,
        "prompt_json": json.dumps(prompt),
    }


def _fill(text: str, values: Mapping[str, str]) -> str:
    """One pass; words in braces that are no placeholders stay, as in the agents' own files."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _cut(action: Action) -> Action:
    return Action(
        action.kind, _short(action.text), _short(action.output), exit_code=action.exit_code
    )


def _short(text: str) -> str:
    """The beginning and the end of a long text, and what is missing."""
    if len(text) <= KEPT:
        return text
    half = KEPT // 2
    return f"{text[:half]}\n[… {len(text) - KEPT} characters left out …]\n{text[-half:]}"
