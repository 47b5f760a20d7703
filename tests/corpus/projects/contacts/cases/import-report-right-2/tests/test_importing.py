import pytest

from contacts.importing import MissingColumn, Status, import_contacts

FILE = """\
name,email,phone
Ada,ada@example.org,1
Bob,bob@example.org,2
Cem,cem@example.org,3
,dee@example.org,4
Eli,eli(at)example.org,5
Ada L.,ada@example.org,6
"""


@pytest.fixture
def book():
    return {"bob@example.org": "Bobby", "cem@example.org": "Cem"}


def test_every_row_gets_its_status(book):
    assert import_contacts(FILE, book) == [
        (2, Status.ADDED),
        (3, Status.UPDATED),
        (4, Status.UNCHANGED),
        (5, Status.REJECTED),
        (6, Status.REJECTED),
        (7, Status.UPDATED),
    ]


def test_the_book_afterwards(book):
    import_contacts(FILE, book)
    assert book == {
        "ada@example.org": "Ada L.",
        "bob@example.org": "Bob",
        "cem@example.org": "Cem",
    }


def test_twice_changes_nothing_more(book):
    import_contacts(FILE.replace("Ada L.", "Ada"), book)
    again = import_contacts(FILE.replace("Ada L.", "Ada"), book)
    assert {result.status for result in again} == {Status.UNCHANGED, Status.REJECTED}


def test_no_rows(book):
    assert import_contacts("name,email\n", book) == []


def test_missing_columns_are_named(book):
    with pytest.raises(MissingColumn, match="^email$"):
        import_contacts("name\nAda\n", book)
    with pytest.raises(MissingColumn, match="^name$"):
        import_contacts("email\na@x\n", book)
    with pytest.raises(MissingColumn, match="^email, name$"):
        import_contacts("", book)
