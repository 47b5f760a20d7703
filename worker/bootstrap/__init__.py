"""The composition root: the only place that knows both the ports and their adapters.

``fleet`` wires the running fleet's parts from settings, ``working`` and ``reconciling`` set them to
work, ``local`` wires ``fleet run``, ``trying`` wires the stand-ins that the demo needs.
"""

from worker.bootstrap.calibrating import calibrate, calibration_warnings
from worker.bootstrap.fleet import (
    ReceiverParts,
    bell,
    database,
    ports,
    receiver,
    store,
)
from worker.bootstrap.local import LocalRun, run_locally
from worker.bootstrap.reconciling import (
    purge_inbox,
    reconcile_code_host,
    reconcile_tracker,
    remove_leftovers,
    ring_if_due,
)
from worker.bootstrap.rules import propose_rule
from worker.bootstrap.secrecy import load_rules, redactor
from worker.bootstrap.trying import (
    child_environment,
    embedded_broker,
    free_port,
    local_model,
    run_stubs,
    seed_repository,
    serve_local_model,
)
from worker.bootstrap.working import release_dead, work_until_idle

__all__ = [
    "LocalRun",
    "ReceiverParts",
    "bell",
    "calibrate",
    "calibration_warnings",
    "child_environment",
    "database",
    "embedded_broker",
    "free_port",
    "load_rules",
    "local_model",
    "ports",
    "propose_rule",
    "purge_inbox",
    "receiver",
    "reconcile_code_host",
    "reconcile_tracker",
    "redactor",
    "release_dead",
    "remove_leftovers",
    "ring_if_due",
    "run_locally",
    "run_stubs",
    "seed_repository",
    "serve_local_model",
    "store",
    "work_until_idle",
]
