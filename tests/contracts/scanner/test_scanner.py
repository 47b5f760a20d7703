"""What every SecretScanner keeps."""

from typing import Protocol

import pytest

from integrations.memory.scanner import MemoryScanner
from integrations.secrets import KingfisherScanner
from tests.contracts.scanner.shapes import SHAPES, some
from worker.domain.protection import FoundSecret
from worker.ports import SecretScanner

TOKEN = SHAPES["GitHub personal"][1]()
KEY = SHAPES["PKCS 8"][1]()
KNOWN = {
    "ghp_[A-Za-z0-9]{36}": "github-pat",
    "(?s)-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----": "private-key",
}


class Scrubbing(SecretScanner, Protocol):
    def scrub(self, text: str) -> str: ...


@pytest.fixture(params=["memory", "kingfisher"])
def scanner(request: pytest.FixtureRequest, kingfisher: KingfisherScanner) -> Scrubbing:
    return MemoryScanner(KNOWN) if request.param == "memory" else kingfisher


@pytest.mark.parametrize("text", ["", "\n", "nothing\nof\nthe kind\n", f"ghp {some(36)}\n"])
def test_nothing(scanner: Scrubbing, text: str) -> None:
    assert list(scanner.secrets(text)) == []
    assert scanner.scrub(text) == text


def test_each_is_found_on_its_line(scanner: Scrubbing) -> None:
    other = TOKEN[:-6] + some(6)
    text = f"one\ntwo {TOKEN}\r\n{other} {TOKEN}\n\nünï cödé {other}"

    assert list(scanner.secrets(text)) == [
        FoundSecret("github-pat", TOKEN, 2),
        FoundSecret("github-pat", other, 3),
        FoundSecret("github-pat", TOKEN, 3),
        FoundSecret("github-pat", other, 5),
    ]


def test_what_spans_lines_is_on_its_first(scanner: Scrubbing) -> None:
    text = f"one\nkey:\n{KEY}\n{TOKEN}\n"

    found = list(scanner.secrets(text))

    assert [(secret.kind, secret.text, secret.line) for secret in found] == [
        ("private-key", KEY, 3),
        ("github-pat", TOKEN, 3 + len(KEY.splitlines())),
    ]


def test_scrubbing_leaves_everything_else(scanner: Scrubbing) -> None:
    text = f"ünï {TOKEN}\n\tx={TOKEN};\r\n{KEY}\nend\ud800"

    scrubbed = scanner.scrub(text)

    name, key = "[redacted: github-pat]", "[redacted: private-key]"
    assert scrubbed == f"ünï {name}\n\tx={name};\r\n{key}\nend\ud800"
    assert scanner.scrub(scrubbed) == scrubbed
