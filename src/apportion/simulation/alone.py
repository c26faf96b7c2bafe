"""How would each member's jobs go at home?"""

from collections.abc import Callable

import numpy as np

from apportion.domain.schedule import Schedule, empty_schedule
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation.replay import replay as played


def alone(trace: Trace, open_queue: Callable[[Trace], Queue]) -> Schedule:
    """Replay every member's jobs on its own entitlement, by one discipline for all.

    A gang larger than its member's entitlement never starts there and blocks nobody. One replay a member.

    Parameters
    ----------
    open_queue : of the discipline at home, for example ``strict_fifo.open_queue``

    Returns
    -------
    every job, in the trace's order
    """
    result = empty_schedule(len(trace))
    by_member = np.argsort(trace.member, kind="stable")
    bounds = np.searchsorted(trace.member[by_member], np.arange(len(trace.weight) + 1))
    for member in np.flatnonzero(np.diff(bounds)).tolist():
        rows = by_member[bounds[member] : bounds[member + 1]]
        home = played(open_queue(trace.rows(rows).at_home(member)))
        for name in ("start_s", "end_s", "preemptions", "held_s"):
            getattr(result, name)[rows] = getattr(home, name)
    return result
