"""What if the head of the queue blocks all others?"""

from functools import partial

from apportion.domain.trace import Trace
from apportion.simulation.compiled import compiled
from apportion.simulation.events import ARRIVED, RUNNING, Jobs, State, begin, complete, fits, opening
from apportion.simulation.replay import KernelQueue


def open_queue(trace: Trace) -> KernelQueue:
    """Start gangs in order of submission, none before the one ahead of it has started.

    Among equal times of submission file order decides. A gang larger than the pool never starts and blocks nobody.
    Cost: O(log running) a job.

    Raises
    ------
    BadInput
        if the last job could end beyond what 64 bits can tell.
    """
    rows, jobs, state = opening(trace)
    return KernelQueue(trace, rows, state.start, partial(_advance, jobs, state))


@compiled
def _advance(jobs: Jobs, state: State, until: int) -> None:
    # Starts never go back in time, so jobs are taken one by one rather than events: here ARRIVED counts the started.
    for job in range(state.counts[ARRIVED], len(jobs.submit)):
        now = jobs.submit[job]
        if job > 0 and state.start[job - 1] > now:
            now = state.start[job - 1]
        while now < until:
            while state.counts[RUNNING] > 0 and state.ends[0] <= now:
                complete(jobs, state)
            if fits(jobs.need[job], state.free):
                break
            now = state.ends[0]
        if now >= until:
            return
        begin(jobs, state, job, now)
        state.counts[ARRIVED] = job + 1
