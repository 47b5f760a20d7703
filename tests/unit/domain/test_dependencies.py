"""The packages that manifests and lock files of many kinds name."""

import pytest

from worker.domain.dependencies import names

TEXTS = {
    "requirements-dev.txt": "# tools\nHTTPX>=0.28 ; python_version > '3'\n-r other.txt\nrich\n",
    "sub/pyproject.toml": """
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["httpx[http2]>=1"]
[project.optional-dependencies]
x = ["rich"]
[dependency-groups]
dev = ["pytest_cov", {include-group = "x"}]
[tool.poetry.dependencies]
python = "^3.11"
click = "*"
[tool.poetry.group.dev.dependencies]
mypy = "*"
""",
    "uv.lock": '[[package]]\nname = "httpx"\n[[package]]\nname = "anyio"\n',
    "package.json": '{"dependencies": {"@a/b": "1"}, "devDependencies": {"jest": "29"}}',
    "package-lock.json": '{"packages": {"": {}, "node_modules/a": {}, "x/node_modules/@c/d": {}}}',
    "go.mod": "module x\nrequire github.com/a/b v1.2.3\nrequire (\n\tgolang.org/x/c v0.1.0\n)\n",
    "Cargo.toml": '[dependencies]\nserde = "1"\n[dev-dependencies]\nrand = "0"\n',
    "Cargo.lock": '[[package]]\nname = "serde"\nversion = "1"\n',
    "Gemfile": "source 'x'\ngem 'rails', '~> 7'\n  gem \"puma\"\n",
}
FOUND = {
    "requirements-dev.txt": {"httpx", "rich"},
    "sub/pyproject.toml": {"hatchling", "httpx", "rich", "pytest-cov", "click", "mypy"},
    "uv.lock": {"httpx", "anyio"},
    "package.json": {"@a/b", "jest"},
    "package-lock.json": {"a", "@c/d"},
    "go.mod": {"github.com/a/b", "golang.org/x/c"},
    "Cargo.toml": {"serde", "rand"},
    "Cargo.lock": {"serde"},
    "Gemfile": {"rails", "puma"},
}


@pytest.mark.parametrize("path", TEXTS)
def test_names_are_read(path: str) -> None:
    assert names(path, TEXTS[path]) == FOUND[path]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("text", ["", "{", "[[[", "\x00", "[1]", '{"packages": 3}', "null"])
def test_what_cannot_be_read_names_nothing(path: str, text: str) -> None:
    assert isinstance(names(path, text), frozenset)


def test_other_files_name_nothing() -> None:
    assert names("src/httpx.py", "httpx") == frozenset()
