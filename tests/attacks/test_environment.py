"""Attacks by changed manifests: the environment that is made anew for them is no way out either."""

import secrets

import pytest

from integrations.docker.hardening import RUN_LABEL
from tests.attacks.attempt import Attempt
from tests.attacks.stage import COMMAND, Stage
from tests.integration.docker import engine
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks

FILES = {"requirements.txt": "\n", "install.sh": f"true {secrets.token_hex(4)}\n"}
SETUP = 'setup = ["sh install.sh"]\n'
INSTALL = """
import os, pathlib, socket, subprocess, urllib.request
def attempt(name, act):
    try:
        print("++", name + ":", repr(act())[:300])
    except BaseException as fault:
        print("--", name + ":", repr(fault)[:200])
def tcp(address, port):
    with socket.create_connection((address, port), timeout=3) as line:
        line.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        return line.recv(1000)
def sh(text):
    return subprocess.run(text, shell=True, check=True, capture_output=True, timeout=20).stdout
facts = @FACTS@
print("user", os.getuid())
for address in facts["addresses"]:
    attempt("host " + address, lambda: tcp(address, facts["port"]))
attempt("container", lambda: tcp(facts["neighbour"]["address"], facts["neighbour"]["port"]))
attempt("internet", lambda: tcp("1.1.1.1", 443))
def model():
    token = os.environ["HTTPS_PROXY"].split(":")[2].split("@")[0]
    body = b'{"model": "coder", "messages": [{"role": "user", "content": "x"}]}'
    asked = urllib.request.Request("http://127.0.0.1:8080/openai/v1/chat/completions", body)
    asked.add_header("authorization", "Bearer " + token)
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked).read()
attempt("model", model)
attempt("name", lambda: socket.getaddrinfo("leak.example.com", 80))
for path in facts["secrets"]:
    attempt("file " + path, lambda: pathlib.Path(path).read_text())
attempt("mount", lambda: sh("mount -t tmpfs none /mnt"))
attempt("device", lambda: os.mknod("/tmp/sda", 0o60666, os.makedev(8, 0)) or open("/tmp/sda", "rb").read(1))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("core pattern", lambda: pathlib.Path("/proc/sys/kernel/core_pattern").write_text("|/x"))
attempt("release agent", lambda: sh("mkdir /sys/fs/cgroup/*/x && echo 1 > /sys/fs/cgroup/rdma/x/notify_on_release"))
attempt("docker", lambda: os.stat("/var/run/docker.sock"))
attempt("the door", lambda: os.unlink("/run/storyfleet/proxy.sock"))
attempt("host's process", lambda: os.kill(facts["sentinel"], 9))
"""  # noqa: E501 - a script


def changed(stage: Stage, install: str, **given: object) -> Attempt:
    """The work, with a manifest changed and this run at the set-up."""
    script = (
        "work()\nput('requirements.txt', 'six\\n')\n"
        f"put('evil.py', {install!r}.replace('@FACTS@', repr(FACTS)))\n"
        "put('install.sh', 'mkdir -p /opt && python3 evil.py >/opt/found 2>&1; true\\n')\n"
    )
    return stage.attack(
        script,
        files=FILES,
        settings=SETUP,
        registries=stage.registries.allowed,
        **{"command": f"cat /opt/found; {COMMAND}", **given},
    )


def test_root_in_the_environment_that_it_changes(stage: Stage) -> None:
    """The agent has its own code run as root while the environment is made for its manifest: it
    reaches the allowed registries alone, and nothing of the host; the pull request calls the build
    untrusted, and its image is gone afterwards.
    """
    attempt = changed(stage, INSTALL)
    output = attempt.evidence.output
    assert "user 0" in output
    assert [line for line in output.splitlines() if line.startswith("++")] == []
    assert output.count("-- ") >= 15
    assert attempt.pull is not None
    assert "untrusted build" in attempt.pull.text.body
    with engine.api() as api:
        assert api.images(filters={"label": f"{RUN_LABEL}={attempt.run.id}"}) == []
    # Which shows nothing that works in the build; what it swallows is a finding of its own.
    assert attempt.gates == {"hidden faults"}
    assert attempt.outcome is Outcome.GAVE_UP


def test_a_set_up_that_fails(stage: Stage) -> None:
    """The agent's manifest makes the set-up fail: the gate is red, and the evidence is produced in
    the base's environment.
    """
    attempt = stage.attack(
        "work()\nput('requirements.txt', 'six\\n')\nput('install.sh', 'exit 7\\n')\n",
        files=FILES,
        settings=SETUP,
        registries=stage.registries.allowed,
    )
    assert attempt.gates == {"environment"}
    assert attempt.outcome is Outcome.GAVE_UP


def test_what_a_set_up_can_see(stage: Stage) -> None:
    """The base's set-up keeps its environment in the image, as a careless package may: the agent
    finds no secret there, not even the password of a proxy in the worker's Docker configuration.
    """
    attempt = stage.attack(
        "work()\nprint('kept:', get('/opt/kept'))\n",
        settings=f'setup = ["env >/opt/kept; echo {secrets.token_hex(4)} >>/opt/kept"]\n',
    )
    assert "kept:" in attempt.said
    assert attempt.outcome is Outcome.ACCEPTED
