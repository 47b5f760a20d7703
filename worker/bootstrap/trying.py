"""Stand-ins for trying out: stubs, an embedded broker, a local model."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.broker.embedded import start_broker
from integrations.llm.local_model import LocalModel, serve
from integrations.stubs.models.script import script_from_json
from integrations.stubs.parts import StubsConfig
from integrations.stubs.repositories import seed_repository as _seed
from integrations.stubs.server import run_stubs as _run_stubs
from worker.settings.child import for_child


@contextmanager
def embedded_broker(directory: Path) -> Iterator[str]:
    """A Redis of our own below ``directory``; yields its URL."""
    with start_broker(directory) as broker:
        yield broker.url


def run_stubs(script: str | None = None, **config: Any) -> None:  # noqa: ANN401 - StubsConfig's
    """Serve Linear, GitHub, git and the models until interrupted; ``script`` is JSON."""
    if script is not None:
        config["script"] = script_from_json(script)
    _run_stubs(StubsConfig(**config))


def seed_repository(git_root: Path, name: str, files: Mapping[str, str]) -> None:
    """Make a bare repository with one commit, unless it is there already."""
    if not (git_root / f"{name}.git").exists():
        _seed(git_root, name, files)


def child_environment(settings: Mapping[str, str], *, keep_models: bool = False) -> dict[str, str]:
    """This process's environment with exactly ``settings`` in place of its own settings.

    ``keep_models`` leaves the model providers' keys and addresses as the user has set them.
    """
    return for_child(settings, keep=MODEL_SETTINGS if keep_models else ())


MODEL_SETTINGS = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "EXTRA_CA_BUNDLE",
)


def free_port() -> int:
    """A TCP port on loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def local_model(weights: Path) -> Iterator[str]:
    """Serve a GGUF file in a process of its own; yields its OpenAI-compatible base URL."""
    with LocalModel(weights) as model:
        yield model.base_url


def serve_local_model(weights: Path, host: str, port: int) -> None:
    """Serve a GGUF file as an OpenAI-compatible API until interrupted."""
    serve(weights, host, port)
