"""A test that takes what it expects from the code's own table."""

import pytest

from integrations.syntax import TreeSitterSyntax
from worker.domain.source import Check

SYNTAX = TreeSitterSyntax()
IMPORTS = "from orders import TABLE, Table, advance\n\n\n"


def checks(body: str, imports: str = IMPORTS) -> list[Check]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (fact,) = SYNTAX.tests("test_a.py", f"{imports}def test_it(key):\n{lines}\n")
    return list(fact.checks)


@pytest.mark.parametrize(
    "body",
    [
        "assert advance(key) == TABLE[key]",
        "assert TABLE[key] is advance(key)",
        "assert advance(key) == TABLE.get(key)",
        "expected = TABLE[key]\nassert advance(key) == expected",
        "source, target = TABLE[key]\nassert advance(source, key) is target",
        "for name, wanted in TABLE.items():\n    assert advance(name) == wanted",
        "for name, (a, b) in TABLE.items():\n    assert advance(name, a) == b",
    ],
)
def test_an_entry_of_the_codes_own_table_says_nothing(body: str) -> None:
    assert checks(body) == [Check.MIRROR]


@pytest.mark.parametrize(
    "body",
    [
        "assert TABLE[key] == 'PAID'",
        "assert advance(key) == Table.PAID",
        "assert advance(key) == OWN[key]",
        "assert TABLE[key] == TABLE[key + 1]",
        "for name in TABLE:\n    assert advance(name) == name",
        "table = load()\nassert advance(key) == table[key]",
    ],
)
def test_a_table_that_is_looked_at_itself_or_is_the_tests_own_does(body: str) -> None:
    assert checks(body) == [Check.VALUE]


def test_what_is_imported_by_another_name_is_known_by_it() -> None:
    imports = "from orders import table as TABLE\n\n\n"
    assert checks("assert advance(key) == TABLE[key]", imports) == [Check.MIRROR]


def test_a_table_that_is_imported_is_as_fixed_as_any_other() -> None:
    assert checks("assert advance(key) in TABLE") == [Check.MEMBERSHIP]
