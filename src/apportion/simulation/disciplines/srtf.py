"""The shortest remaining time, or the least remaining work, first; whoever has less left to do may stop others.

All live gangs stand in the order of the seconds they would still take (one that runs: until its end; one that waits: what is
left on its fastest class of places), or of these × their size, the amount of the resource of which they ask most for what
there is; equal ones in file order. What runs is what fits beside all that run ahead of it. A gang that is stopped keeps its
progress, and pays `restart_s` when it goes on. A gang larger than the pool never starts and blocks nobody. One member alone
has the same rule.

Where one number is shared and restarts are free: O(kinds of need queued + gangs displaced + log queue) an event, and a shift
of those that run and end sooner; else, and by work, O(live) an event. Schrage, Operations Research 16 (1968), shows that it
minimises the number of live jobs on one server; with gangs it is a heuristic.
"""

from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest
from apportion.ports import Queue
from apportion.simulation import overtaking
from apportion.simulation.preemptive import sizes

ALONE = ("srtf",)
PLANNED = False
KEYS = ("time", "work")


def open_queue(trace: Trace, by: str = "time", restart_s: str = "0", churn: int = -1) -> Queue:
    """Start a replay.

    Parameters
    ----------
    by : ``time`` or ``work``
    restart_s : seconds that a gang which was stopped holds its places before it goes on: one number, or three for gangs of
        one GPU, of up to eight, and of more
    churn : most stops an hour; -1 for no bound

    Raises
    ------
    BadInput
        for parameters that cannot be read, or if the last job could end beyond what 64 bits can tell.
    """
    if by not in KEYS:
        raise BadInput(f'srtf knows no "{by}"', "parameter by", nearest(by, KEYS))
    size = sizes(trace) if by == "work" else None
    return overtaking.open_queue(trace, None, size=size, restart_s=restart_s, churn=churn)
