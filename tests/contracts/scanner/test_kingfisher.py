"""Which shapes are known, wherever they stand; and what is not taken for a secret."""

import base64
import hashlib
import json
import os
import subprocess
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integrations.secrets import KingfisherScanner
from integrations.secrets.reading import pieces
from tests.contracts.scanner.shapes import SHAPES

PLACES = [
    "{}",
    'x = "{}"\n',
    "+KEY='{}'\n",
    '{{"key":"{}"}}',
    "KEY={};",
    "Authorization: Bearer {}\r\n",
    "https://x-access-token:{}@github.example/a.git",
    "?key={}&x=1",
    "the key ({}), which",
    "It is {}.",
    "key {}, or",
    "<b>{}</b>",
    "[{}] {}|",
    "\x1b[31m{}\x1b[0m",
    "`{}` **{}**",
    "“{}…",
    'say("{}\\n")',
    "\ufeff\0{}\0",
    "é" * 70_000 + " {}",
    "line\n" * 30_000 + "{}\n" + "line\n" * 30_000,
]


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_known_wherever_it_stands(kingfisher: KingfisherScanner, name: str) -> None:
    kind, made_up = SHAPES[name]
    for place in PLACES:
        secret = made_up()
        text = place.format(*[secret] * place.count("{}"))

        found = kingfisher.secrets(text)
        scrubbed = kingfisher.scrub(text)

        assert {known.kind for known in found} == {kind}, place
        assert secret.split('"')[-2:][0][8:-8] not in scrubbed, place
        assert scrubbed.count(f"[redacted: {kind}]") == len(found) == text.count(secret), place
        assert kingfisher.scrub(scrubbed) == scrubbed


def test_the_whole_of_a_private_key_goes(kingfisher: KingfisherScanner) -> None:
    pem = SHAPES["PKCS 1"][1]()
    as_diff = "".join(f"+{line}\n" for line in pem.splitlines())
    as_json = json.dumps({"private_key": pem})
    for text in (pem, as_diff, as_json, f"x\r\n{pem}\r\ny".replace("\n", "\r\n")):
        scrubbed = kingfisher.scrub(text)

        assert "[redacted: private-key]" in scrubbed
        assert not any(line[4:-4] in scrubbed for line in pem.splitlines() if len(line) > 40)


@pytest.mark.parametrize("kept", [200, 800, 1600])
def test_a_private_key_that_is_cut_off(kingfisher: KingfisherScanner, kept: int) -> None:
    pem = SHAPES["PKCS 8"][1]()
    for text in (pem[:kept], json.dumps(pem)[:kept]):
        assert kingfisher.scrub(text).strip('"') == "[redacted: private-key]"


def test_what_is_only_encoded_is_found_too(kingfisher: KingfisherScanner) -> None:
    """As git and pip send what they were given in a URL."""
    token = SHAPES["GitHub App"][1]()
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()

    scrubbed = kingfisher.scrub(f"> Authorization: Basic {encoded}\n> Accept: */*\n")

    assert scrubbed == "> Authorization: Basic [redacted: github-app-token]\n> Accept: */*\n"


def test_no_comment_keeps_a_secret_from_being_found(kingfisher: KingfisherScanner) -> None:
    token = SHAPES["GitHub personal"][1]()
    for mark in ("gitleaks:allow", "betterleaks:allow", "kingfisher:ignore", "nosec"):
        assert len(kingfisher.secrets(f"x = '{token}'  # {mark}\n")) == 1


def test_secrets_side_by_side(kingfisher: KingfisherScanner) -> None:
    # With its secret beside it, the catalogue has another name for the one of AWS.
    made_up = [(kind, make()) for name, (kind, make) in SHAPES.items() if name != "AWS key"]
    text = "\n".join(secret for _, secret in made_up)

    assert [known.kind for known in kingfisher.secrets(text)] == [kind for kind, _ in made_up]
    scrubbed = kingfisher.scrub(text)
    assert kingfisher.scrub(scrubbed) == scrubbed
    assert all(line.count("[redacted: ") == 1 for line in scrubbed.splitlines())


def test_what_shows_only_when_something_else_is_gone(kingfisher: KingfisherScanner) -> None:
    glued = SHAPES["GitHub personal"][1]() + SHAPES["JWT"][1]()

    assert kingfisher.scrub(glued) == "[redacted: github-pat][redacted: jwt]"


def image(columns: int | None) -> str:
    """With what looks like a key of AWS in it, far from a line's end."""
    encoded = base64.b64encode(os.urandom(300_000)).decode()
    place = 76 * 64 * 10 + 20
    encoded = f"{encoded[:place]}/{SHAPES['AWS key'][1]()}/{encoded[place:]}"
    if columns is None:
        return f"url(data:image/png;base64,{encoded})"
    lines = (encoded[n : n + columns] for n in range(0, len(encoded), columns))
    return "".join(f'    "{line}\\n"\n' for line in lines)


ORDINARY: dict[str, Callable[[], str]] = {
    "hashes": lambda: "\n".join(hashlib.sha1(os.urandom(9)).hexdigest() for _ in range(9000)),  # noqa: S324
    "longer hashes": lambda: "\n".join(
        f"    --hash=sha256:{hashlib.sha256(os.urandom(9)).hexdigest()} \\" for _ in range(5000)
    ),
    "integrity": lambda: "\n".join(
        f'"integrity": "sha512-{base64.b64encode(os.urandom(64)).decode()}",' for _ in range(4000)
    ),
    "identifiers": lambda: "\n".join(f"id: {uuid.uuid4()} {uuid.uuid4().hex}" for _ in range(5000)),
    "an image": lambda: image(None),
    "an image in lines": lambda: image(76),
    "an image in shorter lines": lambda: image(64),
    "a dump": lambda: "\n".join(os.urandom(16).hex(" ") for _ in range(5000)),
    "settings": lambda: (
        "password = 'correct horse'\napi_key: ${API_KEY}\ntoken=os.environ['TOKEN']\n"
        "DATABASE_URL=postgres://app:change-me@localhost/app\nsecret_key = 'dev'\n"
        "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nAWS=AKIAIOSFODNN7\n"
        "key = '-----BEGIN PRIVATE KEY-----'\nif line == '-----END RSA PRIVATE KEY-----':\n"
    ),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_no_secret(kingfisher: KingfisherScanner, name: str) -> None:
    text = ORDINARY[name]()
    assert list(kingfisher.secrets(text)) == []
    assert kingfisher.scrub(text) == text


DELIBERATE: set[str] = set()
"""Files of this repository that hold the shape of a secret on purpose."""


def test_this_repository_holds_none(kingfisher: KingfisherScanner) -> None:
    top = Path(__file__).parents[3]
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=top, capture_output=True, check=True).stdout
    paths = [top / name.decode() for name in names.split(b"\0")[:-1]]
    assert len(paths) > 100

    found = {
        str(path.relative_to(top)): [(known.kind, known.line) for known in secrets]
        for path in paths
        if path.is_file() and (secrets := kingfisher.secrets(path.read_text(errors="replace")))
    }

    assert found.keys() == DELIBERATE, found


BEGIN = "-----BEGIN RSA PRIVATE KEY-----"
HOSTILE: dict[str, Callable[[], str]] = {
    "one long line": lambda: base64.b64encode(os.urandom(3_750_000)).decode(),
    "beginnings of keys": lambda: BEGIN * 30_000,
    "a key without an end": lambda: BEGIN + "A" * 5_000_000,
    "beginnings of tokens": lambda: "eyJ" * 1_600_000,
    "blanks": lambda: " " * 5_000_000,
    "dots": lambda: ". " * 2_500_000,
    "half an escape": lambda: "\x1b[1;" * 1_200_000,
    "zeros": lambda: "\0a" * 2_500_000,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_for_ever(kingfisher: KingfisherScanner, name: str) -> None:
    """By the square of its length, one of these takes minutes."""
    assert kingfisher.scrub(HOSTILE[name]())


def test_pieces_hold_every_place_whole() -> None:
    data = os.urandom(400_000).replace(b"\0", b"x").replace(b"\xef", b"x")
    for length in (0, 1, 5000, 65_536, 65_537, 77_824, 400_000):
        parts = list(pieces(data[:length]))

        assert all(data[start : start + len(part)] == part for start, part in parts)
        assert all(len(part) <= 65_536 for _, part in parts)
        for start in range(0, max(1, length - 12_000), 1000):
            assert any(at <= start and start + 12_000 <= at + len(part) for at, part in parts) or (
                length < 12_000
            )


def test_threads_share_one(kingfisher: KingfisherScanner) -> None:
    secrets = [make() for _ in range(8) for _, make in SHAPES.values()]
    with ThreadPoolExecutor(8) as pool:
        scrubbed = list(pool.map(kingfisher.scrub, secrets))
    assert all("[redacted: " in text for text in scrubbed)


def test_a_forked_process_has_it_too(kingfisher: KingfisherScanner) -> None:
    token = SHAPES["GitHub personal"][1]()
    kingfisher.ready()
    child = os.fork()
    if child == 0:
        os._exit(0 if kingfisher.scrub(token) == "[redacted: github-pat]" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_compiled_rules_are_kept(tmp_path: Path) -> None:
    KingfisherScanner(tmp_path / "rules").ready()
    assert list((tmp_path / "rules").iterdir()) != []
    assert KingfisherScanner(tmp_path / "rules").secrets(SHAPES["Linear"][1]()) != []
