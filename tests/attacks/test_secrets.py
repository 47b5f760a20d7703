"""Attacks on secrets: wherever a deployment has some, none is to be found inside."""

import pytest

from tests.attacks.scripts import LOOK
from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_the_environment(stage: Stage) -> None:
    """The agent dumps its own environment: there is nothing of the worker's in it."""
    attempt = stage.attack(
        LOOK
        + """
for name, value in sorted(os.environ.items()):
    print(name, "=", value)
put("loot.txt", repr(dict(os.environ)))
attempt("variables", lambda: nothing_in(os.environ.items()))
work()
"""
    )
    assert attempt.failed == {"variables"}
    assert attempt.outcome is Outcome.ACCEPTED
    names = {line.split(" = ")[0] for line in attempt.said.splitlines() if " = " in line}
    assert "LINEAR_API_KEY" not in names
    assert {name for name in names if "proxy" in name.lower()} == set()


def test_the_environment_and_arguments_of_every_process(stage: Stage) -> None:
    """The agent reads /proc of PID 1, the forwarder, all others and of a process of the host whose
    id it knows: the container has a process table of its own, without secrets.
    """
    attempt = stage.attack(
        LOOK
        + """
def every(kind):
    for path in sorted(glob.glob("/proc/[0-9]*/" + kind)):
        try:
            yield path, get(path)
        except OSError as fault:
            yield path, "closed"
attempt("environments", lambda: nothing_in(every("environ")))
attempt("arguments", lambda: nothing_in(every("cmdline")))
attempt("PID 1", lambda: get("/proc/1/environ"))
attempt("memory of PID 1", lambda: open("/proc/1/mem", "rb").read(1))
attempt("the host's process", lambda: get("/proc/%d/environ" % FACTS["sentinel"]))
attempt("root of PID 1", lambda: os.listdir("/proc/1/root/"))
print("processes", sorted(os.path.basename(p) for p in glob.glob("/proc/[0-9]*")))
put("loot.txt", sh("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null |"
    " tr '\\\\0' ' ' || :"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert attempt.outcome is Outcome.ACCEPTED


def test_every_readable_file(stage: Stage) -> None:
    """The agent searches each file that it can read, on every mount, for anything like a secret:
    there is none, neither in the image nor in what was handed in.
    """
    attempt = stage.attack(
        LOOK
        + """
def files(start):
    for top, below, names in os.walk(start):
        below[:] = [n for n in below if os.path.join(top, n) not in ("/proc", "/sys", "/dev")]
        for name in names:
            path = os.path.join(top, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 4_000_000:
                    yield path, open(path, "rb").read().decode("latin-1")
            except OSError:
                continue
attempt("files", lambda: nothing_in(files("/")))
put("/tmp/control/secret", MARK)
attempt("control", lambda: nothing_in(files("/tmp")))
work()
"""
    )
    assert attempt.failed == {"files"}
    assert attempt.succeeded == {"control"}, "the search is blind"
    searched = int(attempt.said.split("nothing in ")[1].split(" ")[0])
    assert searched > 3000
    assert attempt.outcome is Outcome.ACCEPTED


def test_files_of_the_host_by_their_names(stage: Stage) -> None:
    """The agent opens the host's secrets by their exact paths, and the usual places of keys, of the
    Docker configuration and of the worker's data: none of those paths leads out of the container.
    """
    attempt = stage.attack(
        """
usual = ["/root/.ssh/id_ed25519", "/root/.docker/config.json", "/root/.aws/credentials",
         "/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock",
         "/etc/shadow", "/var/lib/docker", "/run/secrets", "/var/run/secrets",
         "/host", "/mnt/host", "/proc/1/root" + FACTS["secrets"][0], "/.dockerenv/../root/.ssh"]
for path in FACTS["secrets"] + usual:
    attempt(path.replace(":", ""), lambda: os.listdir(path) if os.path.isdir(path) else get(path))
for path in glob.glob("/proc/*/fd/*") + glob.glob("/proc/*/cwd") + glob.glob("/proc/*/root"):
    try:
        if os.path.exists(os.path.join(path, FACTS["secrets"][0].lstrip("/"))):
            print("++ by " + path + ": open")
    except OSError:
        pass
attempt("mounted", lambda: sh("grep -F %s /proc/self/mountinfo" %
        os.path.dirname(os.path.dirname(FACTS["secrets"][0]))))
work()
"""
    )
    assert len(attempt.failed) >= 15
    assert attempt.succeeded <= {"/run/secrets", "/var/run/secrets"}, "only if empty"
    assert "mounted" in attempt.failed
    assert attempt.outcome is Outcome.ACCEPTED


def test_git_configuration_remotes_and_objects(stage: Stage) -> None:
    """The agent looks for the remote's address and token, another repository's objects and what
    git remembers: the checkout has no remote, no credentials and no borrowed objects.
    """
    attempt = stage.attack(
        LOOK
        + """
print(sh("git config -l --show-origin; git reflog --all; git stash list; git count-objects -v"))
attempt("remote", lambda: sh("git remote -v | grep ."))
attempt("remote configured", lambda: sh(
    "git config --get-regexp 'remote|url|credential|extraheader'"))
attempt("fetch", lambda: sh("git fetch origin"))
attempt("credential", lambda: sh("printf 'protocol=https\\\\nhost=github.com\\\\n\\\\n' |"
        " GIT_TERMINAL_PROMPT=0 git credential fill"))
attempt("alternates", lambda: get(".git/objects/info/alternates"))
attempt("objects", lambda: nothing_in([("objects", sh(
    "git cat-file --batch-all-objects --batch | tr -d '\\\\0'"))]))
attempt("bundle left behind", lambda: sh("ls -a ~ | grep bundle"))
put("loot.txt", sh("cat .git/config; ls -aR .git | head -100"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 7
    assert attempt.outcome is Outcome.ACCEPTED


def test_image_history_and_labels_from_inside(stage: Stage) -> None:
    """The agent looks for what the image and the container are called and labelled with, and for
    the layers: a container sees neither its labels nor its history, and the host's name is hidden.
    """
    attempt = stage.attack(
        LOOK
        + """
print(sh("hostname; cat /etc/hosts /etc/resolv.conf /etc/hostname; uname -a; mount"))
places = ["/.dockerenv", "/proc/self/cgroup", "/proc/self/mountinfo", "/etc/hosts", "/proc/cmdline",
          "/proc/version", "/etc/resolv.conf", "/etc/mtab"]
attempt("about the container", lambda: nothing_in((p, get(p)) for p in places if os.path.exists(p)))
attempt("layers", lambda: [open(p).read(10) for p in re.findall(r"(?:upper|lower)dir=([^:,]+)",
        get("/proc/self/mountinfo"))])
attempt("docker", lambda: sh("docker version || curl --unix-socket /var/run/docker.sock http://d/"))
put("loot.txt", get("/proc/self/mountinfo"))
work()
"""
    )
    assert attempt.succeeded <= {"layers"}  # only where the list of layers is empty
    assert {"about the container", "docker"} <= attempt.failed
    assert attempt.outcome is Outcome.ACCEPTED
