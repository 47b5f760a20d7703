"""What is taken out of everything that is kept or shown: configured secrets, and known shapes."""

from functools import lru_cache
from pathlib import Path

from integrations.secrets.scanner import KingfisherScanner
from worker.settings import Settings
from worker.telemetry import Redactor


def scanner(settings: Settings) -> KingfisherScanner:
    """The one scanner of this process: its rules take half a second to load."""
    return _scanner(settings.caches)


def redactor(settings: Settings) -> Redactor:
    """The operator's own secrets exactly, then whatever has the shape of anybody's."""
    return Redactor(settings.secrets(), scanner(settings).scrub)


def load_rules(settings: Settings) -> None:
    """In a worker's main process, so that the children which it forks have the rules already."""
    scanner(settings).ready()


@lru_cache(maxsize=1)
def _scanner(cache: Path | None) -> KingfisherScanner:
    return KingfisherScanner(cache)
