from unittest.mock import Mock

import pytest

from retrying.calling import call
from retrying.errors import PermanentError, TemporaryError


def test_success():
    sleep = Mock()
    assert call(lambda: 42, [1, 2], sleep) == 42
    sleep.assert_not_called()


def test_retry():
    sleep = Mock()
    function = Mock(side_effect=[TemporaryError("x"), TemporaryError("y"), "ok"])
    assert call(function, [1, 2], sleep) == "ok"
    assert [c.args for c in sleep.call_args_list] == [(1,), (2,)]


def test_gives_up():
    sleep = Mock()
    function = Mock(side_effect=TemporaryError("x"))
    call(function, [1, 2], sleep)
    assert function.call_count == 3
    assert sleep.call_count == 2


def test_permanent_error():
    sleep = Mock()
    with pytest.raises(PermanentError):
        call(Mock(side_effect=PermanentError("x")), [1, 2], sleep)
    sleep.assert_not_called()


def test_on_retry():
    on_retry = Mock()
    error = TemporaryError("x")
    call(Mock(side_effect=[error, 1]), [1], Mock(), on_retry=on_retry)
    on_retry.assert_called_once_with(error)
