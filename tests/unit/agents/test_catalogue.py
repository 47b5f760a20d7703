"""The catalogue of installed agents: every file complete, and known wherever it must be."""

import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from integrations.agents.recipe import Recipe, recipes
from tests.agents.vocabulary import SPEECHES
from worker.settings.fleet_work import BUILT_IN_AGENTS

ROOT = Path(__file__).parents[3]
IMAGES = ROOT / "infra" / "images" / "agents"
FILLED_IN = {"url", "token", "model", "prompt_file", "prompt_json", "editable", "readable"}
FILLED_IN |= {"resume"}
NAMES = sorted(recipes())


def words(recipe: Recipe) -> str:
    return "\n".join((*recipe.argv, *recipe.env.values(), *recipe.files.values()))


def test_the_settings_know_every_agent_of_the_catalogue() -> None:
    native = {name for name in BUILT_IN_AGENTS if name.startswith("native")}
    assert set(BUILT_IN_AGENTS) - native == set(NAMES)


def test_every_agent_is_tested_for_real() -> None:
    assert set(SPEECHES) == set(NAMES)
    assert {name: [s.provider] for name, s in SPEECHES.items()} == {
        name: list(recipe.providers) for name, recipe in recipes().items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_complete(name: str) -> None:
    recipe = recipes()[name]
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    assert set(re.findall(r"(?<!\$)\{(\w+)\}", words(recipe))) <= FILLED_IN
    assert "{token}" in words(recipe), "its key is the session's token"
    assert "{url}" in words(recipe)
    assert "{model}" in words(recipe)
    told = recipe.stdin + ("{prompt_file}" in words(recipe)) + ("{prompt_json}" in words(recipe))
    assert told == 1, "the prompt reaches it in one way, and never as an argument"


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_that_goes_on_with_a_session_names_it(name: str) -> None:
    resume = recipes()[name].resume
    if resume is None:
        assert name in ("aider", "mini-swe-agent"), "they keep no sessions"
        return
    assert "{session}" in resume.argv, "not just the newest: it must be known which"


@pytest.mark.parametrize("name", NAMES)
def test_what_it_is_given_in_json_is_json(name: str) -> None:
    recipe = recipes()[name]
    texts = [text for text in (*recipe.files.values(), *recipe.env.values()) if "{\n" in text]
    for text in texts:
        json.loads(text.replace("{prompt_json}", '""'))


@pytest.mark.parametrize("name", NAMES)
def test_its_image_is_pinned(name: str) -> None:
    recipe = recipes()[name]
    if recipe.image.kind == "python":
        lock = (IMAGES / name / "requirements.lock").read_text()
        wanted = (IMAGES / name / "requirements.in").read_text()
        assert re.search(rf"^[\w-]+=={re.escape(recipe.version)}$", wanted, re.MULTILINE)
        assert re.search(rf"^[\w-]+=={re.escape(recipe.version)} \\$", lock, re.MULTILINE)
        assert "--hash=sha256:" in lock
        assert "://" not in lock
        assert ":" in recipe.image.entry
    else:
        assert "x86_64" in recipe.image.packages
        for package in recipe.image.packages.values():
            assert f"@{recipe.version}" in package.name


def test_a_recipe_with_an_unknown_key_is_refused() -> None:
    given = recipes()["codex"].model_dump() | {"argvs": []}
    with pytest.raises(ValidationError, match="argvs"):
        Recipe.model_validate(given)
