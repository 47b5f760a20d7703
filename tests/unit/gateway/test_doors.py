"""A door's life: its directory, its socket, its end, and what is left of one that was killed."""

import multiprocessing
import socket
import stat
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from integrations.gateway import ModelGateway, Upstream, leftovers, remove_leftovers
from integrations.gateway.serving import AT_ONCE
from tests.unit.gateway.conftest import (
    KEY,
    MakeGateway,
    OpenDoor,
    Opened,
    access,
    client_of,
    upstreams,
    wait_for,
)
from tests.unit.gateway.forms import CHAT
from tests.unit.gateway.provider import Provider, plain, stream
from worker.domain.access import Access, CallOutcome
from worker.domain.errors import ConfigurationError, Unavailable
from worker.domain.lease import RunId


def test_what_a_sandbox_sees_of_it(opened: Opened) -> None:
    directory = Path(opened.door.directory)
    gate = directory / "gateway.sock"

    assert stat.S_IMODE(directory.stat().st_mode) == 0o755
    assert [path.name for path in directory.iterdir()] == ["gateway.sock"]
    assert stat.S_ISSOCK(gate.stat().st_mode)
    assert stat.S_IMODE(gate.stat().st_mode) == 0o666


def test_after_the_block_nothing_is_left(opening: OpenDoor, scratch: Path) -> None:
    threads = threading.active_count()
    with opening() as opened:
        opened.upstream.answers(plain(CHAT.answer))
        opened.call(CHAT)
        assert list((scratch / "doors").iterdir())

    assert list((scratch / "doors").iterdir()) == []
    wait_for(lambda: threading.active_count() <= threads)
    assert opened.door.passage().answered


def test_a_door_ends_with_an_error_too(gateway: MakeGateway, scratch: Path) -> None:
    with pytest.raises(ZeroDivisionError), gateway().open(access()):
        raise ZeroDivisionError

    assert list((scratch / "doors").iterdir()) == []


def test_several_doors_are_open_at_once(gateway: MakeGateway, provider: Provider) -> None:
    made = gateway()
    with made.open(access()) as one, made.open(access()) as other:
        assert one.token != other.token
        provider.answers(plain(CHAT.answer))
        for door in (one, other):
            with client_of(door) as client:
                assert client.post(CHAT.path, json=CHAT.body()).status_code == 200

    assert len(one.passage().calls) == len(other.passage().calls) == 1


def test_a_connection_that_stays_open_does_not_hold_the_door(opening: OpenDoor) -> None:
    with opening() as opened:
        idle = socket.socket(socket.AF_UNIX)
        idle.connect(f"{opened.door.directory}/gateway.sock")
        idle.send(b"POST /openai/v1/responses HTTP/1.1\r\n")
    idle.close()


def test_calls_under_way_are_let_end(opening: OpenDoor) -> None:
    hold = threading.Event()
    with opening(drain_seconds=30) as opened:
        opened.upstream.answers(stream(CHAT.events, hold=hold))
        path, body = CHAT.streamed()
        with client_of(opened.door) as client, client.stream("POST", path, json=body) as response:
            next(response.iter_bytes())
        threading.Timer(2, hold.set).start()
    [call] = opened.door.passage().calls

    assert (call.outcome, call.spend.output_tokens) == (CallOutcome.LEFT, 50)


def files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_sandbox_cannot_use_up_the_workers_files(opened: Opened) -> None:
    before = files()
    taken = []
    for _ in range(4 * AT_ONCE):
        taken.append(socket.socket(socket.AF_UNIX))
        taken[-1].connect(f"{opened.door.directory}/gateway.sock")
    # every one of ours is counted here too
    wait_for(lambda: files() - before - len(taken) <= AT_ONCE + 1)
    for each in taken:
        each.close()

    opened.upstream.answers(plain(CHAT.answer))
    wait_for(lambda: opened.client.get("/openai/v1/models").status_code == 200)


def test_a_model_whose_provider_is_not_set_up(scratch: Path) -> None:
    gateway = ModelGateway([Upstream("openai", "http://127.0.0.1:9/v1", KEY)], directory=scratch)
    for model, words in (
        ("anthropic:claude", "ANTHROPIC_API_KEY"),
        ("mistral:x", "mistral:x"),
        ("openai:", "openai:"),
        ("gpt-5", "gpt-5"),
    ):
        with pytest.raises(ConfigurationError, match=words), gateway.open(access(models=(model,))):
            pass


def test_a_directory_whose_path_is_too_long(scratch: Path) -> None:
    gateway = ModelGateway([], directory=scratch / ("x" * 100))
    with pytest.raises(ConfigurationError, match="too long"), gateway.open(access(models=())):
        pass


def test_a_directory_that_cannot_be_made(scratch: Path) -> None:
    (scratch / "file").write_text("")
    gateway = ModelGateway([], directory=scratch / "file" / "doors")
    with pytest.raises(Unavailable), gateway.open(access(models=())):
        pass


def test_a_bundle_of_certificates_that_is_none(scratch: Path) -> None:
    (scratch / "ca.pem").write_text("no certificate")
    gateway = ModelGateway([], directory=scratch, extra_ca_bundle=scratch / "ca.pem")
    with (
        pytest.raises(ConfigurationError, match="EXTRA_CA_BUNDLE"),
        gateway.open(access(models=())),
    ):
        pass


def test_no_key_is_in_what_is_printed(opened: Opened) -> None:
    shown = repr(upstreams("http://x")) + repr(opened.door)

    assert KEY not in shown
    assert opened.door.token not in shown


def hold_a_door(url: str, directory: Path, pipe: Connection) -> None:
    with ModelGateway(upstreams(url), directory=directory).open(access()) as door:
        with client_of(door) as client:
            status = client.post(CHAT.path, json=CHAT.body()).status_code
        pipe.send((status, door.directory))
        time.sleep(60)


def test_what_a_killed_worker_has_left_is_found_and_removed(
    gateway: MakeGateway, provider: Provider, scratch: Path
) -> None:
    """The worker is a fork of a process that has used a gateway itself, as Celery's are."""
    doors = scratch / "doors"
    provider.answers(plain(CHAT.answer))
    with gateway().open(access()) as door, client_of(door) as client:
        client.post(CHAT.path, json=CHAT.body())
        ours, theirs = multiprocessing.Pipe()
        fork = multiprocessing.get_context("fork")
        worker = fork.Process(target=hold_a_door, args=(provider.url, doors, theirs))
        worker.start()
        assert ours.poll(30)
        status, directory = ours.recv()
        assert (status, list(leftovers(doors)), remove_leftovers(doors)) == (200, [], 0)
        worker.kill()
        worker.join()

        assert list(leftovers(doors)) == [Path(directory).parent]
        assert remove_leftovers(doors) == 1
        assert not Path(directory).exists()
        assert client.get("/openai/v1/models").status_code == 200
    assert remove_leftovers(doors) == 0


def test_other_things_are_not_removed(scratch: Path) -> None:
    (scratch / "0123abcd").write_text("a file")
    (scratch / "mine").mkdir()
    (scratch / "deadbeef").mkdir()

    assert remove_leftovers(scratch) == 1
    assert {path.name for path in scratch.iterdir()} == {"0123abcd", "mine"}
    assert remove_leftovers(scratch / "nothing") == 0


def test_the_gateway_is_light_to_import() -> None:
    heavy = ["httpx", "uvicorn", "starlette", "genai_prices", "anyio", "pydantic"]
    code = f"import sys, integrations.gateway; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


def test_registries_are_a_second_socket(gateway: MakeGateway, scratch: Path) -> None:
    given = Access(RunId("r"), 1, registries=("pypi.org",))
    with gateway().open(given) as door:
        names = sorted(path.name for path in Path(door.directory).iterdir())
        with socket.socket(socket.AF_UNIX) as proxy:
            proxy.connect(f"{door.directory}/proxy.sock")
            proxy.sendall(b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n")
            assert proxy.recv(100).startswith(b"HTTP/1.1 407")

    assert names == ["gateway.sock", "proxy.sock"]
    assert list((scratch / "doors").iterdir()) == []


def test_models_that_are_called_from_outside_are_not_where_a_sandbox_looks(
    gateway: MakeGateway, provider: Provider, scratch: Path
) -> None:
    provider.answers(plain(CHAT.answer))
    given = Access(RunId("r"), 1, ("openai:gpt-5",), registries=("pypi.org",), outside=True)
    with gateway().open(given) as door:
        shown = sorted(path.name for path in Path(door.directory).iterdir())
        above = stat.S_IMODE(Path(door.socket).parent.stat().st_mode)
        with client_of(door) as client:
            status = client.post(CHAT.path, json=CHAT.body()).status_code

    assert (shown, above, status) == (["proxy.sock"], 0o700, 200)
    assert list((scratch / "doors").iterdir()) == []
