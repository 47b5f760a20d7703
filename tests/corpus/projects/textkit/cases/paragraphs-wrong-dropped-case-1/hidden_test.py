import pytest

from textkit.paragraphs import wrap_text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, []),
        ("\n  \n", 5, []),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one\ntwo", 7, ["one two"]),
        ("one\n\ntwo", 7, ["one", "", "two"]),
        ("one\n \n\ntwo", 7, ["one", "", "two"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
        ("abcdefghi jk", 4, ["abcd", "efgh", "i jk"]),
        ("xy abcdef", 4, ["xy", "abcd", "ef"]),
        ("abcd ef", 4, ["abcd", "ef"]),
        ("a\n\n    code is long\n\nb", 4, ["a", "", "    code is long", "", "b"]),
    ],
)
def test_lines(text, width, lines):
    assert list(wrap_text(text, width)) == lines
