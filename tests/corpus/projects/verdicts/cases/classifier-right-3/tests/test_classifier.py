import pytest

from classifier import Verdict, classify
from phases import Phase, TestRun


class TestRed:
    def test_failing_tests_are_what_we_want(self):
        assert classify(Phase.RED, TestRun(1, "AssertionError")) is Verdict.RED_OK

    def test_passing_tests_prove_nothing(self):
        assert classify(Phase.RED, TestRun(0)) is Verdict.RED_PASSED


class TestGreen:
    def test_passing_tests_are_what_we_want(self):
        assert classify(Phase.GREEN, TestRun(0)) is Verdict.GREEN_OK

    def test_failing_tests_are_not(self):
        assert classify(Phase.GREEN, TestRun(1, "AssertionError")) is Verdict.GREEN_FAIL


@pytest.mark.parametrize("phase", [Phase.RED, Phase.GREEN])
class TestBroken:
    def test_interrupted(self, phase):
        assert classify(phase, TestRun(2)) is Verdict.BROKEN

    def test_no_tests(self, phase):
        assert classify(phase, TestRun(5)) is Verdict.BROKEN

    def test_syntax_error(self, phase):
        assert classify(phase, TestRun(1, "SyntaxError")) is Verdict.BROKEN
