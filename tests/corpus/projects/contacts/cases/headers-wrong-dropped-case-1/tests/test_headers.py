import pytest

from contacts.headers import ALIASES, DuplicateColumn, canonical


def test_example():
    assert canonical(["E-Mail", "Full Name"]) == ["email", "name"]


@pytest.mark.parametrize(("alias", "expected"), ALIASES.items())
def test_aliases(alias, expected):
    assert canonical([alias]) == [expected]


def test_unknown_column_is_kept():
    assert canonical([" Birthday "]) == ["Birthday"]


def test_duplicate_column_is_a_value_error():
    assert issubclass(DuplicateColumn, ValueError)
