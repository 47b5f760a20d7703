from textkit.wrap import wrap


def test_large_text():
    text = "lorem ipsum dolor sit amet " * 2000
    lines = wrap(text, 80)
    assert " ".join(lines) == text.strip()
    assert len(lines) > 100


def test_one_word_per_line():
    assert wrap("alpha beta gamma", 5) == ["alpha", "beta", "gamma"]
