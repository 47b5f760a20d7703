"""What test runners say about each test, read from their reports and outputs."""

from integrations.runners.reading import InstalledRunners

__all__ = ["InstalledRunners"]
