"""Attacks on resources: each limit is met, named, and hurts nobody but the command itself."""

import pytest

from tests.attacks.stage import MIB, Stage
from worker.domain.command import Breach
from worker.domain.events import Outcome
from worker.domain.plan import Limits

pytestmark = pytest.mark.attacks

WORKED = "put('calc.py', 'def square(n):\\n    return n * n\\n')\n"


def test_a_fork_bomb(stage: Stage) -> None:
    """The agent forks without end: it runs into the limit for processes, all of them are ended with
    the command, and the breach is named.
    """
    attempt = stage.attack(
        WORKED
        + """
print("forking")
bomb = "bomb() { bomb | bomb & }; bomb; sleep 5; sh -c true || exit 7; exit 8"
os.execvp("sh", ["sh", "-c", bomb])
"""
    )
    assert Breach.OUT_OF_PROCESSES in attempt.failure
    assert attempt.outcome is Outcome.ACCEPTED


def test_memory(stage: Stage) -> None:
    """The agent takes memory without end: the kernel ends it within its own limit, and the breach
    is named.
    """
    attempt = stage.attack(
        WORKED + "hoard = []\nwhile True:\n    hoard.append(bytearray(16 * 1024 * 1024))\n"
    )
    assert Breach.OUT_OF_MEMORY in attempt.failure
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_disk_by_one_huge_file(stage: Stage) -> None:
    """The agent fills the checkout with one file: the checkout has a size of its own, the breach is
    named, and what it leaves is too large to be handed out, so that the work is thrown away.
    """
    attempt = stage.attack(
        WORKED
        + """
with open("huge", "wb") as file:
    while True:
        file.write(os.urandom(1024 * 1024))
"""
    )
    assert Breach.OUT_OF_DISK in attempt.failure
    assert attempt.outcome in {Outcome.ACCEPTED, Outcome.GAVE_UP}
    assert "huge" not in attempt.names


def test_the_disk_by_many_files(stage: Stage) -> None:
    """The agent makes files without end: the number of files is limited, the breach is named, and
    more changed files than a hand-over may have are refused.
    """
    attempt = stage.attack(
        WORKED
        + """
os.mkdir("many")
for number in range(10**7):
    open("many/%d" % number, "w").close()
"""
    )
    assert Breach.OUT_OF_FILES in attempt.failure
    assert len(attempt.names) < 20
    assert attempt.outcome in {Outcome.ACCEPTED, Outcome.GAVE_UP}


def test_every_other_place_that_can_be_written(stage: Stage) -> None:
    """The agent fills /dev/shm, /tmp, its home, and tries the rest of the file system: each place
    has its limit, everything else is read-only, and the work is handed out all the same.
    """
    attempt = stage.attack(
        WORKED
        + """
def fill(path):
    written = 0
    try:
        with open(path, "wb") as file:
            while written < 4 << 30:
                written += file.write(bytes(1 << 20))
    except OSError as fault:
        print(path, "took", written >> 20, "MiB:", fault)
        raise
    return written
for place in ["/dev/shm/x", "/tmp/x", os.path.expanduser("~/x"), "/x", "/var/tmp/x", "/run/x",
              "/opt/storyfleet/x", "/etc/x", "/usr/local/bin/x", "/dev/x", "/proc/x",
              "/sys/fs/cgroup/x", "/run/storyfleet/x", "/run/lock/x", "/var/lock/x"]:
    attempt(place, lambda: fill(place))
""",
        limits=Limits(1024 * MIB, 1.0, 128, 96 * MIB, 64 * 1024, 20_000),
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 15
    assert attempt.outcome is Outcome.ACCEPTED


def test_a_flood_of_output(stage: Stage) -> None:
    """The agent writes without end to stdout and stderr: it is stopped, the breach is named, and no
    more than the limit is kept.
    """
    attempt = stage.attack(
        WORKED + "os.execvp('sh', ['sh', '-c', 'yes flood >&2 & yes flood; wait'])\n"
    )
    assert Breach.TOO_MUCH_OUTPUT in attempt.failure
    assert len(attempt.said) < 200_000
    assert attempt.outcome is Outcome.ACCEPTED


def test_sleeping_for_ever(stage: Stage) -> None:
    """The agent ignores every signal that can be ignored and sleeps: it is killed when its time is
    up, and the breach is named.
    """
    attempt = stage.attack(
        WORKED
        + """
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    time.sleep(1000)
""",
        agent_timeout_seconds=5,
    )
    assert Breach.TIMEOUT in attempt.failure
    assert attempt.outcome is Outcome.ACCEPTED


DAEMON = """
def daemon(name, act):
    "A process of a session of its own, with nothing of its parent's, that acts again and again."
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    for number in range(3):
        os.close(number)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    while True:
        try:
            act()
        except OSError:
            pass
        time.sleep(0.005)
"""


def test_a_process_that_outlives_its_command(stage: Stage) -> None:
    """The agent leaves daemons that rewrite the work and git's files after the command has ended:
    they end with it, before anything is handed out, and the clean room is another container.
    """
    attempt = stage.attack(
        DAEMON
        + WORKED
        + """
command = os.getpid()
def later():
    if not os.path.exists("/proc/%d" % command):
        put("calc.py", "def square(n):\\n    return 'the daemon was here'\\n")
        put("late.txt", "x")
        put(".git/hooks/pre-commit", "#!/bin/sh\\ntouch /tmp/late\\n", 0o755)
for number in range(5):
    daemon("d%d" % number, later)
"""
    )
    assert "late.txt" not in attempt.names
    assert "daemon" not in attempt.files["calc.py"]
    assert attempt.outcome is Outcome.ACCEPTED


def test_a_flood_of_zombies(stage: Stage) -> None:
    """The agent leaves hundreds of zombies and orphans: PID 1 reaps them, the limit for processes
    covers them, and the work is handed out.
    """
    attempt = stage.attack(
        WORKED
        + """
made = 0
try:
    for number in range(100):
        if os.fork() == 0:
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
        made += 1
except OSError as fault:
    print("no more:", fault)
print("zombies", made)
os._exit(0)
"""
    )
    assert "zombies" in attempt.said
    assert attempt.outcome is Outcome.ACCEPTED


def test_killing_what_is_not_its_own(stage: Stage) -> None:
    """The agent kills PID 1, the forwarder and a process of the host by number, all at once and by
    stopping and tracing them: they are another user's, and the way to the model stays open.
    """
    attempt = stage.attack(
        """
for number in sorted(int(p.split("/")[2]) for p in glob.glob("/proc/[0-9]*")):
    if os.stat("/proc/%d" % number).st_uid != os.getuid():
        for name in ("SIGKILL", "SIGSTOP", "SIGTERM"):
            attempt("%s to another's" % name, lambda: os.kill(number, getattr(signal, name)))
attempt("the host's", lambda: os.kill(FACTS["sentinel"], signal.SIGKILL))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attempt("OOM score", lambda: put("/proc/1/oom_score_adj", "1000"))
attempt("the model", lambda: answered(chat()))
work()
"""
    )
    assert attempt.succeeded == {"the model"}
    assert len(attempt.failed) == 6
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_execution_command_is_limited_too(stage: Stage) -> None:
    """The code under test takes memory without end in the clean room: that ends there as a red
    result with the breach named, and is never an acceptance.
    """
    attempt = stage.attack(
        "put('calc.py', 'def square(n):\\n    return [0] * 10**6 * 10**6\\n"
        "hoard = []\\nwhile True:\\n    hoard.append(bytearray(1 << 24))\\n')\n"
    )
    assert attempt.evidence.breach is Breach.OUT_OF_MEMORY
    assert attempt.outcome is Outcome.GAVE_UP
