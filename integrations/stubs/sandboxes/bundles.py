"""A checkout held in memory: taken from a git bundle, and made into one, by git's plumbing alone.

No working tree, no index, no hook, no filter: git never sees a file that could tell it what to do.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from integrations.stubs.repositories import git_environment
from worker.domain.errors import Unavailable

_SIGNATURE = b"# v2 git bundle\n"
_FILE_KINDS = ("100644", "100755")
_SECONDS = 60.0
_SETTINGS = (
    ("core.hooksPath", "/dev/null"),
    ("gc.auto", "0"),
    # Everything that is imported stays in one pack, which is what a bundle holds.
    ("fastimport.unpackLimit", "0"),
)
_WHO = b"sandbox <sandbox@sandbox.invalid> now"


@dataclass(frozen=True, slots=True)
class Origin:
    """What was handed in."""

    commit: str
    files: Mapping[str, bytes]
    """By path; links and submodules are not among them, and yet stay in the repository."""
    executable: frozenset[str]


class ObjectStore:
    """A repository of objects in ``directory``. Methods raise Unavailable."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "repository.git"

    def take_in(self, bundle: bytes) -> Origin:
        """Unpack a bundle that needs nothing else, and read its ``HEAD``'s files."""
        commit, pack = _head(bundle)
        for part in ("objects", "refs"):
            (self._directory / part).mkdir(parents=True)
        (self._directory / "HEAD").write_text("ref: refs/heads/work\n", encoding="utf-8")
        self._git("index-pack", "--stdin", stdin=pack)
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")[:-1]
        entries = [_entry(record) for record in listed]
        wanted = [each for each in entries if each[0] in _FILE_KINDS]
        asked = "".join(f"{object_id}\n" for _, object_id, _ in wanted).encode()
        contents = _contents(self._git("cat-file", "--batch=%(objectsize)", stdin=asked))
        return Origin(
            commit,
            dict(zip((path for _, _, path in wanted), contents, strict=True)),
            frozenset(path for mode, _, path in wanted if mode == _FILE_KINDS[1]),
        )

    def hand_out(self, origin: Origin, changed: Mapping[str, bytes]) -> bytes:
        """A bundle with one commit on top of ``origin``, in which the files are ``changed``."""
        with TemporaryDirectory(
            prefix="out-", dir=self._directory, ignore_cleanup_errors=True
        ) as objects:
            (Path(objects) / "pack").mkdir()
            commit = self._git(
                *("fast-import", "--quiet", "--force", "--date-format=now"),
                stdin=_import(origin, changed),
                env={
                    "GIT_OBJECT_DIRECTORY": objects,
                    "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self._directory / "objects"),
                },
            )
            (pack,) = (Path(objects) / "pack").glob("*.pack")
            refs = b"".join(
                commit.strip() + b" %s\n" % ref for ref in (b"HEAD", b"refs/heads/work")
            )
            needs = f"-{origin.commit} what was handed in\n".encode()
            return _SIGNATURE + needs + refs + b"\n" + pack.read_bytes()

    def _git(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            done = subprocess.run(
                ["git", *arguments],
                input=stdin,
                capture_output=True,
                check=True,
                cwd=self._directory,
                env={**_environment(), "GIT_DIR": str(self._directory), **(env or {})},
                timeout=_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as fault:
            said = getattr(fault, "stderr", None) or b""
            text = said.decode(errors="replace").strip()
            raise Unavailable(f"git {arguments[0]} failed: {text or fault}") from fault
        return done.stdout


def _environment() -> dict[str, str]:
    numbered = {
        f"GIT_CONFIG_{part}_{number}": text
        for number, pair in enumerate(_SETTINGS)
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    return {**git_environment(), "GIT_CONFIG_COUNT": str(len(_SETTINGS)), **numbered}


def _head(bundle: bytes) -> tuple[str, bytes]:
    """The commit that the bundle's ``HEAD`` is, and its pack."""
    header, _, pack = bundle.partition(b"\n\n")
    for line in header.split(b"\n")[1:]:
        object_id, _, name = line.partition(b" ")
        if name == b"HEAD" and bundle.startswith(_SIGNATURE):
            return object_id.decode(), pack
    raise Unavailable("The checkout could not be handed to the sandbox: it is no git bundle.")


def _entry(record: bytes) -> tuple[str, str, str]:
    """Mode, object's id and path."""
    meta, path = record.split(b"\t", 1)
    mode, _kind, object_id = meta.decode().split(" ")
    return mode, object_id, path.decode(errors="surrogateescape")


def _contents(told: bytes) -> list[bytes]:
    """Take ``cat-file``'s answers apart: a line with the size, the content, a line's end."""
    contents: list[bytes] = []
    at = 0
    while at < len(told):
        line_end = told.index(b"\n", at)
        start, size = line_end + 1, int(told[at:line_end])
        contents.append(told[start : start + size])
        at = start + size + 1
    return contents


def _import(origin: Origin, changed: Mapping[str, bytes]) -> bytes:
    """What ``git fast-import`` is told; it answers with the commit's id."""
    lines = [
        b"commit refs/heads/work\nmark :1\ncommitter %s\n" % _WHO,
        _data(b"What the sandbox left"),
        b"from %s\n" % origin.commit.encode(),
    ]
    for path, content in changed.items():
        mode = _FILE_KINDS[path in origin.executable]
        lines += [b"M %s inline %s\n" % (mode.encode(), _quoted(path)), _data(content)]
    return b"".join([*lines, b"get-mark :1\n"])


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _quoted(path: str) -> bytes:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode(errors="surrogatepass")
