"""What ``GET /metrics`` shows of the receiver."""

from prometheus_client import CollectorRegistry, Counter


class Counters:
    """One counter for each way a delivery can end, and one for the bell."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "storyfleet_webhook_deliveries",
            "Webhook deliveries by sender and outcome.",
            ["source", "outcome"],
            registry=self.registry,
        )
        self.rings = Counter(
            "storyfleet_bell_rings",
            "Attempts to tell the workers that there is work.",
            ["outcome"],
            registry=self.registry,
        )
