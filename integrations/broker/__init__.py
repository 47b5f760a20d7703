"""The bell as a Celery message in Redis, and a broker to go with it where there is none."""

from integrations.broker.bell import CeleryBell
from integrations.broker.embedded import Broker, start_broker

__all__ = ["Broker", "CeleryBell", "start_broker"]
