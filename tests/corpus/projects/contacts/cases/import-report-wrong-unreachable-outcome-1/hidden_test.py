import pytest

from contacts.importing import MissingColumn, Status, import_contacts

TEXT = "name,email\nAda,ada@x.org\nBob,bob@x.org\nCy,cy@x.org\n,dan@x.org\nEve,eve\nFay,fay@x.org\n"


def test_import():
    book = {"bob@x.org": "Robert", "cy@x.org": "Cy"}
    results = import_contacts(TEXT, book)
    assert [(r.line, r.status) for r in results] == [
        (2, Status.ADDED),
        (3, Status.UPDATED),
        (4, Status.UNCHANGED),
        (5, Status.REJECTED),
        (6, Status.REJECTED),
        (7, Status.ADDED),
    ]
    assert book == {"ada@x.org": "Ada", "bob@x.org": "Bob", "cy@x.org": "Cy", "fay@x.org": "Fay"}


@pytest.mark.parametrize(("text", "name"), [("name\nAda\n", "email"), ("email\na@x\n", "name")])
def test_missing(text, name):
    with pytest.raises(MissingColumn, match=name):
        import_contacts(text, {})


def test_empty_file():
    with pytest.raises(MissingColumn):
        import_contacts("", {})
