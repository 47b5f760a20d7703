"""Ranges of days. Both ends belong to the range."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class DateRange:
    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"the range ends ({self.end}) before it starts ({self.start})")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def days(self) -> int:
        """How many days it has, at least one."""
        return (self.end - self.start).days + 1
