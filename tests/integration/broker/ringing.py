"""The workers' own application, with a task that can be watched: for ``celery -A``."""

import os
import time

from worker.celery import TASK, build_app
from worker.settings import Role, Settings

settings = Settings.load(Role.WORKER)
app = build_app(settings)
app.conf.imports = ["worker.deaths"]


@app.task(name=TASK)  # type: ignore[untyped-decorator]  # Celery has no types
def work() -> None:
    """Say ``begun PID``, wait until there is a file ``go``, say ``done``."""
    log = settings.data_dir / "log"
    with log.open("a") as out:
        out.write(f"begun {os.getpid()}\n")
    while not (settings.data_dir / "go").exists():
        time.sleep(0.02)
    with log.open("a") as out:
        out.write("done\n")
