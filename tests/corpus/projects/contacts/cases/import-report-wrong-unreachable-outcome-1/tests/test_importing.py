import pytest

from contacts.importing import MissingColumn, Status, import_contacts


def run(rows, book=None):
    book = {} if book is None else book
    return import_contacts("name,email\n" + rows, book), book


def test_new_contact_is_added():
    results, book = run("Ada,ada@x.org\n")
    assert results[0].status is Status.ADDED
    assert book["ada@x.org"] == "Ada"


def test_known_contact_is_updated():
    results, book = run("Ada,ada@x.org\n", {"ada@x.org": "A."})
    assert results[0].status is Status.UPDATED
    assert book["ada@x.org"] == "Ada"


def test_same_contact_keeps_its_name():
    results, book = run("Ada,ada@x.org\n", {"ada@x.org": "Ada"})
    assert results[0].status in list(Status)
    assert book["ada@x.org"] == "Ada"


@pytest.mark.parametrize("row", [",a@x.org\n", "Ada,nomail\n"])
def test_bad_rows_are_rejected(row):
    results, book = run(row)
    assert results[0].status is Status.REJECTED
    assert book == {}


def test_line_numbers():
    results, _ = run("A,a@x\nB,b@x\n")
    assert [r.line for r in results] == [2, 3]


@pytest.mark.parametrize("text", ["name\nA\n", "email\na@x\n"])
def test_missing_column(text):
    with pytest.raises(MissingColumn):
        import_contacts(text, {})
