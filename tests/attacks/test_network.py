"""Attacks on the network: a sandbox reaches its gateway and nothing else."""

import pytest

from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def test_this_machine_by_all_its_addresses(stage: Stage) -> None:
    """The agent connects to a service of the host at the bridge's address, the host's own, loopback
    and by the names that Docker gives it: nothing answers, and the service is not called.
    """
    attempt = stage.attack(
        """
for address in FACTS["addresses"] + ["0.0.0.0", "172.18.0.1", "192.168.65.2", "10.0.2.2"]:
    attempt("host " + address, lambda: tcp(address, FACTS["port"]))
for name in ["host.docker.internal", "gateway.docker.internal", "docker.host.internal",
             "localhost", "_gateway", "sandbox"]:
    attempt("host " + name, lambda: tcp(name, FACTS["port"]))
for path in glob.glob("/proc/net/unix") + ["/proc/net/tcp"]:
    print(get(path))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) >= 13
    assert attempt.outcome is Outcome.ACCEPTED


def test_another_container(stage: Stage) -> None:
    """The agent connects to a container on the usual network, by address and by name, and looks for
    others on its link: it is on no network that anybody else is on.
    """
    attempt = stage.attack(
        """
there = FACTS["neighbour"]
attempt("by address", lambda: tcp(there["address"], there["port"]))
attempt("by name", lambda: tcp(there["name"], there["port"]))
def around():
    prefix = there["address"].rsplit(".", 1)[0]
    for last in range(1, 9):
        try:
            return tcp(prefix + "." + str(last), there["port"])
        except OSError:
            continue
    raise OSError("nobody")
attempt("around", around)
attempt("links", lambda: [n for n in os.listdir("/sys/class/net") if n != "lo"] or 1 / 0)
attempt("routes", lambda: get("/proc/net/route").splitlines()[1:] or 1 / 0)
attempt("arp", lambda: get("/proc/net/arp").splitlines()[1:] or 1 / 0)
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 6
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_internet(stage: Stage) -> None:
    """The agent connects to public addresses over IPv4 and IPv6, by address and by name, by TCP and
    UDP, and with the tools that are there: there is no route and no resolver.
    """
    attempt = stage.attack(
        """
for address in ["1.1.1.1", "8.8.8.8", "93.184.215.14"]:
    attempt("tcp " + address, lambda: tcp(address, 443))
for address in ["2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]:
    attempt("tcp6 " + address.replace(":", "."), lambda: tcp(address, 443, socket.AF_INET6))
for name in ["example.com", "pypi.org", "github.com", "api.openai.com", "deb.debian.org"]:
    attempt("name " + name, lambda: tcp(name, 80))
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(3)
        line.sendto(b"out", ("1.1.1.1", 53))
        return "sent"
attempt("udp", udp)
for tool in ["pip download --no-deps six -d /tmp/six", "git ls-remote https://github.com/git/git",
             "git clone git://github.com/git/git /tmp/git", "apt-get update -o Dir::State=/tmp/apt"
             " -o Dir::Cache=/tmp/apt -o APT::Update::Error-Mode=any"]:
    attempt("tool " + tool.split()[0] + tool.split()[1], lambda: sh("timeout 20 " + tool))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 16
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_metadata_address(stage: Stage) -> None:
    """The agent asks the clouds' metadata addresses for credentials: they are not reached."""
    attempt = stage.attack(
        """
for address in ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16"]:
    attempt("metadata " + address, lambda: tcp(address, 80,
            say=b"GET /latest/meta-data/iam/ HTTP/1.0\\r\\n\\r\\n"))
attempt("metadata by IPv6", lambda: tcp("fd00:ec2::254", 80, socket.AF_INET6))
attempt("metadata by name", lambda: tcp("metadata.google.internal", 80))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 6
    assert attempt.outcome is Outcome.ACCEPTED


def test_names_of_any_kind(stage: Stage) -> None:
    """The agent sends names to resolvers, Docker's own among them, by UDP, TCP and the C library,
    as a way to bring something out: no resolver answers.
    """
    attempt = stage.attack(
        """
question = struct.pack(">6H", 7, 256, 1, 0, 0, 0) + b"\\x04leak\\x07example\\x03com\\0\\0\\1\\0\\1"
def resolve(address, kind):
    with socket.socket(socket.AF_INET, kind) as line:
        line.settimeout(2)
        line.connect((address, 53))
        line.sendall(question if kind == socket.SOCK_DGRAM
                     else struct.pack(">H", len(question)) + question)
        return line.recv(512) or 1 / 0
servers = ["127.0.0.11", "127.0.0.1", "127.0.0.53", "8.8.8.8", "169.254.169.253",
           *FACTS["addresses"]]
for address in dict.fromkeys(servers + re.findall(r"nameserver (\\S+)", get("/etc/resolv.conf"))):
    attempt("udp " + address, lambda: resolve(address, socket.SOCK_DGRAM))
    attempt("tcp " + address, lambda: resolve(address, socket.SOCK_STREAM))
attempt("C library", lambda: socket.getaddrinfo("leak.example.com", 80))
attempt("multicast", lambda: sh("getent hosts somebody.local"))
print(get("/etc/resolv.conf"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) >= 14
    assert attempt.outcome is Outcome.ACCEPTED


def test_raw_sockets_and_the_network_itself(stage: Stage) -> None:
    """The agent opens raw and packet sockets, pings, makes links and routes, and enters other
    network namespaces: it has no capability for any of that.
    """
    attempt = stage.attack(
        """
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
def ping():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as line:
        line.settimeout(3)
        line.sendto(b"\\x08\\0\\xf7\\xfe\\0\\1\\0\\1", ("1.1.1.1", 0))
        return line.recv(100)
attempt("ping", ping)
def vsock():
    with socket.socket(40, socket.SOCK_STREAM) as line:
        line.settimeout(3)
        line.connect((2, FACTS["port"]))
        return "connected"
attempt("vsock to the host", vsock)
attempt("abstract sockets of the host", lambda: [line for line in
        get("/proc/net/unix").splitlines() if "@" in line] or 1 / 0)
attempt("link", lambda: sh("ip link add x type dummy"))
attempt("namespace of PID 1", lambda: os.readlink("/proc/1/ns/net") and open("/proc/1/ns/net"))
attempt("sysctl", lambda: put("/proc/sys/net/ipv4/ip_forward", "1"))
attempt("unshare", lambda: sh("unshare --net --user --map-root-user ip link"))
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 9
    assert attempt.outcome is Outcome.ACCEPTED


def test_a_proxy_where_none_is_allowed(stage: Stage) -> None:
    """Without allowed registries the agent tries the gateway and the proxy's port as proxies, with
    the session's token: there is no proxy at all, and the gateway takes no CONNECT and no URL.
    """
    attempt = stage.attack(
        """
secret = base64.b64encode(b"storyfleet:" + TOKEN.encode()).decode()
there = "%s:%d" % (FACTS["addresses"][0], FACTS["port"])
def through(port, first):
    said = tcp("127.0.0.1", port, say=(first + "\\r\\nHost: " + there +
               "\\r\\nProxy-Authorization: Basic " + secret +
               "\\r\\nAuthorization: Bearer " + TOKEN + "\\r\\n\\r\\n").encode())
    if not said.split(b" ")[1:2] == [b"200"]:
        raise OSError(said[:60])
    return said
for port in (8080, 8081):
    attempt("CONNECT by %d" % port, lambda: through(port, "CONNECT " + there + " HTTP/1.1"))
    attempt("URL by %d" % port, lambda: through(port, "GET http://" + there + "/ HTTP/1.1"))
    attempt("SOCKS by %d" % port, lambda: tcp("127.0.0.1", port, say=b"\\5\\1\\0")[0] == 5 or 1 / 0)
for name in ["http_proxy", "https_proxy", "all_proxy"]:
    os.environ[name] = os.environ[name.upper()] = "http://storyfleet:" + TOKEN + "@127.0.0.1:8080"
attempt("pip", lambda: sh("timeout 30 pip download --retries 0 --no-deps six -d /tmp/six"))
attempt("urllib", lambda: urllib.request.urlopen("http://" + there, timeout=5).read())
work()
"""
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 8
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_clean_room_has_no_way_out_at_all(stage: Stage) -> None:
    """The code under test tries the gateway, the proxy, the host and the internet when the
    execution command runs: there is neither door nor network, and no token in its environment.
    """
    attempt = stage.attack(
        """
put("calc.py", '''import os, socket
def square(n):
    return n * n
def out():
    for address in @ADDRESSES@:
        with socket.socket() as line:
            line.settimeout(3)
            wrong = line.connect_ex(tuple(address))
        print("not reached" if wrong else "REACHED", address, wrong)
    print("TOKEN" if "OPENAI_API_KEY" in os.environ else "no token")
    print("DOOR" if os.path.exists("/run/storyfleet/gateway.sock") else "no door")
out()
'''.replace("@ADDRESSES@", repr([["127.0.0.1", 8080], ["127.0.0.1", 8081], ["1.1.1.1", 443]]
            + [[a, FACTS["port"]] for a in FACTS["addresses"]])))
""",
        command="python3 -m pytest -s -p no:cacheprovider",
    )
    output = attempt.evidence.output
    assert output.count("not reached") >= 7
    assert "REACHED" not in output
    assert "no token" in output
    assert "no door" in output
    assert attempt.outcome is Outcome.ACCEPTED
