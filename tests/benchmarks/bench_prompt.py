"""How long a round's prompt is after each of ten rounds with thirty findings in every one.

Usage: python -m tests.benchmarks.bench_prompt [ROUNDS] [FINDINGS] [--svg FILE]

Tokens are counted as words and marks, near what models count for English. Three runs: the same
findings in every round; others in every round, so that all of the last ones were mended; and half
of them coming back every second round. Beside each stands what a prompt with the whole history
would be.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.evidence import Finding
from worker.domain.verdict import by_command
from worker.rendering import prompts

FILES = [f"src/part_{n}.py" for n in range(60)]
GATES = ("rails",)
Names = Callable[[int, int], list[str]]


def tokens(text: str) -> int:
    """Words and marks."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def same(number: int, count: int) -> list[str]:
    """The same findings in every round."""
    del number
    return [f"f{n}" for n in range(count)]


def others(number: int, count: int) -> list[str]:
    """Others in every round."""
    return [f"r{number}f{n}" for n in range(count)]


def returning(number: int, count: int) -> list[str]:
    """Half of them, and then the other half."""
    return [f"f{2 * n + number % 2}" for n in range(count)]


SERIES: dict[str, Names] = {"the same": same, "others": others, "coming back": returning}


def round_of(names: Sequence[str]) -> tuple[ev.RunEvent, ...]:
    """One round that ended with these findings."""
    text = "This line adds what the settings of the repository do not allow. Take it out again."
    found = tuple(Finding("rails", f"src/{name}.py:7", f"{text} ({name})", name) for name in names)
    evidence = b.evidence(findings=found, gates=GATES, output="1 passed in 0.10s\n")
    return (
        ev.AgentReported(b.report()),
        ev.ExecutionFinished(evidence),
        ev.RoundJudged(by_command(b.CRITERIA, evidence)),
    )


def sizes(names: Names, rounds: int, findings: int) -> tuple[list[int], list[int]]:
    """Tokens of the prompt after each round, and of one that held every round's evidence."""
    events: list[ev.RunEvent] = list(b.started())
    ours, whole, history = [], [], 0
    for number in range(1, rounds + 1):
        events += round_of(names(number, findings))
        prompt = prompts.round_prompt(b.run(*events), FILES)
        history += tokens(prompt.partition("## What happened")[2])
        ours.append(tokens(prompt))
        whole.append(tokens(prompt.partition("## What happened")[0]) + history)
    return ours, whole


def plot(lines: dict[str, list[int]], rounds: int) -> str:
    """An SVG with a line for each series."""
    top = max(max(values) for values in lines.values())
    colours = ("#1f77b4", "#2ca02c", "#d62728", "#999999")
    parts = []
    for (name, values), colour in zip(lines.items(), colours, strict=False):
        spots = [
            (60 + 560 * n / max(1, rounds - 1), 280 - 250 * value / top)
            for n, value in enumerate(values)
        ]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in spots)
        x, y = spots[-1]
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 6:.0f}" y="{y + 4:.0f}" fill="{colour}">{name}</text>')
    axis = (
        '<path d="M60 20V280H630" fill="none" stroke="#444"/>'
        f'<text x="4" y="34">{top}</text><text x="4" y="18">tokens</text>'
        f'<text x="56" y="298">1</text><text x="606" y="298">round {rounds}</text>'
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="780" height="305" font-family="sans-serif" '
        f'font-size="12">{axis}{"".join(parts)}</svg>\n'
    )


def main() -> None:
    """Print a row for each round; write the picture if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=10)
    parser.add_argument("findings", nargs="?", type=int, default=30)
    parser.add_argument("--svg", type=Path)
    asked = parser.parse_args()
    made = {name: sizes(names, asked.rounds, asked.findings) for name, names in SERIES.items()}
    lines = {name: ours for name, (ours, _) in made.items()}
    lines["with the whole history"] = made["the same"][1]
    sys.stdout.write("round  " + "".join(f"{name:>24}" for name in lines) + "\n")
    for n in range(asked.rounds):
        row = "".join(f"{values[n]:>24}" for values in lines.values())
        sys.stdout.write(f"{n + 1:5}  {row}\n")
    if asked.svg:
        asked.svg.write_text(plot(lines, asked.rounds), encoding="utf-8")


if __name__ == "__main__":
    main()
