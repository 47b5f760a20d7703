"""A shopping cart: its lines, and what they come to. All amounts are in cents."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    sku: str
    unit_cents: int
    quantity: int = 1

    @property
    def total_cents(self) -> int:
        return self.unit_cents * self.quantity


@dataclass
class Cart:
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        if line.quantity < 1:
            raise ValueError(f"quantity must be at least 1, not {line.quantity}")
        self.lines.append(line)

    def subtotal_cents(self) -> int:
        return sum(line.total_cents for line in self.lines)
