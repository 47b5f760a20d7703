"""The layer that holds a repository's set-up: its name by content, and the context to build it."""

import hashlib
import io
import json
import posixpath
import shlex
import tarfile
from collections.abc import Iterator, Sequence
from importlib.resources import files

from worker.domain.manifests import is_manifest

_AT_ONCE = 200


def setup_key(base: str, commands: Sequence[str], archive: bytes, certificates: str) -> str:
    """The hash that names the layer: another one means that it has to be built again."""
    script = _script()
    parts = [base, json.dumps(list(commands)), script, certificates]
    digest = hashlib.sha256("\0".join(parts).encode())
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.isfile() and is_manifest(member.name):
                content = tar.extractfile(member)
                digest.update(f"\0{member.name}\0{member.size}\0".encode(errors="surrogateescape"))
                digest.update(content.read() if content else b"")
    return digest.hexdigest()[:32]


def setup_context(base: str, commands: Sequence[str], archive: bytes, certificates: str) -> bytes:
    """A tar for ``docker build`` that runs the commands on top of the image ``base``."""
    dockerfile = (
        f"FROM {base}\n"
        "USER 0:0\n"
        "ADD files.tar /workspace/\n"
        "COPY setup /opt/storyfleet/setup/\n"
        'RUN ["sh", "/opt/storyfleet/setup/run"]\n'
    )
    members = {
        "Dockerfile": dockerfile.encode(),
        "files.tar": archive,
        "setup/run": _script().encode(),
        "setup/extra.pem": certificates.encode(),
        "setup/remove-files": b"".join(_removals(archive)),
    }
    for number, command in enumerate(commands, 1):
        members[f"setup/command-{number}"] = f"{command}\n".encode()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


def _removals(archive: bytes) -> Iterator[bytes]:
    """A shell script that takes away the repository's own files and the directories left empty."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = [(m.name, m.isdir()) for m in tar.getmembers()]
    plain = [name for name, is_directory in names if not is_directory]
    directories = {parent for name, _ in names for parent in _parents(name)}
    deepest_first = sorted(directories, key=lambda d: (-d.count("/"), d))
    for start in range(0, len(plain), _AT_ONCE):
        yield _line("rm -f --", plain[start : start + _AT_ONCE], "")
    for start in range(0, len(deepest_first), _AT_ONCE):
        yield _line("rmdir --", deepest_first[start : start + _AT_ONCE], " 2>/dev/null || :")


def _line(command: str, names: Sequence[str], ending: str) -> bytes:
    quoted = " ".join(shlex.quote(name) for name in names)
    return f"{command} {quoted}{ending}\n".encode(errors="surrogateescape")


def _parents(name: str) -> Iterator[str]:
    parent = posixpath.dirname(name.rstrip("/"))
    while parent:
        yield parent
        parent = posixpath.dirname(parent)


def _script() -> str:
    script = files("integrations.docker") / "scripts" / "setup.sh"
    return script.read_text(encoding="utf-8")
