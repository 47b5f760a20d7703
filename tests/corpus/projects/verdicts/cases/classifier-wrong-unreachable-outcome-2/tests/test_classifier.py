from classifier import Verdict, classify
from phases import Phase, TestRun


class TestClassify:
    def test_red_ok(self):
        assert classify(Phase.RED, TestRun(1, "1 failed")) is Verdict.RED_OK

    def test_red_passed(self):
        assert classify(Phase.RED, TestRun(0, "1 passed")) is Verdict.RED_PASSED

    def test_green_ok(self):
        assert classify(Phase.GREEN, TestRun(0, "1 passed")) is Verdict.GREEN_OK

    def test_green_not_ok(self):
        assert classify(Phase.GREEN, TestRun(1, "1 failed")) is not Verdict.GREEN_OK

    def test_broken(self):
        assert classify(Phase.RED, TestRun(2)) is Verdict.BROKEN
        assert classify(Phase.GREEN, TestRun(1, "SyntaxError")) is Verdict.BROKEN
