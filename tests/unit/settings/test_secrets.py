"""No secret in anything that settings print or raise, and all of them known for redaction."""

import traceback
from pathlib import Path

from tests.unit.settings.conftest import Load
from worker.domain.errors import ConfigurationError
from worker.settings import Role

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0\nqqqq1111222233334444\n-----END KEY-----"
SECRETS = {
    "LINEAR_API_KEY": "canary-linear-key",
    "LINEAR_WEBHOOK_SECRET": "canary-linear-hook",
    "GITHUB_TOKEN": "canary-github-token",
    "GITHUB_WEBHOOK_SECRET": "canary-github-hook",
    "OPENAI_API_KEY": "canary-openai",
    "ANTHROPIC_API_KEY": "canary-anthropic",
    "REDIS_URL": "redis://:canary-redis@redis:6379/0",
    "DATABASE_URL": "postgresql://fleet:canary%2Fdatabase@db/fleet",
}


def test_printing_shows_none(load: Load) -> None:
    settings = load(Role.RECEIVER, **SECRETS)
    shown = [repr(settings), str(settings), f"{settings:}", repr(settings.model_dump()),
             settings.model_dump_json(), repr(vars(settings))]  # fmt: skip
    assert "canary" not in "".join(shown)


def test_faults_show_none(load: Load, tmp_path: Path) -> None:
    """Neither the text nor the traceback, whatever is wrong with the secret itself."""
    (tmp_path / ".env").write_text("GITHUB_TOKN=canary-misspelt\n")
    wrong = {name: f"{value} canary" for name, value in SECRETS.items()}
    wrong |= {"REDIS_URL": "http://:canary@h:port", "DATABASE_URL": "canary://canary"}
    wrong |= {"OPENAI_BASE_URL": "https://canary:canary@h", "MAX_RUNNING": "canary"}
    wrong |= {"GITHUB_APP_PRIVATE_KEY": "canary-key", "CODER_MODEL": "canary"}
    try:
        load(Role.WORKER, **wrong)
    except ConfigurationError as refusal:
        told = "".join(traceback.format_exception(refusal))
        assert "GITHUB_TOKEN" in told
        assert "REDIS_URL" in told
        assert "canary" not in told
    else:
        raise AssertionError("nothing was refused")


def test_warnings_show_none(load: Load, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("GITHUB_TOKN=canary-misspelt\n")
    warnings = load().warnings
    assert len(warnings) == 1
    assert "canary" not in warnings[0]


def test_all_are_known_longest_first(load: Load) -> None:
    secrets = load(Role.RECEIVER, **SECRETS).secrets()
    assert set(secrets) == {
        *(value for name, value in SECRETS.items() if not name.endswith("_URL")),
        "canary-redis",
        "canary%2Fdatabase",
        "canary/database",
    }
    assert [len(s) for s in secrets] == sorted((len(s) for s in secrets), reverse=True)


def test_a_private_key_is_known_line_by_line(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "app.pem"
    file.write_text(PEM)
    for given in ({"GITHUB_APP_PRIVATE_KEY": PEM.replace("\n", "\\n")},
                  {"GITHUB_APP_PRIVATE_KEY_FILE": str(file)}):  # fmt: skip
        settings = load(**given)
        assert settings.github_private_key == PEM
        assert {PEM, *PEM.splitlines()[1:3]} <= set(settings.secrets())


def test_what_is_too_short_to_be_told_from_words_is_left_alone(load: Load) -> None:
    assert load(OPENAI_API_KEY="none", REDIS_URL="redis://:pw@h").secrets() == ()
