"""What an agent remembers, out of one sandbox and into the next, whatever it left in its place."""

import io
import tarfile
from collections.abc import Iterator

import pytest
from docker import APIClient

from integrations.docker import DockerSandboxes
from integrations.docker.home import checked
from integrations.docker.sandbox import DockerSandbox
from tests.integration.docker import engine
from tests.integration.docker.engine import MIB, did
from worker.domain.lease import RunId
from worker.domain.plan import ImageSpec, Limits
from worker.domain.sandbox import SandboxSpec

pytestmark = pytest.mark.integration

STATE = (".mine/sessions", ".mine/history.jsonl")
LEAVE = "mkdir -p ~/.mine/sessions/a/b; cd ~/.mine/sessions; "
MOST_BYTES, MOST_FILES = MIB, 20


@pytest.fixture
def next_sandbox(sandboxes: DockerSandboxes, handed_in: bytes) -> Iterator[DockerSandbox]:
    with engine.sandbox(sandboxes, handed_in) as made:
        yield made


def packed(sandbox: DockerSandbox) -> bytes | None:
    return sandbox.pack_home(STATE, MOST_BYTES, MOST_FILES)


def members(archive: bytes | None) -> dict[str, bytes]:
    """Every member, each of which must be a plain file."""
    if archive is None:
        return {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        found = tar.getmembers()
        assert all(member.type == tarfile.REGTYPE for member in found)
        assert {member.mode for member in found} == {0o600}
        contents = [(member.name, tar.extractfile(member)) for member in found]
        return {name: file.read() for name, file in contents if file}


NAMES = {"plain": b"1\n", "a/b/.hidden": b"\0\xff\n", "ün ï": b"", "--yolo": b"2\n", "..x": b"3\n"}
WRITE = (
    "echo 1 >plain; printf '\\000\\377\\n' >a/b/.hidden; : >'ün ï'; echo 2 >./--yolo; echo 3 >..x;"
    " echo 4 >../history.jsonl; echo 5 >../settings.json; echo 6 >~/.other"
)


def test_it_goes_from_one_sandbox_to_the_next(
    sandbox: DockerSandbox, next_sandbox: DockerSandbox
) -> None:
    assert did(sandbox, LEAVE + WRITE).ok
    sandbox.hand_out()
    archive = packed(sandbox)
    wanted = {f".mine/sessions/{name}": content for name, content in NAMES.items()}
    assert members(archive) == {**wanted, ".mine/history.jsonl": b"4\n"}

    assert archive is not None
    assert next_sandbox.unpack_home(archive, STATE)
    read = (
        "cd ~/.mine; cat sessions/plain history.jsonl; od -An -tx1 sessions/a/b/.hidden; ls -A .."
    )
    assert did(next_sandbox, read).output == "1\n4\n 00 ff 0a\n.gitconfig\n.mine\n"
    assert did(
        next_sandbox, "echo more >>~/.mine/sessions/plain && test -O ~/.mine/sessions/plain"
    ).ok
    assert packed(next_sandbox) not in (None, archive)
    assert "mine" not in next_sandbox.hand_out().decode(errors="replace")


def test_nothing_to_remember(sandbox: DockerSandbox) -> None:
    assert packed(sandbox) is None
    assert did(sandbox, LEAVE + ":").ok
    assert packed(sandbox) is None


LINKS = {
    "a link to a file outside": "ln -s /etc/passwd x",
    "a link to a directory outside": "ln -s /etc x; ln -s / y",
    "a link to itself": "ln -s . x",
    "a pipe": "mkfifo x",
    "a socket": "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'",
    "a name with a newline": "echo 1 >'x\ny'; echo 1 >'x\n2 plain'; mkdir 'z\n'; echo 1 >'z\n/x'",
    "a file that may not be read": "echo 1 >x; chmod 0 x",
    "a directory that may not be read": "mkdir x; echo 1 >x/y; chmod 0 x",
}


@pytest.mark.parametrize("deed", LINKS)
def test_only_files_come_along(sandbox: DockerSandbox, deed: str) -> None:
    assert did(sandbox, f"{LEAVE} echo 1 >plain; {LINKS[deed]}").ok
    assert members(packed(sandbox)) == {".mine/sessions/plain": b"1\n"}


@pytest.mark.parametrize(
    "deed",
    [
        "rm -rf ~/.mine; ln -s /etc ~/.mine; mkdir -p /tmp/sessions",
        "rm -rf ~/.mine; mkdir -p /tmp/x/sessions; echo 1 >/tmp/x/sessions/y; ln -s /tmp/x ~/.mine",
        "rm -rf ~/.mine/sessions; ln -s /etc ~/.mine/sessions",
        "rm -rf ~/.mine; echo 1 >~/.mine",
        "mkdir -p ~/.mine; ln -s /etc/passwd ~/.mine/history.jsonl",
        "mknod ~/.mine/sessions/x c 1 5",
        "rm -rf ~/.mine; chmod 0 ~",
    ],
)
def test_a_way_that_leads_elsewhere_holds_nothing(sandbox: DockerSandbox, deed: str) -> None:
    did(sandbox, LEAVE + deed)
    assert packed(sandbox) is None


@pytest.mark.parametrize(
    "deed",
    [
        "dd if=/dev/zero of=x bs=1M count=2",
        "truncate -s 1T x",
        "for n in 1 2 3; do dd if=/dev/zero of=$n bs=400k count=1; done",
        "for n in $(seq 21); do echo >$n; done",
        "mkdir $(seq 2000); for n in $(seq 21); do echo >$n/x; done",
    ],
    ids=["huge", "sparse", "huge together", "many", "many directories"],
)
def test_too_much_is_nothing(sandbox: DockerSandbox, deed: str) -> None:
    assert did(sandbox, LEAVE + deed).ok
    assert packed(sandbox) is None
    assert did(sandbox, "true").ok


def test_a_tree_without_an_end_is_nothing_and_harms_nobody(sandbox: DockerSandbox) -> None:
    deep = "for n in $(seq 1900); do mkdir d && cd d || break; done; echo 1 >x"
    assert did(sandbox, LEAVE + deep).ok
    found = packed(sandbox)
    assert found is None or len(members(found)) == 1
    assert did(sandbox, "true").ok


def test_what_changes_while_it_is_read_has_ended_before(sandbox: DockerSandbox) -> None:
    grows = "(setsid sh -c 'while :; do echo 1 >>x; done' &) ; sleep 0.2"
    assert did(sandbox, LEAVE + grows).ok
    archive = packed(sandbox)
    assert archive is not None
    assert packed(sandbox) == archive


@pytest.mark.parametrize("archive", [b"", b"no tar", b"\0" * 100, b"\xff" * 2000])
def test_what_cannot_be_put_back_leaves_nothing(sandbox: DockerSandbox, archive: bytes) -> None:
    did(sandbox, LEAVE + "echo 1 >plain")
    sandbox.unpack_home(archive, STATE)
    if archive in (b"no tar", b"\xff" * 2000):
        assert did(sandbox, "ls -A ~/.mine").output == ""
    assert did(sandbox, "true").ok


def test_where_there_is_no_room_for_it_nothing_is_left(
    sandboxes: DockerSandboxes, sandbox: DockerSandbox, handed_in: bytes
) -> None:
    did(sandbox, LEAVE + "head -c 6M /dev/zero >x")
    archive = sandbox.pack_home(STATE, 8 * MIB, MOST_FILES)
    assert archive is not None
    narrow = Limits(256 * MIB, 1.0, 64, 4 * MIB, 16 * 1024)
    with engine.sandbox(sandboxes, handed_in, narrow) as small:
        assert not small.unpack_home(archive, STATE)
        assert did(small, "ls -A ~/.mine").output == ""
        assert did(small, "echo 1 >~/x").ok


@pytest.fixture
def without_tar(sandboxes: DockerSandboxes, client: APIClient) -> Iterator[str]:
    image = sandboxes.image(ImageSpec(setup=("rm $(command -v tar)",)), empty_archive)
    yield image
    engine.untag(client, image)


def empty_archive() -> bytes:
    out = io.BytesIO()
    tarfile.open(fileobj=out, mode="w").close()
    return out.getvalue()


def test_an_image_without_tar_begins_anew(
    sandboxes: DockerSandboxes, handed_in: bytes, run: RunId, without_tar: str
) -> None:
    """Only what goes back needs more than a sandbox must have."""
    spec = SandboxSpec(run, 1, "agent", without_tar, engine.SMALL)
    with sandboxes.open(spec, handed_in) as sandbox:
        assert did(sandbox, LEAVE + "echo 1 >plain").ok
        archive = packed(sandbox)
        assert archive is not None
        assert not sandbox.unpack_home(archive, STATE)
        assert did(sandbox, "ls -A ~/.mine").output == ""


GOOD = b"2 .mine/sessions/x\n1\n"


def test_a_good_list() -> None:
    archive = checked(GOOD + b"0 .mine/history.jsonl\n", STATE, MOST_BYTES, MOST_FILES)
    assert members(archive) == {".mine/sessions/x": b"1\n", ".mine/history.jsonl": b""}


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"\n",
        b"x",
        b"2 .mine/sessions/x\n1",
        b"3 .mine/sessions/x\n1\n",
        b"-1 .mine/sessions/x\n",
        b"+2 .mine/sessions/x\n1\n",
        b" .mine/sessions/x\n",
        b"2\n1\n",
        b"1e3 .mine/sessions/x\n1\n",
        b"2 /etc/passwd\n1\n",
        b"2 .mine/sessions/../../.bashrc\n1\n",
        b"2 .mine/sessions/./x\n1\n",
        b"2 .mine/sessions//x\n1\n",
        b"2 .mine/sessions/\n1\n",
        b"2 .mine/sessionsx\n1\n",
        b"2 .mine\n1\n",
        b"2 \n1\n",
        b"2 .mine/sessions/a\0b\n1\n",
        b"2 .mine/sessions/" + b"x" * 5000 + b"\n1\n",
        b"9" * 5000 + b" .mine/sessions/x\n1\n",
        GOOD * (MOST_FILES + 1),
        b"%d .mine/sessions/x\n" % (MOST_BYTES + 1) + b"x" * (MOST_BYTES + 1),
    ],
)
def test_a_forged_list_is_refused(forged: bytes) -> None:
    """Whatever a sandbox could make of the script that writes it."""
    assert checked(forged, STATE, MOST_BYTES, MOST_FILES) is None
    if forged:
        assert checked(GOOD + forged, STATE, MOST_BYTES, MOST_FILES) is None
