"""A watched fleet for each file of tests: what one sees is not what another one did."""

import os
from collections.abc import Iterator
from contextlib import closing

import docker
import pytest
from docker.errors import DockerException

from tests.e2e.canary import canaries, sandbox_scripts
from tests.e2e.canary.staging import Watched, staged

SANDBOX_IMAGE = "storyfleet/sandbox:latest"
NATIVE, DUMPER, ECHO = "acme/native", "acme/dumper", "acme/echo"
_ECHOED = 'execution_command = "cat leak.txt; cat work.txt"\nmax_iterations = 2\n'
_CHECKED = 'execution_command = "sh check.sh"\nmax_iterations = 2\n'

REPOSITORIES = {
    NATIVE: {**sandbox_scripts.FILES, ".storyfleet.toml": _CHECKED},
    DUMPER: {**sandbox_scripts.FILES, ".storyfleet.toml": f'{_CHECKED}agent = "dumper"\n'},
    ECHO: {
        # Everything that the fleet knows to be secret, in a file that somebody once committed.
        "leak.txt": "\n".join(f"{n} is {s}, or so" for n, s in canaries.SECRETS.items()) + "\n",
        ".storyfleet.toml": _ECHOED,
    },
}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    try:
        with closing(docker.from_env()) as client:
            client.images.get(SANDBOX_IMAGE)
    except DockerException as fault:
        missing = f"no Docker with {SANDBOX_IMAGE} (infra/scripts/images makes it): {fault}"
        if os.environ.get("CI"):  # noqa: TID251 - a test's own switch, not a setting
            pytest.fail(missing)
        pytest.skip(missing)
    with staged(tmp_path_factory.mktemp("watched"), REPOSITORIES) as fleet:
        yield fleet
