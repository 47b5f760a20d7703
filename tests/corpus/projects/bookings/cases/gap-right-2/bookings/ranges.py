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

    def overlaps(self, other: "DateRange") -> bool:
        return max(self.start, other.start) <= min(self.end, other.end)

    def gap_days(self, other: "DateRange") -> int:
        """Free days between the two, whichever is first."""
        free = (max(self.start, other.start) - min(self.end, other.end)).days - 1
        if free < 0:
            raise ValueError("overlapping ranges have no gap")
        return free

    def days(self) -> int:
        """How many days it has, at least one."""
        return (self.end - self.start).days + 1
