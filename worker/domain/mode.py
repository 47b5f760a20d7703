"""How a run goes about its work: at once, or tests first."""

from enum import StrEnum


class Mode(StrEnum):
    """Chosen by ``mode`` in the repository's settings, or by a label of that name on the ticket."""

    DIRECTOR = "director"
    """Round after round until it is accepted."""
    TEST_FIRST = "test-first"
    """First rounds that only write tests, which must fail; then rounds that make them pass."""


class Phase(StrEnum):
    """What a round is for."""

    RED = "red"
    """Tests alone are written, and must fail for the right reason."""
    GREEN = "green"
    """Code is written until everything passes; the only phase there is in ``director``."""


def labelled(labels: tuple[str, ...]) -> Mode | None:
    """The mode that a ticket's labels ask for; the stricter one where they ask for both."""
    asked = {label.strip().lower() for label in labels}
    return next((mode for mode in (Mode.TEST_FIRST, Mode.DIRECTOR) if mode.value in asked), None)
