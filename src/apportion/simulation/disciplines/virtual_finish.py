"""By the time at which each job would have ended alone on its member's entitlement, the earliest first.

Gangs that do not fit are passed over. The virtual time of a job is its end when its member's jobs are replayed on the
member's entitlement (by `alone`: ``strict_fifo`` or ``skip_fifo``) with estimated durations; how long a job really runs
decides only when it ends. Gangs that can never run at home come after all others, by submission. Ties go by
SHA-256(seed ‖ id).

What is known of durations is `estimate` (see `estimates`); nothing else looks at one. By the trace's own durations
(``exact``) and ``strict_fifo`` at home, the time of a job depends on no job submitted after it; otherwise later jobs
have a say, as what a pool knows of its members from before would.

Nothing need be known: with ``estimate=online`` the members' virtual clocks run along with the pool and are corrected as jobs
really end; a job stands by when it started at home and the mean of what its member's jobs took so far (see `online`).

With `preemptive` all live gangs stand in that order, and what runs is what fits beside all that run ahead of it: a gang may
stop those behind it, and one that was stopped pays `restart_s` when it goes on.

One replay at home, and one by rank. Ancestors: virtual clocks of fair queueing (Zhang, SIGCOMM 1990); the fair sojourn
protocol (Friedman and Henderson, SIGMETRICS 2003), which serves in the order of completion under an ideal equal division.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.schedule import NEVER
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest
from apportion.ports import Queue
from apportion.simulation import first_come, online, overtaking, ranked
from apportion.simulation.alone import alone as at_home
from apportion.simulation.estimates import estimated

ALONE = ("strict_fifo", "skip_fifo")
PLANNED = False
HOMES = {"strict_fifo": first_come.open_queue, "skip_fifo": ranked.by_arrival}


def open_queue(
    trace: Trace,
    alone: str = "strict_fifo",
    estimate: str = "exact",
    preemptive: bool = False,
    restart_s: str = "0",
    churn: int = -1,
) -> Queue:
    """Start a replay.

    Parameters
    ----------
    alone : the discipline at home, ``strict_fifo`` or ``skip_fifo``
    estimate : what is known of durations; ``online`` for nothing until a job has ended
    preemptive : whether a gang may stop those behind it
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    if estimate == "online":
        if alone != "strict_fifo":
            raise BadInput(f'"{alone}" at home cannot be followed online', "parameter alone", "leave it strict_fifo")
        return online.open_queue(trace, preemptive=preemptive, restart_s=restart_s, churn=churn)
    ranks = order(trace, alone, estimate)
    if preemptive:
        return overtaking.open_queue(trace, ranks, restart_s=restart_s, churn=churn)
    return ranked.open_queue(trace, ranks)


def order(trace: Trace, alone: str, estimate: str) -> Ints:
    """Sort the jobs by virtual finish: (J,) rows of the trace, the one to go first in front."""
    if alone not in HOMES:
        raise BadInput(
            f'no member queues by "{alone}" at home here', "discipline virtual_finish", nearest(alone, list(HOMES))
        )
    end = at_home(replace(trace, duration_s=estimated(trace, estimate)), HOMES[alone]).end_s
    never = end == NEVER
    virtual = np.where(never, trace.submit_s, end)
    return np.lexsort((_ties(trace, virtual, never), virtual, never))


def _ties(trace: Trace, virtual: Ints, never: Bools) -> Ints:
    """Place the jobs that share their virtual time with another in the tie order of the seed: (J,), 0 for others."""
    by_time = np.lexsort((virtual, never))
    same = (np.diff(virtual[by_time]) == 0) & (np.diff(never[by_time].astype(np.int8)) == 0)
    tied = np.union1d(by_time[1:][same], by_time[:-1][same])
    ties = np.zeros(len(trace), dtype=np.int64)
    ties[tied] = tie_order(trace.seed, trace.id[tied])
    return ties
