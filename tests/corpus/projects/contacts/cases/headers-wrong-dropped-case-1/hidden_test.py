import pytest

from contacts.headers import DuplicateColumn, canonical


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("email", "email"), ("E-Mail", "email"), ("MAIL", "email"), ("e_mail address", "email"),
        ("E-mail Address", "email"), ("name", "name"), ("Full Name", "name"),
        ("display_name", "name"), ("DisplayName", "name"), ("Phone", "phone"),
        ("mobile", "phone"), ("Telephone", "phone"), (" Shoe Size ", "Shoe Size"),
    ],
)
def test_column(written, ours):
    assert canonical([written]) == [ours]


def test_order():
    assert canonical(["Mobile", "X", "E-Mail"]) == ["phone", "X", "email"]


@pytest.mark.parametrize("header", [["mail", "E-Mail"], ["X", "x2", " X"], ["phone", "mobile"]])
def test_duplicates(header):
    with pytest.raises(DuplicateColumn):
        canonical(header)
