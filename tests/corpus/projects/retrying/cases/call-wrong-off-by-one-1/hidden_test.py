import pytest

from retrying.calling import call
from retrying.errors import PermanentError, TemporaryError


class Play:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_result_after_retries():
    slept, seen = [], []
    busy, again = TemporaryError("a"), TemporaryError("b")
    play = Play(busy, again, "done")
    assert call(play, [1, 2, 3], slept.append, on_retry=seen.append) == "done"
    assert slept == [1, 2]
    assert seen == [busy, again]


def test_falsy_result():
    play = Play(None)
    assert call(play, [1], lambda _: None) is None
    assert play.calls == 1


def test_last_error():
    errors = [TemporaryError(str(n)) for n in range(3)]
    slept, seen = [], []
    play = Play(*errors)
    with pytest.raises(TemporaryError) as caught:
        call(play, [1, 2], slept.append, on_retry=seen.append)
    assert caught.value is errors[2]
    assert play.calls == 3
    assert slept == [1, 2]
    assert seen == errors[:2]


def test_no_pauses():
    play = Play(TemporaryError("x"))
    with pytest.raises(TemporaryError):
        call(play, [], lambda _: None)
    assert play.calls == 1


@pytest.mark.parametrize("error", [PermanentError("x"), KeyError("x")])
def test_other_errors(error):
    slept = []
    play = Play(TemporaryError("x"), error)
    with pytest.raises(type(error)):
        call(play, [1, 2], slept.append)
    assert slept == [1]
