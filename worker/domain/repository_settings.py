"""A repository's own settings, ``.storyfleet.toml``, as it stands on the base branch."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from worker.domain import repository_tables as tables
from worker.domain.budget import Budget
from worker.domain.mode import Mode
from worker.domain.plan import ImageSpec, Tier
from worker.domain.protection import USUAL, Protection
from worker.domain.rails import Mutation, Rails

FILE_NAME = ".storyfleet.toml"
EVALUATORS = ("judge", "command")

_TEXTS = frozenset(
    {
        "prompt",
        "execution_command",
        "coder_model",
        "evaluator_model",
        "evaluator",
        "agent",
        "image",
        "dockerfile",
        "transcripts",
        "mode",
        "rules_file",
    }
)
_LISTS = frozenset(
    {"context_editable", "context_read_only", "setup", "protected", "may_change", "checks"}
)
_NUMBERS = frozenset(
    {"max_iterations", "stall_rounds", "execution_timeout_seconds", "agent_timeout_seconds"}
)
_SWITCHES = frozenset({"resume_sessions"})
_WHOLE = frozenset({"max_iterations", "stall_rounds"})
_TABLES = frozenset({"ladder", "rails", "mutation"})
KEYS = _TEXTS | _LISTS | _NUMBERS | _SWITCHES | _TABLES | {"budget"}


class SettingsFileFault(ValueError):
    """The file is there but cannot be used; ``faults`` names each fault and its remedy."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """What the file says; None or empty where it says nothing."""

    prompt: str = ""
    execution_command: str | None = None
    coder_model: str | None = None
    evaluator_model: str | None = None
    evaluator: str | None = None
    agent: str | None = None
    image: str | None = None
    dockerfile: str | None = None
    transcripts: str | None = None
    setup: tuple[str, ...] = ()
    context_editable: tuple[str, ...] = ()
    context_read_only: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    """Patterns of ``.gitignore``: paths that no story's work may change or add to."""
    may_change: tuple[str, ...] = ()
    """Patterns: paths that are not protected, though they usually are."""
    max_iterations: int | None = None
    execution_timeout_seconds: float | None = None
    agent_timeout_seconds: float | None = None
    max_minutes: float | None = None
    max_tokens: int | None = None
    max_usd: float | None = None
    mode: str | None = None
    rules_file: str | None = None
    """Path of the repository's rules; None: the first known one that is there."""
    checks: tuple[str, ...] = ()
    """Further commands of the clean room, such as linters and type checkers; each must exit 0."""
    stall_rounds: int | None = None
    ladder: tuple[tables.Rung, ...] = ()
    rails: Rails = Rails()
    mutation: Mutation = Mutation()
    resume_sessions: bool | None = None
    warnings: tuple[str, ...] = ()

    def budget(self, default: Budget) -> Budget:
        """``default`` with the limits that the repository sets itself."""
        own = tables.Limited(self.max_iterations, self.max_minutes, self.max_tokens, self.max_usd)
        return own.over(default)

    def resumes(self, default: bool) -> bool:
        """Whether an agent goes on with its session of the round before."""
        return default if self.resume_sessions is None else self.resume_sessions

    def tiers_above(self, first: Tier) -> tuple[Tier, ...]:
        """The rest of the ladder."""
        return tuple(rung.tier(first) for rung in self.ladder)

    def protection(self, named: tuple[str, ...], command: tuple[str, ...]) -> Protection:
        """What is protected: the usual, ``command`` (patterns) and what the file names; not what it
        takes out, nor the paths that the story has ``named``.
        """
        out = tuple(f"!{pattern}" for pattern in self.may_change)
        rules = (f"/{self.rules_file}",) if self.rules_file else ()
        return Protection(
            existing=(*USUAL.existing, *command, *out),
            always=(*USUAL.always, *rules, *self.protected, *out),
            except_for=named,
        )

    def overridden_by(self, other: "RepositorySettings") -> "RepositorySettings":
        """These settings with whatever ``other`` says instead; warnings stay."""
        said = {
            field.name: value
            for field in fields(other)
            if field.name != "warnings" and (value := getattr(other, field.name)) != field.default
        }
        return replace(self, **said)

    def image_spec(self, default: ImageSpec) -> ImageSpec:
        """The repository's image, or ``default`` where it names none."""
        if self.image or self.dockerfile or self.setup:
            return ImageSpec(self.image or default.image, self.dockerfile, self.setup)
        return default


def parse(text: str) -> RepositorySettings:
    """Read the file's text. Raises SettingsFileFault with every fault at once."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsFileFault((f"`{FILE_NAME}` is not valid TOML: {fault}.",)) from fault
    faults: list[str] = []
    warnings: list[str] = []
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in KEYS:
            warnings.append(_unknown(key, KEYS))
        elif key == "budget":
            values |= _budget(value, faults, warnings)
        elif key in _TABLES:
            values |= _table(key, value, faults)
        elif wrong := _fault(key, value):
            faults.append(wrong)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    if faults:
        raise SettingsFileFault(tuple(faults))
    return RepositorySettings(warnings=tuple(warnings), **values)  # type: ignore[arg-type]


def _budget(value: object, faults: list[str], warnings: list[str]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        faults.append(f"`budget` in `{FILE_NAME}` must be a table ([budget]).")
        return {}
    dotted = frozenset(f"budget.{key}" for key in tables.BUDGET)
    warnings.extend(_unknown(f"budget.{key}", dotted) for key in value.keys() - tables.BUDGET)
    known = {key: value[key] for key in tables.BUDGET & value.keys()}
    bad = [key for key, number in known.items() if not _positive(number)]
    faults.extend(f"`budget.{key}` in `{FILE_NAME}` must be a positive number." for key in bad)
    return {key: number for key, number in known.items() if key not in bad}


def _table(key: str, value: object, faults: list[str]) -> Mapping[str, object]:
    try:
        return {key: _READERS[key](value)}
    except tables.Faulty as fault:
        faults.append(f"In `{FILE_NAME}`: {fault}.")
        return {}


_READERS: Mapping[str, Callable[[object], object]] = {
    "ladder": tables.ladder,
    "rails": tables.rails,
    "mutation": tables.mutation,
}


def _fault(key: str, value: object) -> str | None:
    if key in _TEXTS and not (isinstance(value, str) and (value.strip() or key == "transcripts")):
        return f"`{key}` in `{FILE_NAME}` must be a non-empty text."
    if key in _LISTS and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        return f"`{key}` in `{FILE_NAME}` must be a list of texts."
    if key in _NUMBERS and not _positive(value):
        return f"`{key}` in `{FILE_NAME}` must be a positive number."
    if key in _SWITCHES and not isinstance(value, bool):
        return f"`{key}` in `{FILE_NAME}` must be true or false."
    if key in _WHOLE and not isinstance(value, int):
        return f"`{key}` in `{FILE_NAME}` must be a whole number."
    return _choice_fault(key, value)


def _choice_fault(key: str, value: object) -> str | None:
    if key == "evaluator" and value not in EVALUATORS:
        return f"`evaluator` in `{FILE_NAME}` must be one of: {', '.join(EVALUATORS)}."
    if key == "mode" and value not in set(Mode):
        return f"`mode` in `{FILE_NAME}` must be one of: {', '.join(Mode)}."
    if key == "rules_file" and not {"", ".", ".."}.isdisjoint(str(value).split("/")):
        return f"`rules_file` in `{FILE_NAME}` must be a path inside the repository."
    if key.endswith("_model") and ":" not in str(value):
        return f"`{key}` in `{FILE_NAME}` must be written as provider:name (`openai:gpt-5`)."
    return None


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _unknown(key: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"`{FILE_NAME}` has an unknown key `{key}`, which was ignored.{hint}"
