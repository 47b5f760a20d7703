"""A person's git, a sandbox's git and a git server, for tests of the git adapter."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from integrations.stubs.git_http import GitHttp

FILE, LINK, DIRECTORY, SUBMODULE = "100644", "120000", "40000", "160000"
ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Robin Person",
    "GIT_AUTHOR_EMAIL": "robin@example.com",
    "GIT_COMMITTER_NAME": "Robin Person",
    "GIT_COMMITTER_EMAIL": "robin@example.com",
    "GIT_ALLOW_PROTOCOL": "file",
}


def git(directory: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What git says in a directory, as a person; fails the test if git fails."""
    return git_bytes(directory, *arguments, stdin=stdin).decode().strip()


def git_bytes(
    directory: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> bytes:
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env={**ENVIRONMENT, "HOME": str(directory), **(env or {})},
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def write_files(directory: Path, changes: Mapping[str, str | None]) -> None:
    for path in (path for path, text in changes.items() if text is None):
        (directory / path).unlink()
    for path, text in changes.items():
        target = directory / path
        if text is not None:
            if target.is_dir():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")


def unpacked(bundle: bytes, directory: Path) -> Path:
    """What a sandbox does with a bundle: a working tree on a branch called ``work``."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    (directory.parent / "in.bundle").write_bytes(bundle)
    git(directory, "init", "-q", "--initial-branch=main")
    git(directory, "fetch", "-q", "--tags", "../in.bundle", "HEAD")
    git(directory, "checkout", "-q", "-b", "work", "FETCH_HEAD")
    return directory


def handed_out(directory: Path) -> bytes:
    """What a sandbox does in the end: commit whatever is there and bundle it."""
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", "whatever")
    return git_bytes(directory, "bundle", "create", "-q", "-", "HEAD")


def raw_tree(directory: Path, entries: list[tuple[str, bytes, str]]) -> str:
    """A tree object with any entries at all (mode, name, id): git's own checks are gone round."""
    body = b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(object_id)
        for mode, name, object_id in entries
    )
    return git(directory, "hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=body)


def objects_in(repository: Path) -> set[str]:
    """Everything that the repository itself holds, not what it borrows."""
    held = {path.parent.name + path.name for path in repository.glob("objects/??/*")}
    for index in repository.glob("objects/pack/*.idx"):
        listed = git_bytes(repository, "show-index", stdin=index.read_bytes()).decode()
        held |= {line.split()[1] for line in listed.splitlines()}
    return held


def nested(directory: Path, path: bytes, mode: str, object_id: str) -> str:
    """A tree with one entry at ``path``, made without git's checks."""
    for part in reversed(path.split(b"/")):
        object_id, mode = raw_tree(directory, [(mode, part, object_id)]), DIRECTORY
    return object_id


def blob(directory: Path, content: bytes) -> str:
    return git(directory, "hash-object", "-w", "--stdin", stdin=content)


def bundle_of_tree(directory: Path, tree: str) -> bytes:
    """A bundle whose HEAD is a commit with that tree, and that holds whatever is there."""
    commit = git(directory, "commit-tree", tree, "-m", "evil")
    listed = git(directory, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    pack = git_bytes(directory, "pack-objects", "--stdout", "-q", stdin=f"{listed}\n".encode())
    return f"# v2 git bundle\n{commit} HEAD\n\n".encode() + pack


def branch_files(repository: Path, branch: str) -> Mapping[str, str] | None:
    """What a person sees on a branch of a bare repository."""
    refs = git(repository, "for-each-ref", "--format=%(refname)", f"refs/heads/{branch}")
    if f"refs/heads/{branch}" not in refs.splitlines():
        return None
    names = git(repository, "ls-tree", "-r", "-z", "--name-only", branch).split("\0")
    return {
        name: git_bytes(repository, "show", f"{branch}:{name}").decode() for name in names if name
    }


def commit_as_person(repository: Path, branch: str, files: Mapping[str, str]) -> str:
    """Put a commit with exactly these files on a branch of a bare repository."""
    entries = b""
    for path, text in files.items():
        entries += f"100644 {blob(repository, text.encode())}\t{path}\n".encode()
    directory = repository.parent / "index of a person"
    directory.mkdir()
    inside = (f"--git-dir={repository}", f"--work-tree={directory}")
    index = {"GIT_INDEX_FILE": str(directory / "index")}
    git_bytes(directory, *inside, "update-index", "--add", "--index-info", stdin=entries, env=index)
    tree = git_bytes(directory, *inside, "write-tree", env=index).decode().strip()
    shutil.rmtree(directory)
    tip = git(repository, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
    parents = ["-p", tip] if tip else []
    commit = git(repository, "commit-tree", tree, *parents, "-m", "by a person")
    git(repository, "update-ref", f"refs/heads/{branch}", commit)
    return commit


def path_with_noting_git(directory: Path, *lines: str) -> str:
    """A ``PATH`` whose git runs these lines of shell before it does as git does."""
    real = shutil.which("git", path=os.defpath)
    script = directory / "git"
    directory.mkdir()
    named = (line.replace("git ", f"{real} ", 1) for line in lines)
    script.write_text("\n".join(("#!/bin/sh", *named, f'exec {real} "$@"\n')))
    script.chmod(0o755)
    return f"{directory}:{os.defpath}"


@contextmanager
def served(
    git_root: Path,
    tokens: Callable[[], Collection[str]],
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """Smart HTTP with a token, on a port of the system's choice; yields the base URL."""
    certfile, keyfile = certificate or (None, None)
    config = uvicorn.Config(
        GitHttp(git_root, tokens),
        lifespan="off",
        log_config=None,
        ws="none",
        timeout_graceful_shutdown=1,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        scheme = "http" if certificate is None else "https"
        try:
            yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
