"""One step, one stage, one event."""

from typing import assert_never

from worker.director import steps
from worker.domain.events import RunEvent, TierRaised
from worker.domain.fleet import Fleet
from worker.domain.lease import Lease
from worker.domain.run import Run
from worker.ports import Ports
from worker.stages import (
    close_run,
    examine_story,
    judge_round,
    publish,
    run_agent,
    run_execution_command,
    start_work,
)


def perform(step: steps.Step, run: Run, ports: Ports, fleet: Fleet, lease: Lease) -> RunEvent:
    """Do one step through the ports and return the event that says so."""
    match step:
        case steps.ExamineStory():
            return examine_story.perform(
                run, ports.tracker, ports.code_host, ports.repositories, ports.store, fleet
            )
        case steps.StartWork():
            return start_work.perform(run, ports.tracker)
        case steps.RunAgent():
            return run_agent.perform(
                run,
                lease,
                ports.repositories,
                ports.sandboxes,
                ports.gateway,
                ports.agents,
                ports.sessions,
                ports.clock,
            )
        case steps.RunExecutionCommand():
            return run_execution_command.perform(run, lease, ports.repositories, _tools(ports))
        case steps.JudgeRound():
            return judge_round.perform(run, ports.judge, ports.clock)
        case steps.RaiseTier(tier, reason):
            return TierRaised(tier, reason)
        case steps.Publish(draft_because):
            return publish.perform(
                run, draft_because, ports.repositories, ports.code_host, ports.tracker
            )
        case steps.Close(outcome, reason):
            return close_run.perform(run, outcome, reason, ports.tracker)
        case steps.Wait():
            raise ValueError("waiting is not performed")
        case _:
            assert_never(step)


def _tools(ports: Ports) -> run_execution_command.Tools:
    return run_execution_command.Tools(
        sandboxes=ports.sandboxes,
        gateway=ports.gateway,
        scanner=ports.scanner,
        runners=ports.runners,
        syntax=ports.syntax,
        clock=ports.clock,
    )
