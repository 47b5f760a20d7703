import pytest

from contacts.importing import MissingColumn, Status, import_contacts


@pytest.fixture
def book():
    return {"bob@x.org": "Bob", "cy@x.org": "Cyrus"}


def test_statuses(book):
    text = "name,email\nAda,ada@x.org\nBob,bob@x.org\nCy,cy@x.org\n,no@x.org\nEve,eve\n"
    results = import_contacts(text, book)
    assert [result.status for result in results] == [
        Status.ADDED,
        Status.UNCHANGED,
        Status.UPDATED,
        Status.REJECTED,
        Status.REJECTED,
    ]
    assert book == {"ada@x.org": "Ada", "bob@x.org": "Bob", "cy@x.org": "Cy"}


def test_lines_are_in_order(book):
    results = import_contacts("name,email\nA,a@x\nB,b@x\nC,c@x\n", book)
    lines = [result.line for result in results]
    assert lines == sorted(lines)
    assert len(set(lines)) == 3


def test_missing_column(book):
    with pytest.raises(MissingColumn, match="email"):
        import_contacts("name\nAda\n", book)
