"""``fleet calibrate`` as it is typed: real containers, and scripted judges."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from integrations.stubs.models import Answer, Prompt, Rule, Script
from integrations.stubs.server import Stubs
from tests.e2e.local.person import Ended, Person, repository

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SHOP = {
    "shop/__init__.py": "",
    "shop/money.py": 'def total(prices):\n    """In cents."""\n    return sum(prices)\n',
    "shop/tax.py": 'def tax(cents):\n    """Rounded down."""\n    return cents * 19 // 100\n',
    "tests/test_shop.py": (
        "from shop.money import total\nfrom shop.tax import tax\n\n\n"
        "def test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_tax():\n    assert tax(200) == 38\n"
    ),
    "pyproject.toml": (
        '[project]\nname = "shop"\nversion = "0"\n\n'
        '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = "-p no:cacheprovider"\n'
    ),
}
GOOD = {"shop/money.py": "return sum(prices)", "shop/tax.py": "return cents * 19 // 100"}
CASES = 6
"""Of the first file its own code, two faults and another file's; of the second its code and one
fault: two good ones and four bad ones.
"""


@pytest.fixture
def shop(tmp_path: Path) -> Person:
    home = tmp_path / "home"
    home.mkdir()
    return Person(home, repository(tmp_path / "shop", SHOP))


def judged(*, met: bool) -> Answer:
    told: dict[str, Any] = {"number": 1, "status": "met" if met else "not met", "note": "seen"}
    told["quotation"] = "+def t" if met else ""
    return Answer(structured={"criteria": [told], "feedback": "" if met else "It is wrong."})


def perfect(prompt: Prompt) -> Answer:
    """Knows the right code of each file, and believes nothing else."""
    asked = next(path for path in GOOD if f"Write {path}" in prompt.conversation)
    return judged(met=f"+    {GOOD[asked]}\n" in prompt.conversation)


def gullible(_prompt: Prompt) -> Answer:
    return judged(met=True)


def calibrated(shop: Person, model: str) -> Ended:
    where = ("--repo", str(shop.repository), "--model", model)
    return shop.fleet("calibrate", *where, "--cases", str(CASES))


def figures(done: Ended) -> tuple[int, ...]:
    """False accepts, bad ones, false rejects, good ones."""
    found = re.search(r"False accepts: (\d+) of (\d+)\. False rejects: (\d+) of (\d+)\.", done.out)
    assert found is not None, done.said
    return tuple(int(number) for number in found.groups())


@pytest.mark.parametrize(
    ("judge", "wanted", "code"),
    [
        pytest.param(perfect, (0, 4, 0, 2), 0, id="perfect"),
        pytest.param(gullible, (4, 4, 0, 2), 1, id="gullible"),
    ],
)
def test_the_figures_of_a_scripted_judge_are_as_counted_by_hand(
    shop: Person, stubs: Stubs, judge: Any, wanted: tuple[int, ...], code: int
) -> None:
    shop.settings |= {"OPENAI_BASE_URL": f"{stubs.url}/openai/v1", "OPENAI_API_KEY": "sk-x"}
    stubs.models.script = Script([Rule([judge], model="judge", repeat=True)])
    done = calibrated(shop, "openai:judge")
    assert figures(done) == wanted, done.said
    assert done.code == code
    kept = json.loads((shop.home / "data" / "calibration.json").read_text())["openai:judge"]
    assert (kept["false_accepts"], kept["bad"], kept["false_rejects"], kept["good"]) == wanted
    assert bool(kept["warning"]) is (code == 1)
