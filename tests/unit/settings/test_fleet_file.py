"""The fleet file: an allowlist, layered over defaults, with every fault told."""
# ruff: noqa: E501 - a table reads best with one case to a line

from pathlib import Path

import pytest

from tests.unit.settings.conftest import Faults, Load
from tests.unit.settings.test_settings import WORKER
from worker.domain.budget import Budget
from worker.domain.fleet import AgentCommand, Fleet
from worker.domain.plan import ImageSpec, Limits
from worker.settings import Role

ROOT = Path(__file__).parents[3]


@pytest.fixture
def fleet(load: Load, tmp_path: Path) -> "Fleet":
    (tmp_path / "fleet.toml").write_text(
        """
        [defaults]
        agent = "mine"
        evaluator = "command"
        dockerfile = "Dockerfile"
        setup = ["make deps"]
        memory = "512m"
        cpus = 1
        resume_sessions = false
        [defaults.budget]
        max_iterations = 3
        max_minutes = 10
        max_usd = "unlimited"
        [repositories."acme/plain"]
        teams = ["ENG"]
        [repositories."acme/Own"]
        base_branch = "trunk"
        projects = ["Checkout"]
        coder_model = "openai:small"
        image = "python:3.12"
        setup = []
        workspace = 1_000_000_000
        resume_sessions = true
        [repositories."acme/Own".budget]
        max_usd = 2.5
        max_tokens = "unlimited"
        [agents.mine]
        command = ["agent", "{prompt}"]
        """
    )
    return load(Role.WORKER, **WORKER, CODER_MODEL="openai:big", OPENAI_API_KEY="k-123456789").fleet


def test_defaults_reach_every_repository(fleet: Fleet) -> None:
    plain = fleet.repositories[0]
    assert (plain.slug, plain.teams, plain.base_branch) == ("acme/plain", ("ENG",), None)
    assert (plain.defaults.agent, plain.defaults.evaluator) == ("mine", "command")
    assert plain.defaults.coder_model == "openai:big"
    assert plain.defaults.budget == Budget(3, 600.0, 5_000_000, None)
    assert plain.defaults.image == ImageSpec(None, "Dockerfile", ("make deps",))
    assert plain.defaults.limits == Limits(memory_bytes=512 * 1024**2, cpus=1.0)
    assert not plain.defaults.resume_sessions
    assert fleet.agents == {"mine": AgentCommand(("agent", "{prompt}"))}


def test_a_repository_overrides_them(fleet: Fleet) -> None:
    own = fleet.repositories[1]
    assert (own.base_branch, own.projects) == ("trunk", ("Checkout",))
    assert own.defaults.coder_model == "openai:small"
    assert own.defaults.budget == Budget(3, 600.0, None, 2_500_000)
    assert own.defaults.image == ImageSpec("python:3.12", None, ())
    assert own.defaults.limits.memory_bytes == 512 * 1024**2
    assert own.defaults.limits.workspace_bytes == 1_000_000_000
    assert own.defaults.resume_sessions


def test_the_example_is_sound_and_complete(faults: Faults, load: Load, tmp_path: Path) -> None:
    example = (ROOT / "infra" / "fleet.example.toml").read_text()
    (tmp_path / "fleet.toml").write_text(example)
    assert faults(Role.WORKER, **WORKER) == []
    assert load(Role.WORKER, **WORKER).warnings == ()
    (tmp_path / "fleet.toml").write_text(
        example.replace("# image", "image")
        .replace("# dockerfile", "dockerfile")
        .replace("# setup", "setup")
        .replace("# coder_model", "coder_model")
        .replace("# evaluator_model", "evaluator_model")
    )
    assert [f for f in faults(Role.LOCAL) if "there is no key" not in f] == []


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (None, "THE FLEET WORKS ON NOTHING: no repository is allowed (there is no fleet.toml)."),
        ("", "THE FLEET WORKS ON NOTHING: no repository is allowed (fleet.toml lists none)."),
        ('[repositories."a/b"]', "fleet.toml: no ticket ever goes to a/b, for it has neither"),
    ],
    ids=["no file", "empty", "no way to it"],
)
def test_a_fleet_that_does_nothing_is_said_loudly(
    load: Load, tmp_path: Path, text: str | None, warning: str
) -> None:
    if text is not None:
        (tmp_path / "fleet.toml").write_text(text)
    [said] = load(Role.WORKER, **WORKER).warnings
    assert said.startswith(warning)
    assert load().warnings == ()


def test_the_receiver_reads_no_fleet_file(load: Load) -> None:
    given = {**WORKER, "LINEAR_WEBHOOK_SECRET": "x" * 8, "FLEET_FILE": "/nowhere"}
    assert load(Role.RECEIVER, **given, TRIGGER_LABEL="go").fleet == Fleet(trigger_label="go")


def test_a_relative_path_starts_at_the_working_directory(load: Load, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[repositories."a/b"]\n')
    assert load(FLEET_FILE="other.toml").fleet.repository("A/B")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[defaults", "fleet.toml is not valid TOML: "),
        ("[repository]", "fleet.toml repository is not a known key. Did you mean repositories?"),
        ("[defaults]\nagnt = 1", "fleet.toml [defaults] agnt is not a known key. Did you mean agent?"),
        ("[defaults]\nzzz = 1", "fleet.toml [defaults] zzz is not a known key. Known are: agent, "),
        ("[defaults]\nteams = []", "fleet.toml [defaults] teams is not a known key."),
        ("[defaults]\nmemory = 'lots'", 'fleet.toml [defaults] memory must be a size such as "2g"'),
        ("[defaults]\nmemory = '1k'", "fleet.toml [defaults] memory must be at least"),
        ("[defaults]\nevaluator = 'vibes'", "fleet.toml [defaults] evaluator must be 'judge' or 'command'"),
        ("[defaults]\nagent = ''", "fleet.toml [defaults] agent is empty"),
        ("[defaults]\nagent = 'none'", "fleet.toml [defaults] agent names an unknown agent. Known are: aider"),
        ("[defaults]\nsetup = 'make'", "fleet.toml [defaults] setup must be a list"),
        ("[defaults]\ncoder_model = 'm'", "fleet.toml [defaults] coder_model does not name a model"),
        ("[defaults.budget]\nmax_usd = 0", "fleet.toml [defaults.budget] max_usd must be more than 0"),
        ("[defaults.budget]\nmax_tokens = 1.5", "fleet.toml [defaults.budget] max_tokens must be a whole number"),
        ("[defaults.budget]\nmax_iteration = 1", "fleet.toml [defaults.budget] max_iteration is not a known key. Did you mean max_iterations?"),
        ("defaults = 1", "fleet.toml defaults must be a table"),
        ("[repositories.shop]", 'fleet.toml [repositories."shop"] is not owner/name'),
        ('[repositories."a/b"]\nteam = "X"', 'fleet.toml [repositories."a/b"] team is not a known key. Did you mean teams?'),
        ('[repositories."a/b"]\nteams = ["X", 1]', 'fleet.toml [repositories."a/b"] teams must be a text'),
        ('[repositories."a/b"]\nteams = ["X"]\n[repositories."a/c"]\nteams = ["x"]', 'fleet.toml [repositories."a/c"] has the team x, which is mapped to a/b already'),
        ('[repositories."a/b"]\n[repositories."A/B"]', 'fleet.toml [repositories."A/B"] has the repository A/B, which is mapped to a/b already'),
        ("[agents.x]", "fleet.toml [agents.x] command is missing"),
        ("[agents.x]\ncommand = []", "fleet.toml [agents.x] command is empty"),
        ("[agents.native]\ncommand = ['x']", "fleet.toml [agents.native] has the name of a built-in agent"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_remedy(
    faults: Faults, tmp_path: Path, text: str, fault: str
) -> None:
    (tmp_path / "fleet.toml").write_text(text)
    [said] = faults()
    assert said.startswith(fault)


def test_faults_of_form_hide_no_faults_of_sense(faults: Faults, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(
        '[defaults]\nagent = "none"\ncpus = "two"\n[repositories.shop]\nzzz = 1\n[agents.x]\n'
    )
    assert len(faults()) == 5


def test_a_file_that_is_no_text(faults: Faults, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_bytes(b"\xff\xfe")
    assert faults() == ["fleet.toml is not UTF-8 text. Save it as UTF-8."]


def test_a_ticket_has_a_ceiling_for_its_whole_life(load: Load, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(
        '[defaults.lifetime]\nmax_iterations = 7\nmax_usd = "unlimited"\n'
        '[repositories."acme/a"]\n[repositories."acme/a".lifetime]\nmax_tokens = 9\n'
    )
    (repository,) = load(Role.WORKER, **WORKER).fleet.repositories
    assert repository.defaults.lifetime == Budget(7, 8 * 3600.0, 9, None)
