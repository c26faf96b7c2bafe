"""The highest priority first; the head blocks, or those that do not fit are passed over.

By priority, the larger first, then submission, then file order. With `blocking` the first queued gang holds up all others
until it fits, also those of its own priority. With `preemptive` all live gangs stand in that order, and what runs is what
fits beside all that run ahead of it: a gang may stop those behind it, and one that was stopped pays `restart_s` when it goes
on; without, what runs is never stopped. A gang larger than the pool never starts and blocks nobody. One member alone has the
same rule.

O(log queue) a start when blocking, else O(kinds of need queued + log queue); see `srtf` for what stops cost.
"""

import numpy as np

from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation import overtaking, ranked

ALONE = ("priority",)
PLANNED = False


def open_queue(
    trace: Trace, blocking: bool = True, preemptive: bool = False, restart_s: str = "0", churn: int = -1
) -> Queue:
    """Start a replay.

    Parameters
    ----------
    blocking : whether the first queued gang holds up all others until it fits
    preemptive : whether a gang may stop those behind it
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    priority = np.zeros(len(trace), dtype=np.int64) if trace.priority is None else trace.priority
    order = np.lexsort((np.arange(len(trace)), -priority))
    if preemptive:
        return overtaking.open_queue(trace, order, restart_s=restart_s, churn=churn, blocking=blocking)
    return ranked.open_queue(trace, order, blocking=blocking)
