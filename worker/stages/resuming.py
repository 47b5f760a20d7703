"""Going on with the session of the round before, where its agent can and its memory is true."""

from worker.domain.access import CallOutcome
from worker.domain.errors import SandboxGone, Unavailable
from worker.domain.run import Run
from worker.domain.task import Resumption, SessionOwner
from worker.domain.transcript import AgentSession
from worker.ports import CodingAgent, Sandbox, Sessions
from worker.rendering import prompts

MOST_BYTES = 32 * 1024 * 1024
"""Of one session's state; of a larger one nothing is kept."""
MOST_FILES = 1000
LONGEST_TOKENS = 60_000
"""Of a conversation that is gone on with: half of what a small model's window holds. Every call in
the next round pays for all of it again, so that a longer one costs more than to begin anew.
"""


def resumption(run: Run, agent: CodingAgent, sessions: Sessions) -> Resumption | None:
    """The last round's session, if it can be gone on with: of this tier and phase, ended well, kept
    on this machine, and not too long.
    """
    if not (run.require_plan().resume_sessions and agent.needs.sessions and run.stretch):
        return None
    report = run.stretch[-1].report
    session = report.session
    if not report.kept or session.failure or _tokens(session) > LONGEST_TOKENS:
        return None
    archive = sessions.find(_owner(run, agent), report.kept)
    if archive is None:
        return None
    return Resumption(session.id, archive, prompts.resumed_prompt(run))


def keep(
    run: Run, agent: CodingAgent, session: AgentSession, sandbox: Sandbox, sessions: Sessions
) -> str:
    """Keep the agent's state for the next round; its name, or empty where there will be nothing to
    go on with. To be called after the hand-over, since it ends whatever runs.
    """
    wanted = run.require_plan().resume_sessions and agent.needs.sessions
    if not (wanted and session.id) or session.failure:
        return ""
    try:
        archive = sandbox.pack_home(agent.needs.sessions, MOST_BYTES, MOST_FILES)
    except (SandboxGone, Unavailable):  # the round's work is safe already
        return ""
    return sessions.keep(_owner(run, agent), archive) if archive else ""


def _owner(run: Run, agent: CodingAgent) -> SessionOwner:
    return SessionOwner(run.id, run.tier, run.require_tier().agent, agent.needs.tools)


def _tokens(session: AgentSession) -> int:
    """Of the conversation at its end, as the gateway counted its longest call."""
    answered = (call for call in session.calls if call.outcome is CallOutcome.ANSWERED)
    return max((call.spend.tokens for call in answered), default=0)
