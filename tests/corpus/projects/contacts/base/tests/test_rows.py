from contacts.rows import read_header, read_rows

TEXT = "name,email\nAda, ada@example.org\nBob,\n"


def test_header():
    assert read_header(TEXT) == ["name", "email"]
    assert read_header("") == []


def test_rows():
    assert read_rows(TEXT) == [
        {"name": "Ada", "email": "ada@example.org"},
        {"name": "Bob", "email": ""},
    ]
