"""The composition root: the only place that knows both the ports and their adapters.

``fleet`` wires the running fleet from settings, ``local`` wires ``fleet run``, ``trying`` wires the
stand-ins that the demo needs.
"""

from worker.bootstrap.fleet import (
    ReceiverParts,
    bell,
    database,
    ports,
    receiver,
    reconcile_tracker,
    ring_if_due,
    store,
    work_until_idle,
)
from worker.bootstrap.local import LocalRun, run_locally
from worker.bootstrap.trying import (
    child_environment,
    embedded_broker,
    free_port,
    local_model,
    run_stubs,
    seed_repository,
    serve_local_model,
)

__all__ = [
    "LocalRun",
    "ReceiverParts",
    "bell",
    "child_environment",
    "database",
    "embedded_broker",
    "free_port",
    "local_model",
    "ports",
    "receiver",
    "reconcile_tracker",
    "ring_if_due",
    "run_locally",
    "run_stubs",
    "seed_repository",
    "serve_local_model",
    "store",
    "work_until_idle",
]
