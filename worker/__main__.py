"""``python -m worker`` is ``fleet``."""

from worker.cli import main

main()
