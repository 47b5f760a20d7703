import pytest

from contacts.headers import DuplicateColumn, canonical


@pytest.mark.parametrize(
    ("ours", "written"),
    [
        ("email", ["email", "mail", "e-mail address", "e-mail", "E-MAIL", "e_mail", "Mail "]),
        ("name", ["name", "full name", "display name", "Full_Name", "DisplayName"]),
        ("phone", ["phone", "mobile", "telephone", "Tele-Phone"]),
    ],
)
def test_our_columns(ours, written):
    assert [canonical([column]) for column in written] == [[ours]] * len(written)


@pytest.mark.parametrize("column", ["Birthday", "mailbox", "first-name", ""])
def test_unknown_columns_stay(column):
    assert canonical([f" {column} "]) == [column]


def test_order_is_kept():
    assert canonical(["Mobile", "Note", "E-Mail", "Full Name"]) == ["phone", "Note", "email", "name"]


def test_no_columns():
    assert canonical([]) == []


@pytest.mark.parametrize(
    ("header", "name"),
    [(["Mail", "x", "E-Mail"], "'email'"), (["Note", " Note"], "'Note'"), (["a", "b", "b"], "'b'")],
)
def test_duplicates(header, name):
    with pytest.raises(DuplicateColumn, match=name):
        canonical(header)
