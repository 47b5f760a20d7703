from contacts.importing import MissingColumn, RowResult, Status, import_contacts


def test_added():
    book = {}
    assert import_contacts("name,email\nAda,ada@x.org\n", book) == [RowResult(2, Status.ADDED)]
    assert book == {"ada@x.org": "Ada"}


def test_updated():
    book = {"ada@x.org": "Someone"}
    assert import_contacts("name,email\nAda,ada@x.org\n", book) == [RowResult(2, Status.UPDATED)]
    assert book == {"ada@x.org": "Ada"}


def test_unchanged():
    book = {"ada@x.org": "Ada"}
    assert import_contacts("name,email\nAda,ada@x.org\n", book)[0].status is Status.UNCHANGED


def test_rejected_and_continue():
    book = {}
    results = import_contacts("name,email\n,a@x\nBob,bob\nCy,cy@x\n", book)
    assert [r.status for r in results] == [Status.REJECTED, Status.REJECTED, Status.ADDED]
    assert [r.line for r in results] == [2, 3, 4]


def test_missing_column():
    assert issubclass(MissingColumn, ValueError)
    results = import_contacts("name\nAda\n", {})
    assert all(r.status is not Status.ADDED for r in results)
