"""The shapes of secrets, as a maintained catalogue of rules knows them."""

from integrations.secrets.scanner import KingfisherScanner

__all__ = ["KingfisherScanner"]
