"""No configuration, hook, filter or attribute of anybody else ever runs on the host."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from integrations.git.checkout import GitCheckout
from tests.integration.git.conftest import SLUG
from tests.integration.git.workshop import handed_out, unpacked, write_files

pytestmark = pytest.mark.integration

ATTRIBUTES = (
    "* diff=evil merge=evil textconv=evil ident working-tree-encoding=UTF-16\n"
    "hidden.txt export-ignore -diff\n"
    "README.md export-subst\n"
)
WHOLE_RUN = """
import sys
from pathlib import Path
from integrations.git import GitRepositories
from tests.integration.git.workshop import handed_out, unpacked, write_files

root, remote, workspace = map(Path, sys.argv[1:])
repositories = GitRepositories(root, lambda slug: str(remote), journal_key=b"key")
with repositories.open("acme/shop", "run-1") as checkout:
    base = checkout.resolve("main")
    unpacked(checkout.bundle(base), workspace)
    write_files(workspace, {"hidden.txt": "1\\n", ".gitattributes": "* diff=evil\\n"})
    commit = checkout.accept(handed_out(workspace), base, "round 1")
    checkout.diff(base, commit)
    checkout.archive(commit)
    checkout.read(commit, "hidden.txt")
    checkout.push("agent/x", commit)
    checkout.add_file("transcripts", "a.md", "a", "Add")
    checkout.keep_journal("one\\n")
    assert checkout.kept_journal() == "one\\n"
    assert repositories.kept("acme/shop").journals == {"run-1"}
    checkout.forget(journal=True)
"""


def hostile_environment(tmp_path: Path, mark: Path) -> dict[str, str]:
    """Every way in that git knows, each leading to a program that leaves a mark."""
    evil, home = tmp_path / "evil", tmp_path / "home"
    evil.write_text(f'#!/bin/sh\necho "$0 $*" >>"{mark}"\n')
    evil.chmod(0o755)
    hooks = tmp_path / "template" / "hooks"
    hooks.mkdir(parents=True)
    home.mkdir()
    names = ("pre-push", "reference-transaction", "post-index-change", "post-update")
    for name in names:
        (hooks / name).symlink_to(evil)
    config = (
        f"[core]\n\tfsmonitor = {evil}\n\thooksPath = {hooks}\n\tpager = {evil}\n"
        f"\tattributesFile = {home}/attributes\n\tsshCommand = {evil}\n"
        f"[init]\n\ttemplateDir = {hooks.parent}\n[diff]\n\texternal = {evil}\n"
        f'[diff "evil"]\n\ttextconv = {evil}\n\tcommand = {evil}\n'
        f'[filter "evil"]\n\tclean = {evil}\n\tsmudge = {evil}\n\trequired = true\n'
        f"[credential]\n\thelper = !{evil}\n[alias]\n\tpush = !{evil}\n"
    )
    (home / ".gitconfig").write_text(config)
    (home / "attributes").write_text(f"* filter=evil\n{ATTRIBUTES}")
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_EXTERNAL_DIFF": str(evil),
        "GIT_TEMPLATE_DIR": str(hooks.parent),
        "GIT_ASKPASS": str(evil),
        "GIT_SSH": str(evil),
        "GIT_DIR": str(home),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(evil),
        "GIT_INDEX_FILE": str(home / "index"),
        # Nothing of ours stands against these: they only fail to matter if nothing is inherited.
        "GIT_EXEC_PATH": str(hooks),
        "GIT_TRACE": str(mark),
    }


def test_configuration_of_the_person_or_the_machine(tmp_path: Path, git_root: Path) -> None:
    """A whole run in a process whose home and environment do their worst."""
    mark = tmp_path / "ran"
    environment = hostile_environment(tmp_path, mark)
    remote = git_root / f"{SLUG}.git"

    done = subprocess.run(
        [sys.executable, "-c", WHOLE_RUN, tmp_path / "fleet", remote, tmp_path / "workspace"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert not mark.exists(), mark.read_text()


def test_attributes_of_the_tree(checkout: GitCheckout, base: str, sandbox: Path) -> None:
    """They neither hide a file from the diff nor change what the image is built from."""
    unpacked(checkout.bundle(base), sandbox)
    files = {
        ".gitattributes": ATTRIBUTES,
        "hidden.txt": "line\n",
        "README.md": "$Format:%H$ $Id$\n",
    }
    (sandbox / ".git" / "info").mkdir(exist_ok=True)
    (sandbox / ".git" / "info" / "attributes").write_text("* !filter !working-tree-encoding\n")
    write_files(sandbox, dict(files))

    commit = checkout.accept(handed_out(sandbox), base, "round 1")

    diff = checkout.diff(base, commit)
    assert "+line\n" in diff.text
    assert diff.files == (".gitattributes", "README.md", "hidden.txt")
    with tarfile.open(fileobj=io.BytesIO(checkout.archive(commit))) as tar:
        held = {m.name: (tar.extractfile(m) or io.BytesIO()).read().decode() for m in tar}
    assert held == {**files, "src/app.py": "print('hello')\n"}
    assert checkout.read(commit, "README.md") == "$Format:%H$ $Id$\n"
