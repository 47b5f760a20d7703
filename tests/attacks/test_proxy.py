"""Attacks on the registries' proxy: only what is allowed, and only where it really is."""

import pytest

from tests.attacks.attempt import Attempt
from tests.attacks.registries import PROXY
from tests.attacks.stage import Stage
from worker.domain.events import Outcome

pytestmark = pytest.mark.attacks


def attacked(stage: Stage, script: str, **given: object) -> Attempt:
    return stage.attack(PROXY + script, registries=stage.registries.allowed, **given)


def test_an_allowed_registry_is_reached(stage: Stage) -> None:
    """No attack: what the settings allow is served through the proxy, so that the others fail for
    the right reason.
    """
    attempt = attacked(
        stage,
        'attempt("allowed", lambda: url("http://registry.test:%d/simple" % OWN))\nwork()\n',
    )
    assert attempt.succeeded == {"allowed"}
    assert stage.registries.visits == [f"registry.test:{stage.registries.port} /simple"]
    assert attempt.session.refusals == ()
    assert attempt.outcome is Outcome.ACCEPTED


def test_hosts_that_are_not_allowed(stage: Stage) -> None:
    """The agent asks for other names, also ones that look like an allowed one: each is refused
    before it is looked up, so that not even a name goes out, and the pull request shows it.
    """
    attempt = attacked(
        stage,
        """
for name in ["evil.test", "registry.test.evil.test", "notregistry.test", "registry.test@evil.test",
             "evil.test#registry.test", "leak-secret.evil.test", "registry.test.", "localhost"]:
    port = 443 if name == "registry.test." else OWN
    attempt("CONNECT " + name, lambda: tunnel("%s:%d" % (name, port), "evil.test"))
    attempt("URL " + name, lambda: url("http://%s:%d/" % (name, port)))
attempt("other port", lambda: url("http://registry.test:22/"))
work()
""",
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 17
    assert set(stage.registries.names.asked) == set()
    assert attempt.pull is not None
    assert "evil.test" in attempt.pull.text.body
    assert attempt.outcome is Outcome.ACCEPTED


def test_addresses_in_every_spelling(stage: Stage) -> None:
    """The agent names the host's service by address: decimal, octal, hexadecimal, shortened,
    IPv6-mapped, with a zone: an address in place of a name is refused in each of them.
    """
    attempt = attacked(
        stage,
        """
spellings = ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.1",
             "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
             "[::1%25lo]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254",
             "\\xe2\\x91\\xa0.1.1.1", *FACTS["addresses"], FACTS["neighbour"]["address"]]
for spelling in spellings:
    name = spelling.replace(":", ".")
    attempt("CONNECT " + name, lambda: tunnel("%s:%d" % (spelling, PORT), ""))
    attempt("URL " + name, lambda: url("http://%s:%d/" % (spelling, PORT)))
work()
""",
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) >= 34
    assert attempt.outcome is Outcome.ACCEPTED


def test_allowed_names_that_lead_inside(stage: Stage) -> None:
    """Allowed names resolve to loopback, the metadata address and a mapped address: what counts is
    the address, and private ones are refused after the look-up.
    """
    attempt = attacked(
        stage,
        """
for name in ["inside.test", "metadata.test", "six.test"]:
    attempt("CONNECT " + name, lambda: tunnel("%s:%d" % (name, PORT), name))
    attempt("URL " + name, lambda: url("http://%s:%d/" % (name, PORT)))
work()
""",
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 6
    assert {"inside.test", "metadata.test", "six.test"} <= set(stage.registries.names.asked)
    assert len(attempt.session.refusals) == 3
    assert attempt.outcome is Outcome.ACCEPTED


def test_rebinding(stage: Stage) -> None:
    """An allowed name first resolves to the registry and from then on to loopback: each connection
    goes to the address that was checked for it, so the second one is refused.
    """
    attempt = attacked(
        stage,
        """
attempt("before", lambda: url("http://rebind.test:%d/" % OWN))
for number in range(4):
    attempt("after", lambda: url("http://rebind.test:%d/" % PORT))
    attempt("tunnel after", lambda: tunnel("rebind.test:%d" % PORT, "rebind.test"))
work()
""",
    )
    assert attempt.succeeded == {"before"}
    assert attempt.failed == {"after", "tunnel after"}
    assert attempt.outcome is Outcome.ACCEPTED


def test_redirects(stage: Stage) -> None:
    """The registry redirects to the host's service and to the metadata address: the proxy follows
    nothing itself, and the client's next request is refused like any other.
    """
    attempt = attacked(
        stage,
        """
opener = urllib.request.build_opener(urllib.request.ProxyHandler(
    {"http": "http://storyfleet:%s@127.0.0.1:8081" % TOKEN}))
def follow(target):
    return opener.open("http://registry.test:%d/to?%s" % (OWN, target), timeout=10).read()
attempt("no redirect", lambda: opener.open("http://registry.test:%d/" % OWN, timeout=10).read())
attempt("host", lambda: follow("http://127.0.0.1:%d/" % PORT))
attempt("metadata", lambda: follow("http://169.254.169.254/latest/meta-data/"))
attempt("name inside", lambda: follow("http://inside.test:%d/" % PORT))
attempt("not allowed", lambda: follow("http://evil.test/"))
work()
""",
    )
    assert attempt.succeeded == {"no redirect"}
    assert attempt.failed == {"host", "metadata", "name inside", "not allowed"}
    assert attempt.outcome is Outcome.ACCEPTED


def test_another_server_behind_an_allowed_name(stage: Stage) -> None:
    """The agent CONNECTs to an allowed name and asks for another by SNI, sends no TLS at all, or
    writes another Host than the URL's: only TLS for that very name passes, and Host is the URL's.
    """
    attempt = attacked(
        stage,
        """
there = "registry.test:%d" % OWN
raw = "registry.test:%d" % FACTS["raw_port"]
for name in ("registry.test", "evil.test", "registry.test.evil.test", None, ""):
    attempt("tunnel for %r" % name, lambda: tunnel(raw, name))
answer = attempt("other Host", lambda: url("http://%s/asked" % there, "evil.test"))
def origin_form():
    return said("GET / HTTP/1.1\\r\\nHost: evil.test\\r\\nProxy-Authorization: Basic %s\\r\\n\\r\\n"
                % SECRET)
attempt("origin form", origin_form)
attempt("scheme", lambda: url("file:///etc/passwd"))
attempt("ftp", lambda: url("ftp://%s/" % there))
attempt("https URL", lambda: url("https://%s/" % there))
work()
""",
    )
    assert attempt.succeeded <= {"other Host"}
    (greeting,) = stage.registries.received
    assert b"registry.test" in greeting
    assert b"evil.test" not in greeting
    assert {visit.split(" ")[0] for visit in stage.registries.visits} <= {
        f"registry.test:{stage.registries.port}"
    }
    assert attempt.outcome is Outcome.ACCEPTED


def test_smuggled_requests(stage: Stage) -> None:
    """The agent hides a second request behind an allowed one: two lengths, a folded header, a bare
    line feed, a pipelined request for the host: each request is checked by itself or refused.
    """
    attempt = attacked(
        stage,
        """
hidden = "GET http://127.0.0.1:%d/ HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" % PORT
good = "GET http://registry.test:%d/%%d HTTP/1.1\\r\\nHost: x\\r\\n%s" % (OWN, PROVED)
ways = {
    "two lengths": "Content-Length: 0\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(hidden),
    "length and chunks": "Content-Length: %d\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
                         "0\\r\\n\\r\\n" % len(hidden),
    "folded": "X-A: b\\r\\n GET: c\\r\\n\\r\\n",
    "bare line feed": "X-A: b\\n\\n",
    "pipelined": "\\r\\n",
    "null": "X-A: \\0\\r\\n\\r\\n",
}
for number, (name, way) in enumerate(ways.items()):
    def smuggle():
        got = said(good % number + way + hidden)
        if got.count("HTTP/1.1 200") > 1 or "zzAttack" in got:
            return got
        raise OSError("one answer: " + got[:40])
    attempt(name, smuggle)
work()
""",
    )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 6
    assert attempt.outcome is Outcome.ACCEPTED


def test_the_proxy_without_its_token(stage: Stage) -> None:
    """The agent asks for an allowed registry with no token, a wrong one and another run's: it is
    refused, and a wrong token is shown in the pull request.
    """
    with stage.another_door() as (_, other):
        attempt = attacked(
            stage,
            """
there = "http://registry.test:%d/" % OWN
def token(text):
    return base64.b64encode(text.encode()).decode()
attempt("none", lambda: said("GET %s HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" % there))
attempt("wrong", lambda: url(there, token=token("storyfleet:wrong")))
attempt("other run's", lambda: url(there, token=token("storyfleet:" + FACTS["other"])))
attempt("other user", lambda: url(there, token=token("root:" + TOKEN)))
work()
""",
            facts={"other": other},
        )
    assert attempt.succeeded == set()
    assert len(attempt.failed) == 4
    assert stage.registries.visits == []
    assert any("token" in refusal for refusal in attempt.session.refusals)
    assert attempt.outcome is Outcome.ACCEPTED


def test_bringing_much_out_through_an_allowed_registry(stage: Stage) -> None:
    """The agent uploads megabytes to an allowed registry: that it can is documented as not
    defended, but no more than the proxy's limits go up over one connection.
    """
    attempt = attacked(
        stage,
        """
def upload(size):
    body = "x" * size
    return said("POST http://registry.test:%d/ HTTP/1.1\\r\\nHost: x\\r\\n%s"
                "Content-Length: %d\\r\\n\\r\\n%s" % (OWN, PROVED, size, body))
attempt("four megabytes", lambda: upload(4_000_000))
work()
""",
    )
    assert attempt.succeeded == set()
    assert attempt.session.refusals
    assert attempt.outcome is Outcome.ACCEPTED
