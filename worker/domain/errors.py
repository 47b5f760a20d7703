"""Every error the fleet raises on purpose; the branch an error is on decides what happens next.

* FleetError
  x RetryableError            the same call may work later: the run is postponed
    + Unavailable             a service, the Docker daemon or the network is not there now
    + RateLimited             a provider told us when to come back
    + SandboxGone             the container vanished or was stopped under us
  x PermanentError            trying again cannot help: the run is closed with the reason
    + ConfigurationError      the operator must change a setting
    + RepositoryUnavailable   the repository or its base branch cannot be read
    + ImageUnavailable        the sandbox's image is missing or does not build
    + TicketUnavailable       the ticket does not exist or cannot be seen
  x AgentFailed               the coding agent could not finish its session: counts as a round
  x HandOverRefused           what came out of a sandbox is not acceptable: counts as a round
  x JudgeUnavailable          the judge did not answer in time: not accepted
  x NothingToLearn            the run is none that a rule is proposed for
  x DraftRefused              the model's draft of a rule does not fit: nothing is proposed
  x RerunRefused              the run, or its ticket, is still being worked on
  x LeaseLost                 another worker owns the run: stop and change nothing outside
  x UntrustedInput            a webhook or a payload we must not act on
    + InvalidSignature
    + StaleDelivery
    + MalformedDelivery
"""


class FleetError(Exception):
    """Base of every deliberate error. Its text is shown to people, so it says what to do."""


class RetryableError(FleetError):
    """The same call may succeed later."""


class Unavailable(RetryableError):
    """A service is not there now."""


class RateLimited(RetryableError):
    """A provider asked us to slow down.

    ``retry_after_seconds`` is the time it named, or None where it named none.
    """

    def __init__(self, message: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SandboxGone(RetryableError):
    """The sandbox was stopped or removed while a command ran in it."""


class PermanentError(FleetError):
    """Trying again cannot help; close the run and say why."""


class ConfigurationError(PermanentError):
    """A setting is missing or wrong; the text names it and its remedy."""


class RepositoryUnavailable(PermanentError):
    """The repository or its base branch cannot be read or pushed to."""


class ImageUnavailable(PermanentError):
    """The sandbox's image is missing or could not be built."""


class TicketUnavailable(PermanentError):
    """The ticket does not exist, or our key may not see it."""


class AgentFailed(FleetError):
    """The coding agent could not finish its session."""


class HandOverRefused(FleetError):
    """What the sandbox handed out is malformed, too large or not allowed."""


class JudgeUnavailable(FleetError):
    """The judge did not answer, or not in time."""


class NothingToLearn(FleetError):
    """A rule cannot be proposed for this run, or has been."""


class DraftRefused(FleetError):
    """The model's draft of a rule does not fit; the text lists why."""


class RerunRefused(FleetError):
    """A run cannot be repeated now."""


class LeaseLost(FleetError):
    """Another worker holds a newer fencing token."""


class UntrustedInput(FleetError):
    """Input that must not be acted on."""


class InvalidSignature(UntrustedInput):
    """The webhook's signature is missing or does not match its body."""


class StaleDelivery(UntrustedInput):
    """The webhook's timestamp is missing or outside the window."""


class MalformedDelivery(UntrustedInput):
    """The webhook's body is not what its sender documents."""
