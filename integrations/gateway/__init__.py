"""The gateway: the one way out of a sandbox, to its run's models and the registries it may use.

Light to import: HTTP and the price list are loaded when a door is first opened.
"""

from integrations.gateway.directories import leftovers, remove_leftovers
from integrations.gateway.gateway import ModelGateway
from integrations.gateway.upstreams import Price, Upstream

__all__ = ["ModelGateway", "Price", "Upstream", "leftovers", "remove_leftovers"]
