"""Stand-ins for linear.app, github.com and a paid model, over HTTP, for trying the product out."""

from .parts import StubsConfig
from .repositories import seed_repository
from .server import Stubs, run_stubs, start_stubs

__all__ = ["Stubs", "StubsConfig", "run_stubs", "seed_repository", "start_stubs"]
