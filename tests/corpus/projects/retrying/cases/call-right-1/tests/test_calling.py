import pytest

from retrying.calling import call
from retrying.errors import PermanentError, TemporaryError


class Script:
    """Raises or returns what it is given, one after another."""

    def __init__(self, *steps):
        self.steps = list(steps)

    def __call__(self):
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step


@pytest.fixture
def slept():
    return []


BUSY = [TemporaryError(f"busy {n}") for n in range(3)]


@pytest.mark.parametrize("result", ["done", None, 0])
def test_first_try(result, slept):
    assert call(Script(result), [1, 2], slept.append) == result
    assert slept == []


def test_result_after_some_tries(slept):
    assert call(Script(BUSY[0], BUSY[1], "done"), [1, 2, 4], slept.append) == "done"
    assert slept == [1, 2]


def test_the_last_try(slept):
    assert call(Script(*BUSY, "done"), [1, 2, 4], slept.append) == "done"
    assert slept == [1, 2, 4]


def test_last_error_is_raised(slept):
    script = Script(*BUSY)
    with pytest.raises(TemporaryError, match="busy 2"):
        call(script, [1, 2], slept.append)
    assert slept == [1, 2]
    assert script.steps == []


def test_without_pauses_there_is_one_try(slept):
    script = Script(BUSY[0], "never")
    with pytest.raises(TemporaryError):
        call(script, [], slept.append)
    assert script.steps == ["never"]


@pytest.mark.parametrize("error", [PermanentError("no"), ZeroDivisionError()])
def test_other_errors_at_once(error, slept):
    with pytest.raises(type(error)):
        call(Script(error, "never"), [1, 2], slept.append)
    assert slept == []


def test_on_retry_sees_errors_before_the_pause(slept):
    seen = []
    with pytest.raises(TemporaryError):
        call(
            Script(*BUSY),
            [1, 2],
            lambda pause: seen.append(pause),
            on_retry=lambda error: seen.append(str(error)),
        )
    assert seen == ["busy 0", 1, "busy 1", 2]
