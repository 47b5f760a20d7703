"""The house rules that no linter knows: sizes, docstrings, doubles, the environment, the edges."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from integrations.memory.agents import ScriptedAgent
from integrations.memory.bell import MemoryBell
from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.gateway import MemoryDoor, MemoryGateway
from integrations.memory.judge import ScriptedJudge
from integrations.memory.repositories import MemoryCheckout, MemoryRepositories
from integrations.memory.rule_writer import ScriptedRuleWriter
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.runners import MemoryRunners
from integrations.memory.sandboxes import MemorySandbox, MemorySandboxes
from integrations.memory.scanner import MemoryScanner
from integrations.memory.sessions import MemorySessions
from integrations.memory.syntax import MemorySyntax
from integrations.memory.tracker import MemoryTracker
from worker import ports

ROOT = Path(__file__).parents[2]
MODULES = sorted(p for part in ("worker", "integrations") for p in (ROOT / part).rglob("*.py"))

LONGEST_FILE = 250
LONGEST_FUNCTION = 40
LONGER_FILES = {"worker/ports.py": 560}
"""Every port in one file, so that one reading tells what the fleet depends on."""

DOUBLES: dict[type, tuple[type, str]] = {
    ports.Tracker: (MemoryTracker, "tracker"),
    ports.CodeHost: (MemoryCodeHost, "code_host"),
    ports.Repositories: (MemoryRepositories, "repositories"),
    ports.Checkout: (MemoryCheckout, "repositories"),
    ports.Sandboxes: (MemorySandboxes, "sandboxes"),
    ports.Sandbox: (MemorySandbox, "sandboxes"),
    ports.CodingAgent: (ScriptedAgent, "agents"),
    ports.Sessions: (MemorySessions, "sessions"),
    ports.Gateway: (MemoryGateway, "gateway"),
    ports.Door: (MemoryDoor, "gateway"),
    ports.Judge: (ScriptedJudge, "judge"),
    ports.RuleWriter: (ScriptedRuleWriter, "rule_writer"),
    ports.SecretScanner: (MemoryScanner, "scanner"),
    ports.TestRunners: (MemoryRunners, "runners"),
    ports.Syntax: (MemorySyntax, "syntax"),
    ports.RunStore: (MemoryRunStore, "run_store"),
    ports.Bell: (MemoryBell, "bell"),
}
"""Each port to the outside: its adapter in memory, and its suite below tests/contracts."""

WITHOUT_DOUBLE = {
    ports.Clock: "two lines over the machine's clocks; a test writes its own still one",
    ports.WebhookSource: "pure: bytes in, a Delivery out; tested on recorded deliveries",
    ports.Observer: "told by the core, not asked; implemented inside worker",
}
"""Protocols that stand for nothing outside, and why."""

EDGES = {
    "worker/web/webhooks.py": "a request: the sender is answered, whatever happened",
    "integrations/gateway/registries/proxy.py": "one connection must not end the others",
    "worker/web/ringer.py": "a thread: one ring that fails must not silence the later ones",
}
"""Where any exception may be caught."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, Any]]:
    """Every node of these kinds in the product, with its file."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            if isinstance(node, kinds):
                yield name_of(path), node


def protocols() -> set[type]:
    return {
        member
        for member in vars(ports).values()
        if isinstance(member, type)
        and getattr(member, "_is_protocol", False)
        and member.__module__ == ports.__name__
    }


def methods(protocol: type) -> set[str]:
    return {name for name, member in vars(protocol).items() if callable(member)} - {
        name for name in vars(protocol) if name.startswith("_")
    }


def test_the_product_is_found() -> None:
    names = {name_of(path) for path in MODULES}
    assert {"worker/director/policy.py", "integrations/docker/sandboxes.py"} <= names


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    long = {n: lines for n, lines in lengths.items() if lines > LONGER_FILES.get(n, LONGEST_FILE)}
    assert long == {}
    assert all(lengths[name] > LONGEST_FILE for name in LONGER_FILES), "an exception too many"


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": lines
        for name, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if (lines := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [name_of(path) for path in MODULES if not (ast.get_docstring(tree(path)) or "")]
    assert silent == []


def test_every_port_to_the_outside_has_a_double_and_a_contract() -> None:
    assert protocols() == set(DOUBLES) | set(WITHOUT_DOUBLE)
    assert not set(DOUBLES) & set(WITHOUT_DOUBLE)
    with_ports = set(get_type_hints(ports.Ports).values())
    assert {port for port in with_ports if port in protocols()} <= {*DOUBLES, ports.Clock}


@pytest.mark.parametrize("port", DOUBLES, ids=lambda port: port.__name__)
def test_a_double_has_every_method_of_its_port(port: type) -> None:
    double, _ = DOUBLES[port]
    assert methods(port) <= set(dir(double))
    assert double.__module__.startswith("integrations.memory.")


@pytest.mark.parametrize("port", DOUBLES, ids=lambda port: port.__name__)
def test_a_ports_contract_is_run_over_its_double(port: type) -> None:
    double, folder = DOUBLES[port]
    suite = sorted((ROOT / "tests" / "contracts" / folder).glob("*.py"))
    assert any(path.name.startswith("test_") for path in suite)
    module = double.__module__
    assert any(module in path.read_text(encoding="utf-8") for path in suite)


def test_only_the_settings_read_the_environment() -> None:
    read = {
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.Attribute, ast.ImportFrom)
        if _reads_environment(node) and not name.startswith("worker/settings/")
    }
    assert read == set()


def _reads_environment(node: ast.Attribute | ast.ImportFrom) -> bool:
    variables = {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.Attribute):
        return node.attr in variables and isinstance(node.value, ast.Name) and node.value.id == "os"
    return node.module == "os" and bool({alias.name for alias in node.names} & variables)


def test_any_exception_is_caught_only_at_an_edge() -> None:
    caught = {name for name, node in nodes(ast.ExceptHandler) if _catches_all(node)}
    suppressed = {name for name, node in nodes(ast.Call) if _suppresses_all(node)}
    assert caught | suppressed == set(EDGES)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether it stops every exception; one that only tidies up and raises it again does not."""
    again = handler.body[-1]
    if isinstance(again, ast.Raise) and again.exc is None:
        return False
    return handler.type is None or _any_exception(handler.type)


def _suppresses_all(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "suppress" and any(_any_exception(argument) for argument in call.args)


def _any_exception(expression: ast.expr) -> bool:
    named = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
    return bool({"Exception", "BaseException"} & named)
