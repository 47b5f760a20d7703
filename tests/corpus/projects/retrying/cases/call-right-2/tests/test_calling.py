import pytest

from retrying.calling import call
from retrying.errors import PermanentError, TemporaryError


def failing(times, error=TemporaryError, result="ok"):
    """A function that fails so many times, and a list of its calls."""
    calls = []

    def function():
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise error(f"try {len(calls)}")
        return result

    return function, calls


@pytest.mark.parametrize("times", range(4))
def test_works_within_its_tries(times):
    function, calls = failing(times)
    slept = []
    assert call(function, (1.0, 2.0, 3.0), slept.append) == "ok"
    assert calls == list(range(1, times + 2))
    assert slept == [1.0, 2.0, 3.0][:times]


def test_gives_up_with_the_last_error():
    function, calls = failing(99)
    slept, told = [], []
    with pytest.raises(TemporaryError, match="try 4"):
        call(function, (1.0, 2.0, 3.0), slept.append, on_retry=told.append)
    assert len(calls) == 4
    assert slept == [1.0, 2.0, 3.0]
    assert [str(error) for error in told] == ["try 1", "try 2", "try 3"]


@pytest.mark.parametrize("error", [PermanentError, OSError])
def test_other_errors_are_not_tried_again(error):
    function, calls = failing(1, error)
    slept = []
    with pytest.raises(error):
        call(function, (1.0,), slept.append)
    assert (calls, slept) == ([1], [])


def test_a_pause_of_no_length_is_a_pause():
    function, calls = failing(2)
    assert call(function, (0, 0), lambda pause: None) == "ok"
    assert len(calls) == 3
