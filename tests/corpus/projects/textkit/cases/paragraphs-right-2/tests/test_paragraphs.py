from textkit.paragraphs import wrap_text


class TestParagraphs:
    def test_nothing(self):
        assert wrap_text("", 10) == []
        assert wrap_text("  \n \n", 10) == []

    def test_lines_of_a_paragraph_are_joined(self):
        assert wrap_text("one\ntwo three", 8) == ["one two", "three"]

    def test_one_empty_line_between_paragraphs(self):
        assert wrap_text("one\n\ntwo\n   \n\nthree\n\n", 20) == ["one", "", "two", "", "three"]

    def test_leading_blank_lines_are_dropped(self):
        assert wrap_text("\n\none", 20) == ["one"]


class TestLongWords:
    def test_cut_at_the_width(self):
        assert wrap_text("abcde", 5) == ["abcde"]
        assert wrap_text("abcdef", 5) == ["abcde", "f"]
        assert wrap_text("abcdefghijk", 5) == ["abcde", "fghij", "k"]

    def test_the_rest_is_a_usual_word(self):
        assert wrap_text("so abcdefg hi", 5) == ["so", "abcde", "fg hi"]


class TestCode:
    def test_stays_as_it_is(self):
        text = "see\n\n    a  =  b\n        c\n\nand so on"
        assert wrap_text(text, 6) == ["see", "", "    a  =  b", "        c", "", "and so", "on"]

    def test_needs_no_blank_line(self):
        assert wrap_text("see\n    code\nand", 4) == ["see", "    code", "and"]

    def test_three_spaces_are_no_code(self):
        assert wrap_text("   x\n y", 9) == ["x y"]
