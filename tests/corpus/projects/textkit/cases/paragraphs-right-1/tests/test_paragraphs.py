import pytest

from textkit.paragraphs import wrap_text

TEXT = """
A first paragraph with a link: https://example.org/a/very/long/path?with=a&query=too
and more words.


The second one.

    $ some command --with options that are longer than the width
    output

The last.
"""


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, []),
        (" \n\n", 5, []),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one\ntwo", 7, ["one two"]),
        ("one\n\ntwo", 9, ["one", "", "two"]),
        ("one\n \n\t\n\ntwo\n", 9, ["one", "", "two"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
        ("abcdefghi jk", 4, ["abcd", "efgh", "i jk"]),
        ("xy abcdef", 4, ["xy", "abcd", "ef"]),
        ("    as it is", 4, ["    as it is"]),
        ("a b\n    c  d\ne f", 3, ["a b", "    c  d", "e f"]),
        ("   three spaces", 5, ["three", "space", "s"]),
    ],
)
def test_lines(text, width, lines):
    assert wrap_text(text, width) == lines


@pytest.mark.parametrize("width", range(1, 40))
def test_no_prose_is_longer_than_the_width(width):
    prose = [line for line in wrap_text(TEXT, width) if not line.startswith("    ")]
    assert max(map(len, prose)) == width


def test_whole_text():
    assert wrap_text(TEXT, 80) == [
        "A first paragraph with a link:",
        "https://example.org/a/very/long/path?with=a&query=too and more words.",
        "",
        "The second one.",
        "",
        "    $ some command --with options that are longer than the width",
        "    output",
        "",
        "The last.",
    ]
