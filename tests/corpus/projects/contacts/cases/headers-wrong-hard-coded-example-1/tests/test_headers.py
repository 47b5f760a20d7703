import pytest

from contacts.headers import DuplicateColumn, canonical


def test_example_from_story():
    assert canonical(["E-Mail", "Full Name"]) == ["email", "name"]


def test_already_canonical():
    assert canonical(["name", "email", "phone"]) == ["name", "email", "phone"]


def test_case_is_ignored():
    assert canonical(["MAIL", "NAME", "Mobile"]) == ["email", "name", "phone"]


def test_unknown_columns():
    assert canonical(["Notes "]) == ["Notes"]


def test_duplicates():
    with pytest.raises(DuplicateColumn):
        canonical(["email", "E-Mail"])
