from unittest.mock import Mock

import pytest

from retrying.calling import call
from retrying.errors import PermanentError, TemporaryError


def test_returns_the_result():
    assert call(lambda: "ok", [1, 2, 3], Mock()) == "ok"


def test_retries_after_temporary_error():
    function = Mock(side_effect=[TemporaryError("busy"), "ok"])
    sleep = Mock()
    assert call(function, [1, 2, 3], sleep) == "ok"
    sleep.assert_called_once_with(1)


def test_raises_last_error():
    function = Mock(side_effect=TemporaryError("busy"))
    with pytest.raises(TemporaryError):
        call(function, [1, 2, 3], Mock())
    assert function.call_count > 1


def test_permanent_error_is_raised_immediately():
    function = Mock(side_effect=PermanentError("no"))
    with pytest.raises(PermanentError):
        call(function, [1, 2, 3], Mock())
    function.assert_called_once()


def test_on_retry_is_called():
    function = Mock(side_effect=[TemporaryError("busy"), "ok"])
    on_retry = Mock()
    call(function, [1, 2, 3], Mock(), on_retry=on_retry)
    on_retry.assert_called_once()
