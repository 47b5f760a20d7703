"""The corpus as values: what was asked for, what was handed in, and what it was handed in on."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECTS = Path(__file__).parent / "projects"
CASE_FILE = "case.toml"
SETTINGS = ".storyfleet.toml"
RIGHT = "right"
WRONG_KINDS = (
    "off-by-one",
    "swapped branch",
    "dropped case",
    "hard-coded example",
    "unreachable outcome",
    "swallowed error",
)


class CorpusFault(ValueError):
    """A folder of the corpus is not as README.md says; the message names it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One change that was handed in for a story."""

    name: str
    """``cart/coupon-wrong-dropped-case-1``."""
    project: str
    language: str
    """``python`` or ``javascript``."""
    story: str
    """Name of the story's file, without ``.md``."""
    story_title: str
    story_text: str
    """The ticket without its title."""
    right: bool
    kind: str
    """``right``, or one of ``WRONG_KINDS``."""
    what: str
    base: Mapping[str, str]
    """Every file of the base branch, by path."""
    change: Mapping[str, str]
    """The files that the change adds or replaces, by path."""
    execution_command: str
    proof_name: str = ""
    """Of a wrong one: the hidden test's file. It is no part of the change, and not for gates."""
    proof: str = ""

    @property
    def head(self) -> Mapping[str, str]:
        """Every file of the repository with the change in it."""
        return {**self.base, **self.change}


def load(root: Path = PROJECTS) -> tuple[Case, ...]:
    """Every case below a folder of projects, by name. Raises CorpusFault."""
    return tuple(case for project in _folders(root) for case in _project(project))


def counts(cases: Sequence[Case]) -> Counter[tuple[str, str]]:
    """How many cases there are of each kind and language."""
    return Counter((case.kind, case.language) for case in cases)


def _project(folder: Path) -> Iterator[Case]:
    base = _files(folder / "base")
    if SETTINGS not in base:
        raise CorpusFault(f"{folder.name}: base/{SETTINGS} is missing")
    command = tomllib.loads(base[SETTINGS])["execution_command"]
    stories = {path.stem: path.read_text("utf-8") for path in folder.glob("stories/*.md")}
    for case in _folders(folder / "cases"):
        yield _case(case, f"{folder.name}/{case.name}", base, command, stories)


def _case(
    folder: Path, name: str, base: Mapping[str, str], command: str, stories: Mapping[str, str]
) -> Case:
    facts = tomllib.loads((folder / CASE_FILE).read_text("utf-8"))
    right, kind, proof = facts["right"], facts["kind"], facts.get("proof", "")
    mark = "right" if right else f"wrong-{kind.replace(' ', '-')}"
    story, found, _ = folder.name.rpartition(f"-{mark}-")
    if not found or story not in stories:
        raise CorpusFault(f"{name}: the folder must be called STORY-{mark}-NUMBER")
    if kind not in ((RIGHT,) if right else WRONG_KINDS) or bool(proof) == right:
        raise CorpusFault(f"{name}: {CASE_FILE} contradicts itself")
    title, _, text = stories[story].partition("\n")
    files = _files(folder)
    return Case(
        name=name,
        project=name.partition("/")[0],
        language="javascript" if command.startswith("node ") else "python",
        story=story,
        story_title=title.removeprefix("# ").strip(),
        story_text=text.strip(),
        right=right,
        kind=kind,
        what=facts["what"],
        base=base,
        change={path: text for path, text in files.items() if path not in {CASE_FILE, proof}},
        execution_command=command,
        proof_name=proof,
        proof=files.get(proof, ""),
    )


def _folders(root: Path) -> Sequence[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir())


def _files(folder: Path) -> Mapping[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in paths
        if path.suffix != ".pyc"
    }
