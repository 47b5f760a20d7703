import pytest

from contacts.importing import MissingColumn, RowResult, Status, import_contacts

HEADER = "name,email\n"


@pytest.mark.parametrize(
    ("row", "status", "name"),
    [
        ("Ada,new@example.org", Status.ADDED, "Ada"),
        ("Ada,known@example.org", Status.UPDATED, "Ada"),
        ("Bob,known@example.org", Status.UNCHANGED, "Bob"),
    ],
)
def test_status_of_a_good_row(row, status, name):
    book = {"known@example.org": "Bob"}
    assert import_contacts(HEADER + row, book) == [RowResult(2, status)]
    assert book[row.partition(",")[2]] == name


@pytest.mark.parametrize("row", [",known@example.org", "Ada,", "Ada,known.example.org", "  ,x@y"])
def test_a_rejected_row_changes_nothing(row):
    book = {"known@example.org": "Bob"}
    assert import_contacts(HEADER + row, book) == [RowResult(2, Status.REJECTED)]
    assert book == {"known@example.org": "Bob"}


def test_the_import_goes_on_and_lines_are_those_of_the_file():
    book = {}
    results = import_contacts(HEADER + "A,a@x\nnobody,\nB,b@x\nA,a@x\n", book)
    assert [(result.line, result.status.name) for result in results] == [
        (2, "ADDED"),
        (3, "REJECTED"),
        (4, "ADDED"),
        (5, "UNCHANGED"),
    ]
    assert book == {"a@x": "A", "b@x": "B"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [("name,mail\nA,a@x\n", "'email'"), ("email\na@x\n", "'name'"), ("", "'name'")],
)
def test_missing_column(text, missing):
    book = {}
    with pytest.raises(MissingColumn, match=missing):
        import_contacts(text, book)
    assert book == {}
