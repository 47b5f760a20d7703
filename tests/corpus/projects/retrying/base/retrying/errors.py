"""What may go wrong at the other end."""


class TemporaryError(Exception):
    """It may work the next time."""

    def __init__(self, message: str = "", wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds
        """What the other end asked us to wait, if it did."""


class PermanentError(Exception):
    """It will never work."""
