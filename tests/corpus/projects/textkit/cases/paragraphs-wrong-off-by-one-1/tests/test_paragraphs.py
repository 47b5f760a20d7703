import pytest

from textkit.paragraphs import wrap_text


def test_empty_text():
    assert wrap_text("", 10) == []


def test_paragraphs():
    assert wrap_text("one two\n\nthree", 5) == ["one", "two", "", "three"]
    assert wrap_text("one\n\n\ntwo", 10) == ["one", "", "two"]


def test_long_word_is_cut():
    lines = wrap_text("abcdefghijklmnop", 5)
    assert lines[0] == "abcde"
    assert "".join(lines) == "abcdefghijklmnop"


@pytest.mark.parametrize("width", [5, 10, 20])
def test_short_words(width):
    text = "a quick brown fox jumps over the lazy dog " * 3
    assert all(len(line) <= width for line in wrap_text(text, width))


def test_code_is_kept():
    assert wrap_text("    print('hello world')", 5) == ["    print('hello world')"]
