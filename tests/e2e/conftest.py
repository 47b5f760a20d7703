"""One staged fleet for the whole suite; each test writes tickets of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.playing import Fleet
from worker.demo.play import Cast, staged
from worker.demo.scene import FILES, Scene

MAKE = """
.PHONY: test
test:
\t@sh check.sh
"""

REPOSITORIES = {
    "acme/scripted": {
        "README.md": "# scripted\n",
        "check.sh": "grep -q done work.txt && echo checked: done\n",
        ".storyfleet.toml": 'execution_command = "sh check.sh"\nmax_iterations = 2\n',
    },
    "acme/slow": {
        "README.md": "# slow\n",
        ".storyfleet.toml": 'execution_command = "sleep 300"\nmax_iterations = 2\n',
    },
    "acme/steady": {
        "README.md": "# steady\n",
        ".storyfleet.toml": 'execution_command = "sleep 4; grep done work.txt"\n',
    },
    "acme/untested": {"README.md": "# Nothing tells how this is tested\n"},
    "acme/broken-settings": {".storyfleet.toml": "max_iterations = 0\n"},
}


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    directory: Path = tmp_path_factory.mktemp("fleet")
    scene = Scene("", "", FILES, [], REPOSITORIES)
    quick = {"LEASE_SECONDS": "6", "HEARTBEAT_SECONDS": "2", "RECONCILE_SECONDS": "1"}
    cast = Cast("openai:coder", "openai:judge", "native-tools", settings=quick)
    with staged(directory, scene, cast) as stage:
        yield Fleet(stage)
