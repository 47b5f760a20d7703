"""How one installed coding agent is got and started, as its file in the catalogue says."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MIB = 1024 * 1024
PROVIDERS = ("openai", "anthropic", "gemini")
RESUME = "{resume}"
_PATH = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
Provider = Literal["openai", "anthropic", "gemini"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Package(_Table):
    """One tarball of the npm registry."""

    name: str
    """``NAME@VERSION``."""
    integrity: str = Field(pattern=r"^sha512-[A-Za-z0-9+/]{86}==$")
    """As the registry gives it."""
    entry: str
    """What is started, as a path in the package."""


class ImageTable(_Table):
    """How ``infra/scripts/images`` builds the agent's image; see infra/images/agents."""

    kind: Literal["binary", "node", "python"]
    packages: dict[Literal["x86_64", "aarch64"], Package] = {}
    """Of the kinds ``binary`` and ``node``, by the machine."""
    entry: str = ""
    """Of the kind ``python``: ``module:function``; packages are in its ``requirements.lock``."""


class ResumeTable(_Table):
    """How an agent goes on with the session that it had in another sandbox."""

    argv: tuple[str, ...] = Field(min_length=1)
    """What stands in place of the word ``{resume}`` in the recipe's ``argv``; ``{session}`` is the
    name that the agent gave to the session in what it printed. In a fresh one, nothing does.
    """
    state: tuple[str, ...] = Field(min_length=1)
    """Where it keeps its sessions: files or directories below its home, without its settings."""

    @field_validator("state")
    @classmethod
    def _below_home(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_PATH.fullmatch(path) and ".." not in path.split("/") for path in paths):
            raise ValueError("must be plain paths below the home directory")
        return paths


class Recipe(_Table):
    """In ``argv``, ``env``, ``files`` these are filled in: ``{url}`` (the gateway's), ``{token}``,
    ``{model}`` (without its provider), ``{prompt_file}``, and ``{prompt_json}`` (a JSON string). A
    word of ``argv`` with ``{editable}`` or ``{readable}`` stands there once for each such path; the
    word ``{resume}`` is left out, or stands for ``resume.argv``.
    """

    version: str
    homepage: str
    licence: str
    providers: tuple[Provider, ...] = Field(min_length=1)
    """Whose APIs it speaks."""
    memory_mib: int = Field(ge=256)
    """The least that its sandbox needs, with a small project's tests."""
    argv: tuple[str, ...]
    """After the name of the command."""
    env: dict[str, str] = {}
    files: dict[str, str] = {}
    """Path to content; a path that is not absolute starts at the agent's home."""
    stdin: bool = False
    """Whether the prompt comes on standard input."""
    brief: bool = False
    """Whether it gets the story and the last feedback alone, as ``AgentTask.brief`` says."""
    output: Literal["claude", "codex", "opencode", "gemini", "mini", "aider"]
    """What it prints, or leaves in ``report``; see integrations/agents/formats."""
    report: str = ""
    """A file that it leaves, which says more than what it prints."""
    leavings: tuple[str, ...] = ()
    """Patterns of files that it leaves in the top of the checkout and that are nobody's work."""
    resume: ResumeTable | None = None
    """Left out for an agent that cannot go on with a session; each round is a fresh one then."""
    image: ImageTable

    @model_validator(mode="after")
    def _resumes_in_one_place(self) -> Self:
        if (RESUME in self.argv) != (self.resume is not None):
            raise ValueError("`resume` and the word {resume} in `argv` need each other")
        for path in self.resume.state if self.resume else ():
            if any(file == path or file.startswith(f"{path}/") for file in self.files):
                raise ValueError(f"`{path}` holds one of `files`: it is not its sessions alone")
        return self


@cache
def recipes() -> dict[str, Recipe]:
    """The catalogue, by the agents' names. Raises ValueError for a file that is malformed."""
    catalogue = files("integrations.agents") / "catalogue"
    return {
        file.name.removesuffix(".toml"): Recipe.model_validate(
            tomllib.loads(file.read_text(encoding="utf-8"))
        )
        for file in sorted(catalogue.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    }
