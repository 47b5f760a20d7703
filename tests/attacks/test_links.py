"""Attacks by links and special files: nobody follows one outside."""

import pytest

from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_links_that_lead_outside(stage: Stage) -> None:
    """The agent leaves symbolic links to files of the host, absolute, by many parents and through a
    directory that it swaps: the hand-over refuses them, so that nobody follows them outside.
    """
    attempt = stage.attack(
        """
work()
os.symlink(FACTS["secrets"][0], "absolute")
os.symlink("../" * 20 + FACTS["secrets"][0].lstrip("/"), "parents")
os.symlink("/proc/self/root", "root")
os.mkdir("docs")
shutil.rmtree("docs")
os.symlink("/etc", "docs")
"""
    )
    assert "refused" in attempt.failure
    assert "link" in attempt.failure
    assert not {"absolute", "parents", "docs"} & set(attempt.names)
    assert attempt.outcome is Outcome.GAVE_UP


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../../etc/passwd", "docs/../../x", ".git/config"]
)
def test_each_kind_of_link_is_refused(stage: Stage, target: str) -> None:
    """A single bad link among good work: the hand-over names it, and takes none of the work."""
    attempt = stage.attack(f"work()\nos.symlink({target!r}, 'link')\n")
    assert "'link'" in attempt.failure
    assert "link" not in attempt.names
    assert attempt.outcome is Outcome.GAVE_UP


def test_a_directory_that_becomes_a_link(stage: Stage) -> None:
    """The agent replaces a directory of the base by a link to the host's, with the same names in
    it, so that writing through it would change the host: links inside are all that is taken.
    """
    attempt = stage.attack(
        """
work()
target = os.path.dirname(FACTS["secrets"][0])
shutil.rmtree("tests")
os.symlink(target, "tests")
"""
    )
    assert "refused" in attempt.failure
    assert "tests/test_calc.py" in attempt.names
    assert attempt.outcome is Outcome.GAVE_UP


def test_hard_links_and_device_nodes(stage: Stage) -> None:
    """The agent makes hard links to what it may not read, device nodes, and opens block devices: it
    has no right to any, and no special file can be handed out.
    """
    attempt = stage.attack(
        """
attempt("link to shadow", lambda: os.link("/etc/shadow", "shadow"))
attempt("link to a socket", lambda: os.link("/run/storyfleet/gateway.sock", "door"))
attempt("link to init", lambda: os.link("/sbin/docker-init", "init"))
for major, minor, name in [(8, 0, "sda"), (254, 0, "vda"), (1, 1, "mem"), (10, 200, "tun")]:
    attempt("node " + name, lambda: os.mknod(name, 0o60666, os.makedev(major, minor)))
for path in ["/dev/sda", "/dev/vda", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse",
             "/dev/net/tun", "/dev/loop-control", "/dev/mapper/control"]:
    attempt("open " + path, lambda: open(path, "rb").read(1))
os.mkfifo("pipe")
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 16
    assert "pipe" not in attempt.names
    assert attempt.outcome is Outcome.ACCEPTED
