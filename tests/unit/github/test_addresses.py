"""From the API's address to the pages."""

import pytest

from integrations.github import GitHubCodeHost, fixed_token
from integrations.github.addresses import web_url_of
from integrations.github.connection import Connection


@pytest.mark.parametrize(
    ("api_url", "web_url"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://api.github.com/", "https://github.com"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com"),
        ("https://git.acme.example/api/v3", "https://git.acme.example"),
        ("https://git.acme.example:8443/api/v3/", "https://git.acme.example:8443"),
        ("https://api.acme.example/api/v3", "https://api.acme.example"),
        ("http://127.0.0.1:8080/github", "http://127.0.0.1:8080/github"),
    ],
)
def test_the_web_address(api_url: str, web_url: str) -> None:
    assert web_url_of(api_url) == web_url
    code_host = GitHubCodeHost(Connection(api_url), fixed_token("t"))
    assert code_host.file_url("a/b", "main", "x/y.md") == f"{web_url}/a/b/blob/main/x/y.md"


def test_the_web_address_can_be_given() -> None:
    connection = Connection("https://api.github.com")
    code_host = GitHubCodeHost(connection, fixed_token("t"), web_url="https://git.example/")
    assert code_host.file_url("a/b", "m", "x") == "https://git.example/a/b/blob/m/x"
