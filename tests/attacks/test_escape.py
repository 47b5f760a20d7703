"""Attacks on the wall itself: what the kernel lets a process without any right do."""

import pytest

from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_mounts_and_namespaces(stage: Stage) -> None:
    """The agent mounts, remounts, makes user and mount namespaces and changes its root: none of it
    is allowed without capabilities, and the file systems stay as they are.
    """
    attempt = stage.attack(
        """
for name, text in {
    "mount tmpfs": "mount -t tmpfs none /mnt",
    "mount proc": "mount -t proc none /mnt",
    "bind": "mount --bind / /mnt",
    "remount": "mount -o remount,rw /",
    "remount the door": "mount -o remount,rw,bind /run/storyfleet",
    "unmount the door": "umount /run/storyfleet",
    "overlay": "mount -t overlay o -o lowerdir=/,upperdir=/tmp/u,workdir=/tmp/w /mnt",
    "user namespace": "unshare --user --map-root-user id",
    "all namespaces": "unshare -Urmpf --mount-proc sh -c 'mount -t tmpfs x /mnt && id'",
    "enter PID 1": "nsenter -t 1 -a id",
    "chroot": "chroot / id",
    "pivot": "pivot_root / /mnt",
}.items():
    attempt(name, lambda: sh(text))
attempt("write to the image", lambda: put("/usr/bin/git", "#!/bin/sh\\n"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 13
    assert attempt.outcome is Outcome.ACCEPTED


def test_more_rights(stage: Stage) -> None:
    """The agent looks for setuid programs, file capabilities, sudo and another user, and makes its
    own: no process in the sandbox can gain a right.
    """
    attempt = stage.attack(
        """
status = dict(line.split(":", 1) for line in get("/proc/self/status").splitlines())
for name in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
    attempt(name, lambda: 1 / int(status[name], 16))
attempt("new privileges", lambda: 1 / (int(status["NoNewPrivs"]) - 1))
attempt("no seccomp", lambda: 1 / (int(status["Seccomp"]) == 0))
for name, text in {
    "su": "echo | su -c id",
    "sudo": "sudo -n id",
    "setuid program": "find / -xdev -perm /6000 -type f 2>/dev/null | while read p; do"
                      " $p --version >/dev/null 2>&1; done; cp /bin/sh s && chmod 4755 s"
                      " && ./s -p -c 'test $(id -u) = 0'",
    "capability": "setcap cap_sys_admin+ep /tmp/x",
    "mount of suid": "mount -o remount,suid /tmp",
}.items():
    attempt(name, lambda: sh(text))
attempt("setuid", lambda: os.setuid(0))
attempt("setgroups", lambda: os.setgroups([0]))
attempt("keeper", lambda: os.setuid(10002))
sh("rm -f s")
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 15
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_kernel_and_its_control_files(stage: Stage) -> None:
    """The agent writes to cgroup files (release_agent), core_pattern, sysrq and others by which
    containers were left before: they are read-only or not there.
    """
    attempt = stage.attack(
        """
payload = "/tmp/payload"
put(payload, "#!/bin/sh\\nmkdir -p $(dirname %s) && touch %s\\n" % (FACTS["pwned"], FACTS["pwned"]),
    0o755)
for path in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper",
             "/proc/sys/kernel/modprobe", "/proc/sys/fs/binfmt_misc/register",
             "/proc/sys/vm/overcommit_memory",
             "/sys/fs/cgroup/release_agent", "/sys/fs/cgroup/rdma/release_agent",
             "/sys/fs/cgroup/memory/release_agent", "/sys/fs/cgroup/cgroup.procs",
             "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max",
             "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max",
             "/sys/class/net/lo/mtu", "/sys/power/state", "/proc/sys/vm/drop_caches"]:
    def write():
        with open(path, "w") as file:
            file.write(payload + "\\n")
        return "written"
    attempt(path, write)
attempt("new cgroup", lambda: os.mkdir("/sys/fs/cgroup/rdma/x") or os.mkdir("/sys/fs/cgroup/x"))
attempt("kernel memory", lambda: open("/proc/kcore", "rb").read(4) and open("/dev/mem", "rb"))
attempt("kernel log", lambda: sh("dmesg | head -1 | grep ."))
attempt("modules", lambda: sh("modprobe dummy || insmod /tmp/x.ko"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 21
    assert attempt.outcome is Outcome.ACCEPTED


TRACE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "allowed"
"""


def test_tracing_and_dangerous_system_calls(stage: Stage) -> None:
    """The agent traces PID 1, reads its memory, and calls what seccomp and missing rights forbid:
    bpf, kexec, keyctl, mount, open_by_handle_at, setns, userfaultfd, perf_event_open and others.
    """
    attempt = stage.attack(
        TRACE
        + """
attempt("ptrace PID 1", lambda: call(101, 16, 1, 0, 0))
attempt("seize PID 1", lambda: call(101, 0x4206, 1, 0, 0))
vector = (ctypes.c_ulong * 2)(0, 0)
attempt("process_vm_readv", lambda: call(310, 1, vector, 1, vector, 1, 0))
attempt("mount", lambda: call(165, b"none", b"/mnt", b"tmpfs", 0, None))
attempt("setns", lambda: call(308, os.open("/proc/self/ns/net", os.O_RDONLY), 0))
attempt("unshare", lambda: call(272, 0x10000000))
attempt("bpf", lambda: call(321, 0, None, 0))
attempt("kexec_load", lambda: call(246, 0, 0, None, 0))
attempt("init_module", lambda: call(175, b"", 0, b""))
attempt("keyctl", lambda: call(250, 0, -3, 0))
attempt("add_key", lambda: call(248, b"user", b"x", b"y", 1, -3))
attempt("open_by_handle_at", lambda: call(304, -100, None, 0))
attempt("perf_event_open", lambda: call(298, None, 0, -1, -1, 0))
attempt("userfaultfd", lambda: call(323, 0))
attempt("reboot", lambda: call(169, 0xfee1dead, 672274793, 0, None))
attempt("settimeofday", lambda: call(164, (ctypes.c_long * 2)(1, 0), None))
attempt("sethostname", lambda: call(170, b"x", 1))
attempt("swapon", lambda: call(167, b"/tmp/x", 0))
attempt("acct", lambda: call(163, b"/tmp/x"))
attempt("quotactl", lambda: call(179, 0, b"/", 0, None))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 20
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_docker_socket(stage: Stage) -> None:
    """The agent searches every socket that it can see, and asks each whether it is a Docker daemon:
    the only ones are the gateway's, and it is none.
    """
    attempt = stage.attack(
        """
import stat
found = []
for top, below, names in os.walk("/"):
    below[:] = [n for n in below if os.path.join(top, n) not in ("/proc", "/sys")]
    for name in names:
        path = os.path.join(top, name)
        try:
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                found.append(path)
        except OSError:
            pass
print("sockets:", sorted(found))
def daemon(path):
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(path)
        line.sendall(b"GET /_ping HTTP/1.0\\r\\nHost: d\\r\\n\\r\\n")
        said = line.recv(4096)
    return said if b"Docker" in said or b"200 OK" in said else 1 / 0
for path in found + ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"]:
    attempt(path, lambda: daemon(path))
attempt("by TCP", lambda: tcp(FACTS["addresses"][0], 2375))
work()
"""
    )
    assert "sockets: ['/run/storyfleet/gateway.sock']" in attempt.said
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 5
    assert attempt.outcome is Outcome.ACCEPTED
