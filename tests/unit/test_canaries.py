"""What every proof that no secret came out rests on: a canary is found however it is written."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.canaries import Finder, canary

SECRET = canary('sk-"/+ ', "zzUnitzz")
FINDER = Finder({"KEY": SECRET, "OTHER": canary("ghp_", "zzUnitzz")})
WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "backwards": lambda text: text[::-1],
    "in hex": lambda text: text.encode().hex(),
    "in a URL": lambda text: quote(text, safe=""),
    "in JSON": json.dumps,
    **{
        f"in base64 after {shift}": lambda text, shift=shift: base64.b64encode(  # type: ignore[misc]
            b"x" * shift + text.encode() + b"yy"
        ).decode()
        for shift in range(6)
    },
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_it_is_found_however_it_is_written(write: Callable[[str], str]) -> None:
    text = f"…{write(SECRET)}…"
    assert FINDER.found_in(text) == FINDER.found_in(text.encode()) == {"KEY"}


def test_nothing_is_found_where_there_is_none() -> None:
    assert FINDER.found_in(canary("sk-", "zzUnitzz")) == set()
