"""The package registries' proxy: what a sandbox fetches, from allow-listed hosts only."""

from integrations.gateway.registries.proxy import RegistryProxy

__all__ = ["RegistryProxy"]
