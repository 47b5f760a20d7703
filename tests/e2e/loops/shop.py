"""A small shop to be worked on: what it is on the base, and what an agent may write."""

FILES = {
    "shop.py": "def total(prices):\n    return sum(prices)\n",
    "tests/test_shop.py": (
        "from shop import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
    ),
    "pyproject.toml": '[project]\nname = "shop"\n\n[tool.pytest.ini_options]\npythonpath = ["."]\n',
}
SETTINGS = 'execution_command = "python3 -m pytest -q -p no:cacheprovider"\n'
FIRST = SETTINGS + 'mode = "test-first"\n'
STORY = """Large orders get a discount.

## Acceptance criteria
- `discounted(prices)` is the total, less 10 % where that is 100 or more
"""

NEW = "tests/test_discount.py"
GOOD_TESTS = """import pytest

from shop import discounted


@pytest.mark.parametrize(
    ("prices", "expected"),
    [([100], 90), ([60, 60], 108), ([99], 99), ([], 0)],
)
def test_discounted(prices, expected):
    assert discounted(prices) == expected
"""
GOOD_CODE = """def total(prices):
    return sum(prices)


def discounted(prices):
    whole = total(prices)
    if whole >= 100:
        return whole * 90 // 100
    return whole
"""
TESTS = {NEW: GOOD_TESTS}
CODE = {"shop.py": GOOD_CODE}
