from itertools import product

from classifier import Verdict, classify
from phases import Phase, TestRun


def test_red():
    assert classify(Phase.RED, TestRun(1, "1 failed")) == Verdict.RED_OK
    assert classify(Phase.RED, TestRun(0, "1 passed")) == Verdict.RED_PASSED


def test_green():
    assert classify(Phase.GREEN, TestRun(0)) == Verdict.GREEN_OK
    assert classify(Phase.GREEN, TestRun(1)) == Verdict.GREEN_FAIL


def test_broken():
    for phase in Phase:
        for code in range(2, 6):
            assert classify(phase, TestRun(code)) == Verdict.BROKEN
        assert classify(phase, TestRun(1, "SyntaxError: '(' was never closed")) == Verdict.BROKEN


def test_every_verdict_can_be_given():
    given = {classify(phase, TestRun(code)) for phase, code in product(Phase, range(3))}
    assert given == set(Verdict)
