"""Settings: what each process needs, and every fault at once."""
# ruff: noqa: E501 - a table reads best with one case to a line

from pathlib import Path

import pytest

from tests.unit.settings.conftest import Faults, Load
from worker.settings import Role
from worker.settings.values import Values

WORKER = {
    "LINEAR_API_KEY": "lin_api_0123456789",
    "GITHUB_TOKEN": "ghp_0123456789",
    "REDIS_URL": "redis://redis:6379/0",
}
RECEIVER = {
    "LINEAR_API_KEY": "lin_api_0123456789",
    "LINEAR_WEBHOOK_SECRET": "lin_wh_0123456789",
    "REDIS_URL": "redis://redis:6379/0",
}
APP = {
    "GITHUB_APP_ID": "7",
    "GITHUB_APP_INSTALLATION_ID": "8",
    "GITHUB_APP_PRIVATE_KEY": "-----BEGIN RSA PRIVATE KEY-----\\nMIIE0123456789\\n-----END-----",
}


def test_a_local_run_needs_nothing(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.trigger_label == settings.fleet.trigger_label == "agent"
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/data/storyfleet.db"
    assert settings.warnings == ()
    assert settings.secrets() == ()


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (Role.RECEIVER, ["LINEAR_API_KEY", "LINEAR_WEBHOOK_SECRET", "REDIS_URL"]),
        (Role.WORKER, ["LINEAR_API_KEY", "REDIS_URL", "GITHUB_TOKEN"]),
        (Role.RECONCILER, ["LINEAR_API_KEY", "REDIS_URL"]),
        (Role.LOCAL, []),
    ],
)
def test_each_process_names_all_it_lacks(faults: Faults, role: Role, missing: list[str]) -> None:
    assert [fault.split()[0] for fault in faults(role)] == missing


@pytest.mark.parametrize(
    ("role", "variables"),
    [
        (Role.RECEIVER, RECEIVER),
        (Role.WORKER, WORKER),
        (Role.WORKER, {**WORKER, "GITHUB_TOKEN": "", **APP}),
        (
            Role.WORKER,
            {**WORKER, "CODER_MODEL": "openai:m", "OPENAI_BASE_URL": "http://llama:1/v1"},
        ),
        (Role.WORKER, {**WORKER, "EVALUATOR_MODEL": "anthropic:m", "ANTHROPIC_API_KEY": "k-12345"}),
        (Role.WORKER, {**WORKER, "REDIS_URL": "redis+socket:///run/redis.sock"}),
        (Role.LOCAL, {"DOCKER_HOST": "unix:///var/run/docker.sock", "LOG_LEVEL": "debug"}),
        (Role.LOCAL, {"LINEAR_API_KEY": "", "MAX_RUNNING": " "}),
    ],
)
def test_what_is_enough_is_taken(faults: Faults, role: Role, variables: dict[str, str]) -> None:
    assert faults(role, **variables) == []


@pytest.mark.parametrize(
    ("role", "variables", "fault"),
    [
        (Role.LOCAL, {"LEASE_SECONDS": "long"}, "LEASE_SECONDS is not a number. Mend it, or"),
        (Role.LOCAL, {"MAX_ATTEMPTS": "1.5"}, "MAX_ATTEMPTS is not a whole number."),
        (Role.LOCAL, {"MAX_RUNNING": "0"}, "MAX_RUNNING must be at least 1. "),
        (Role.LOCAL, {"TRACKER_SECONDS": "-1"}, "TRACKER_SECONDS must be more than 0"),
        (Role.LOCAL, {"LINEAR_WEBHOOK_WINDOW_SECONDS": "90000"}, "LINEAR_WEBHOOK_WINDOW_SECONDS must be at most 86400"),
        (Role.LOCAL, {"LOG_FORMAT": "yaml"}, "LOG_FORMAT must be 'console' or 'json'. Mend it, or leave it out for the default, console."),
        (Role.LOCAL, {"HEARTBEAT_SECONDS": "20"}, "HEARTBEAT_SECONDS is more than half of LEASE_SECONDS"),
        (Role.LOCAL, {"LINEAR_API_URL": "ftp://linear"}, "LINEAR_API_URL is not a URL of a kind"),
        (Role.LOCAL, {"GITHUB_API_URL": "https://"}, "GITHUB_API_URL has no host"),
        (Role.LOCAL, {"GITHUB_API_URL": "https://h:x"}, "GITHUB_API_URL is not a URL. Write it as https://"),
        (Role.LOCAL, {"GITHUB_GIT_URL": "https://me:pw@h"}, "GITHUB_GIT_URL holds a user or a password"),
        (Role.LOCAL, {"REDIS_URL": "http://h"}, "REDIS_URL is not a URL of a kind"),
        (Role.LOCAL, {"DATABASE_URL": "mysql://h/d"}, "DATABASE_URL is not a URL of a kind"),
        (Role.LOCAL, {"DATABASE_URL": "storyfleet.db"}, "DATABASE_URL is not a URL of a kind"),
        (Role.LOCAL, {"DOCKER_HOST": "http://h"}, "DOCKER_HOST is not a URL of a kind"),
        (Role.LOCAL, {"DATA_DIR": "/dev/null/here"}, "DATA_DIR names /dev/null/here, where this user cannot write"),
        (Role.LOCAL, {"EXTRA_CA_BUNDLE": "/nowhere.pem"}, "EXTRA_CA_BUNDLE names /nowhere.pem, which"),
        (Role.LOCAL, {"FLEET_FILE": "/nowhere.toml"}, "FLEET_FILE names /nowhere.toml, which cannot be read"),
        (Role.LOCAL, {"CODER_MODEL": "gpt-5"}, "CODER_MODEL does not name a model. Write provider:name"),
        (Role.LOCAL, {"CODER_MODEL": "opnai:gpt-5"}, "CODER_MODEL names an unknown provider"),
        (Role.LOCAL, {"EVALUATOR_MODEL": "openai:gpt-5"}, "EVALUATOR_MODEL needs openai, for which there is no key. Set OPENAI_API_KEY"),
        (Role.LOCAL, {"LINEAR_WEBHOOK_SECRET": "short"}, "LINEAR_WEBHOOK_SECRET is shorter than 8"),
        (Role.LOCAL, {"OPENAI_API_KEY": "one two"}, "OPENAI_API_KEY holds a blank"),
        (Role.WORKER, {**WORKER, **APP}, "GITHUB_TOKEN is set and so is GITHUB_APP_ID"),
        (Role.WORKER, {**WORKER, "GITHUB_TOKEN": "", **APP, "GITHUB_APP_ID": ""}, "GITHUB_APP_ID is missing. A GitHub App needs"),
        (Role.WORKER, {**WORKER, "GITHUB_TOKEN": "", **APP, "GITHUB_APP_PRIVATE_KEY": "x"}, "GITHUB_APP_PRIVATE_KEY is not a private key in PEM"),
        (Role.WORKER, {**WORKER, "GITHUB_TOKEN": "", **APP, "GITHUB_APP_PRIVATE_KEY_FILE": "x"}, "GITHUB_APP_PRIVATE_KEY is set and so is GITHUB_APP_PRIVATE_KEY_FILE"),
        (Role.WORKER, {**WORKER, "GITHUB_TOKEN": "", **APP, "GITHUB_APP_PRIVATE_KEY": "", "GITHUB_APP_PRIVATE_KEY_FILE": "/no.pem"}, "GITHUB_APP_PRIVATE_KEY_FILE names /no.pem, which cannot be read"),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) and " " in value else "",
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_remedy(
    faults: Faults, role: Role, variables: dict[str, str], fault: str
) -> None:
    [said] = faults(role, **variables)
    assert said.startswith(fault)
    assert said.endswith((".", "?"))


def test_all_faults_are_told_at_once(faults: Faults, tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text('[repositories."acme"]\nagnt = "x"\n')
    said = faults(Role.WORKER, LEASE_SECONDS="x", CODER_MODEL="y", GITHUB_APP_ID="7")
    assert [fault.split()[0] for fault in said] == [
        "LEASE_SECONDS",
        "LINEAR_API_KEY",
        "REDIS_URL",
        "GITHUB_APP_INSTALLATION_ID",
        "GITHUB_APP_PRIVATE_KEY",
        "CODER_MODEL",
        "fleet.toml",
        "fleet.toml",
    ]


def test_the_environment_wins_over_the_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TRIGGER_LABEL=filed\nMAX_RUNNING=3\nLINEAR_API_URL=\n")
    settings = load(TRIGGER_LABEL="given")
    assert (settings.trigger_label, settings.max_running) == ("given", 3)
    assert settings.linear_api_url == Values.model_fields["linear_api_url"].default


def test_a_misspelt_name_is_a_warning_with_the_nearest(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_BASEURL=http://x\nUNRELATED=1\n")
    settings = load(LINEAR_APIKEY="x", GITHUB_RUN_ID="1", PATH="/bin", HOME="/", REDIS_PORT="1")
    assert settings.warnings == (
        "LINEAR_APIKEY is not a setting and was ignored. Did you mean LINEAR_API_KEY?",
        "OPENAI_BASEURL is not a setting and was ignored. Did you mean OPENAI_BASE_URL?",
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_gets_the_driver_that_is_installed(load: Load, scheme: str) -> None:
    url = load(DATABASE_URL=f"{scheme}://me@h/d").database_url.get_secret_value()
    assert url == "postgresql+psycopg://me@h/d"


def test_settings_are_frozen_and_can_be_a_key(load: Load) -> None:
    assert hash(load()) == hash(load())
    assert load() == load()
    assert load() != load(TRIGGER_LABEL="other")


def test_fleets_on_one_docker_daemon_are_told_apart(load: Load) -> None:
    one = load(Role.WORKER, **WORKER)
    assert one.mark == load(Role.WORKER, **WORKER).mark
    assert one.mark != load(Role.WORKER, **{**WORKER, "LINEAR_API_KEY": "another-key"}).mark
    assert one.mark != load(Role.WORKER, **WORKER, DATABASE_URL="postgresql://x/y").mark
    assert load(Role.WORKER, **WORKER, FLEET_NAME="night-shift").mark == "night-shift"
    assert "another" not in load(Role.WORKER, **{**WORKER, "LINEAR_API_KEY": "another-key"}).mark
