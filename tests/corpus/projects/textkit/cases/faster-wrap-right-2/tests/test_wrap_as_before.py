import random

import pytest

from textkit.wrap import wrap


def slow_wrap(text, width):
    """How it was done before."""
    lines, line = [], ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if line and len(candidate) > width:
            lines.append(line)
            line = word
        else:
            line = candidate
    return [*lines, line] if line else lines


@pytest.mark.parametrize("seed", range(40))
def test_same_lines_as_before(seed):
    dice = random.Random(seed)
    words = ["w" * dice.randint(1, 9) for _ in range(dice.randint(0, 40))]
    for width in range(1, 15):
        assert wrap(" ".join(words), width) == slow_wrap(" ".join(words), width)
