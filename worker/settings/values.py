"""Every setting there is: its name, its type, its default and what it is for."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

CONTAINER_DATA_DIR = Path("/var/lib/storyfleet")


class Role(StrEnum):
    """Which process reads the settings; each needs others."""

    RECEIVER = "receiver"
    WORKER = "worker"
    RECONCILER = "reconciler"
    LOCAL = "local"


class Values(BaseSettings):
    """The settings' values; the names in the environment are these in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    linear_api_key: SecretStr | None = None
    linear_webhook_secret: SecretStr | None = None
    linear_api_url: str = "https://api.linear.app/graphql"
    linear_webhook_window_seconds: int = Field(60, ge=1, le=86_400)
    """How far a delivery's own timestamp may be from now."""
    trigger_label: str = Field("agent", min_length=1)

    github_token: SecretStr | None = None
    github_app_id: str | None = None
    github_app_private_key: SecretStr | None = None
    github_app_private_key_file: Path | None = None
    github_app_installation_id: int | None = Field(None, gt=0)
    github_api_url: str = "https://api.github.com"
    github_git_url: str = "https://github.com"
    github_webhook_secret: SecretStr | None = None

    redis_url: SecretStr | None = None
    """Secret, for it may hold a password."""
    database_url: SecretStr = SecretStr("")
    """Secret, for it may hold a password. Never empty once loaded: SQLite in ``data_dir``."""
    data_dir: Path = Path("~/.local/share/storyfleet")

    coder_model: str | None = None
    """``provider:name``."""
    evaluator_model: str | None = None
    """``provider:name``."""
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    anthropic_api_key: SecretStr | None = None
    anthropic_base_url: str | None = None
    gemini_api_key: SecretStr | None = None
    gemini_base_url: str | None = None
    private_registries: str | None = None
    """Networks in which package registries may lie (``10.1.0.0/16, fd00::/8``): ``networks``."""
    socket_dir: Path | None = None
    """Where sandboxes' sockets are made, at a path that the Docker daemon finds too; None: below
    ``/run``, or the user's own runtime directory. See ``Settings.sockets``.
    """
    extra_ca_bundle: Path | None = None
    """PEM file of certificate authorities trusted besides the usual ones."""

    fleet_name: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=63)
    """Marks the fleet's containers, where several fleets use one Docker daemon; see ``mark``."""
    fleet_file: Path | None = None
    """None: ``fleet.toml`` of the working directory, if it is there."""
    docker_host: str | None = None
    """None: Docker's own default."""
    sandbox_image: str = Field("storyfleet/sandbox:latest", min_length=1)
    sandboxes: Literal["docker", "scripted"] = "docker"
    """``scripted``: a stand-in that runs nothing, for load tests."""
    sandbox_runtime: str | None = None
    """OCI runtime of the sandboxes (``runsc``); None: the daemon's default."""

    lease_seconds: float = Field(30.0, gt=0)
    heartbeat_seconds: float = Field(5.0, gt=0)
    reconcile_seconds: float = Field(5.0, gt=0)
    """Between two looks at the database for work nobody was told of."""
    tracker_seconds: float = Field(60.0, gt=0)
    """Between two looks at the tracker for tickets whose webhook was missed."""
    tidy_seconds: float = Field(60.0, gt=0)
    """Between two looks of a worker at what is left on its machine."""
    tidy_repositories_seconds: float = Field(1800.0, gt=0)
    """Between two of its looks at what closed runs left in git."""
    grace_seconds: float = Field(60.0, ge=0)
    """How long a closed run's leftovers in git are kept."""
    failed_days: float = Field(7.0, ge=0)
    """How long the commits of a failed run are kept for ``fleet retry``."""
    image_days: float = Field(14.0, ge=0)
    """How long an image that was built for sandboxes is kept without being used."""
    journal_days: float = Field(90.0, ge=0)
    """How long a closed run's journal is kept on the git remote."""
    inbox_days: float = Field(7.0, ge=1)
    """How long a delivery that was dealt with is known again."""
    shutdown_seconds: float = Field(20.0, gt=0)
    """How long a stage may go on after SIGTERM before it is interrupted."""
    visibility_timeout_seconds: int = Field(86_400, ge=1)
    """Celery's; it never decides about a run, since the bell is acknowledged at once."""
    max_running: int | None = Field(None, ge=1)
    max_running_per_repository: int | None = Field(None, ge=1)
    max_attempts: int = Field(5, ge=1)
    """How often a run may end in an infrastructure failure before it is closed."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("log_level", mode="before")
    @classmethod
    def _capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator(
        "data_dir",
        "fleet_file",
        "extra_ca_bundle",
        "github_app_private_key_file",
        "socket_dir",
        mode="after",
    )
    @classmethod
    def _home(cls, value: Path | None) -> Path | None:
        try:
            return value.expanduser() if value else None
        except RuntimeError as fault:
            raise ValueError("starts with ~, but this user has no home directory") from fault

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """``private_registries``, read."""
        given = (self.private_registries or "").split(",")
        return tuple(ip_network(each.strip()) for each in given if each.strip())

    @field_validator("private_registries", mode="after")
    @classmethod
    def _are_networks(cls, value: str | None) -> str | None:
        for each in (value or "").split(","):
            if each.strip():
                ip_network(each.strip())
        return value

    @field_validator("data_dir", mode="after")
    @classmethod
    def _from_the_root(cls, value: Path) -> Path:
        return value.absolute()

    @field_validator("database_url", mode="after")
    @classmethod
    def _with_driver(cls, value: SecretStr) -> SecretStr:
        """Name the one driver that is installed, where the URL leaves it open."""
        scheme, separator, rest = value.get_secret_value().partition("://")
        open_ended = scheme in {"postgres", "postgresql"}
        return SecretStr(f"postgresql+psycopg{separator}{rest}") if open_ended else value

    @model_validator(mode="before")
    @classmethod
    def _homeless(cls, values: dict[str, object]) -> dict[str, object]:
        """A user without a home directory (as in a container) gets the containers' directory."""
        if "data_dir" in values:
            return values
        try:
            return {**values, "data_dir": cls.model_fields["data_dir"].default.expanduser()}
        except RuntimeError:
            return {**values, "data_dir": CONTAINER_DATA_DIR}

    @model_validator(mode="after")
    def _embedded_database(self) -> Self:
        if not self.database_url.get_secret_value():
            url = SecretStr(f"sqlite:///{self.data_dir / 'storyfleet.db'}")
            object.__setattr__(self, "database_url", url)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what is given and nothing else: only ``Settings.load`` looks at the environment."""
        return (init_settings,)
