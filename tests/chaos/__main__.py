"""The command behind ``infra/scripts/chaos``."""

import argparse
import secrets
import shlex
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from tests.chaos import report, suite

SHORT, LONG = 40, 1000
OUT = Console(highlight=False, markup=False)


def main() -> int:
    """Run the suite as the arguments say; 0 if nothing was wrong."""
    asked = _arguments()
    tickets = asked.tickets or (SHORT if asked.short else LONG)
    few = tickets <= SHORT
    plan = suite.Plan(
        tickets=tickets,
        seed=secrets.randbelow(10**6) if asked.seed is None else asked.seed,
        database=asked.database,
        sandboxes=asked.sandboxes or ("docker" if few else "scripted"),
        workers=asked.workers or (2 if few else 4),
        keep=asked.keep,
        command=shlex.join(["infra/scripts/chaos", *sys.argv[1:]]),
    )
    signal.signal(signal.SIGTERM, _interrupted)
    began = time.monotonic()

    def told(line: str) -> None:
        OUT.print(f"{time.monotonic() - began:6.0f} s  {line}")

    done = suite.perform(plan, asked.report, told)
    OUT.print(report.markdown(done))
    return 0 if done.passed else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra/scripts/chaos")
    parser.add_argument("--tickets", type=int, help=f"how many (default: {LONG})")
    parser.add_argument("--seed", type=int, help="replays a schedule (default: a random one)")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} tickets with real Docker")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--sandboxes", choices=["docker", "scripted"])
    parser.add_argument("--workers", type=int, help="Celery workers")
    parser.add_argument("--keep", action="store_true", help="keep logs and data in any case")
    parser.add_argument("--report", type=Path, default=Path(".cache/chaos"), help="a directory")
    return parser.parse_args()


def _interrupted(number: int, frame: FrameType | None) -> None:
    """End as by Ctrl-C, so that everything is cleaned up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
