import pytest

from contacts.headers import SYNONYMS, DuplicateColumn, canonical


def test_example():
    assert canonical(["E-Mail", "Full Name"]) == ["email", "name"]


def test_what_the_story_lists():
    assert [canonical([c])[0] for c in ("email", "mail", "e-mail address", "e-mail")] == ["email"] * 4
    assert [canonical([c])[0] for c in ("name", "full name", "display name")] == ["name"] * 3
    assert [canonical([c])[0] for c in ("phone", "mobile", "telephone")] == ["phone"] * 3


@pytest.mark.parametrize("ours", SYNONYMS)
def test_spelling_does_not_matter(ours):
    for synonym in SYNONYMS[ours]:
        for written in (synonym.upper(), f" {synonym} ", "-".join(synonym), "_".join(synonym)):
            assert canonical([written]) == [ours]


def test_unknown():
    assert canonical(["  Date of birth", "x_y"]) == ["Date of birth", "x_y"]


def test_nothing():
    assert canonical([]) == []


def test_duplicates_are_named():
    with pytest.raises(DuplicateColumn, match="column phone is there twice") as caught:
        canonical(["name", "Mobile", "Phone"])
    assert caught.value.column == "phone"


def test_unknown_duplicates():
    with pytest.raises(DuplicateColumn):
        canonical(["x", "y", "x "])
