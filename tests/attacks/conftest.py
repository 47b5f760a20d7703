"""One machine and one stage for all attacks, and the table that is printed in the end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from integrations.stubs.parts import StubsConfig
from integrations.stubs.server import start_stubs
from tests.attacks import canaries
from tests.attacks.host import host
from tests.attacks.registries import Registries
from tests.attacks.stage import Stage
from tests.integration.docker import engine

_CASES = "tests/attacks/test_"


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    engine.api().close()
    engine.forwarder()
    directory = tmp_path_factory.mktemp("attacks")
    config = StubsConfig(
        git_root=directory / "git",
        github_token=canaries.ENVIRONMENT["GITHUB_TOKEN"],
        model_key=canaries.ENVIRONMENT["OPENAI_API_KEY"],
    )
    with (
        # Short: the path of a socket has at most 107 bytes.
        TemporaryDirectory(prefix="doors-") as sockets,
        TemporaryDirectory(prefix="host-") as place,
        host(Path(place)) as attacked,
        start_stubs(config) as stubs,
        Registries(attacked.port).serving() as registries,
    ):
        yield Stage(directory, attacked, stubs, Path(sockets), registries)


@pytest.fixture
def stage(machine: Stage, record_property: Callable[[str, object], None]) -> Stage:
    """The one stage, which tells this test's report how its runs have ended."""
    return replace(machine, note=record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each case, how its runs have ended, and whether all was as documented."""
    rows = sorted(
        (report.nodeid.removeprefix(_CASES).replace(".py::test_", ": "), _ends(report), how)
        for how, shown in (("passed", "as documented"), ("failed", "FAILED"), ("error", "ERROR"))
        for report in terminalreporter.stats.get(how, [])
        if isinstance(report, pytest.TestReport) and report.nodeid.startswith(_CASES)
        for how in [shown]
    )
    if not rows:
        return
    width = max(len(case) for case, *_ in rows)
    terminalreporter.section("attacks")
    for case, ended, result in rows:
        terminalreporter.write_line(f"{case:{width}}  {ended:14}  {result}")


def _ends(report: pytest.TestReport) -> str:
    """``accepted`` is an agent that did its job beside an attack that failed."""
    return ", ".join(str(value) for name, value in report.user_properties if name == "ended")
