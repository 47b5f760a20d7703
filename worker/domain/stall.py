"""Whether a tier of the ladder gets anywhere, seen from its rounds alone; no model is asked."""

from collections import Counter
from collections.abc import Sequence

from worker.domain.ledger import Ledger, State, ledger
from worker.domain.round import Round
from worker.domain.transcript import Action

REGRESSIONS = 2
"""How often one failure may come back before somebody else tries."""
REPEATS = 12
"""How often a session may run the same failing command again."""


def stalled(rounds: Sequence[Round], stretch: Sequence[Round], patience: int) -> str | None:
    """Say why the tier is stuck, in a few words, or None while it gets on.

    ``stretch`` are the last of the run's ``rounds``, those of the tier in its phase; ``patience``
    is how many rounds may pass without progress.
    """
    if not stretch or stretch[-1].accepted:
        return None
    followed = ledger(rounds)
    return (
        _regressed(followed, stretch[0].number)
        or _oscillates([one.report.diff.text for one in stretch])
        or _repeats(stretch[-1].report.session.actions)
        or _no_progress(followed, stretch, patience)
    )


def _no_progress(followed: Ledger, stretch: Sequence[Round], patience: int) -> str | None:
    """Progress is a failure that is resolved and was never resolved before."""
    latest = stretch[-patience:]
    if len(latest) < patience:
        return None
    mended = [f.resolved for f in followed.failures if f.resolved and not f.regressions]
    if any(latest[0].number < number for number in mended):
        return None
    same = len({one.report.diff.text for one in latest}) == 1
    how = "that ended with the same change" if same else "without progress"
    return f"stalled: {patience} rounds {how}"


def _regressed(followed: Ledger, first: int) -> str | None:
    """What came back in this stretch, and then stayed for a round or came back once more, is not
    going to be held by this tier.
    """
    for failure in followed.failures:
        back = failure.regressed or 0
        if failure.state is not State.REGRESSED or back < first:
            continue
        if failure.regressions >= REGRESSIONS or failure.last > back:
            return f"stalled: what had been mended came back ({failure.finding.place})"
    return None


def _oscillates(changes: Sequence[str]) -> str | None:
    """A change that had been left comes again."""
    *earlier, before, now = ["", *changes]
    if now != before and now in earlier[1:]:
        return "stalled: it goes back and forth between the same changes"
    return None


def _repeats(actions: Sequence[Action]) -> str | None:
    """A session that ran the same failing command again and again."""
    failed: Counter[str] = Counter()
    for action in actions:
        if action.exit_code:
            failed[action.text] += 1
        elif action.exit_code == 0:
            failed.pop(action.text, None)
    if any(times >= REPEATS for times in failed.values()):
        return "stalled: the same command failed again and again"
    return None
