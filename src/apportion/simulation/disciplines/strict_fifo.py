"""By order of submission; the head of the queue blocks all others.

At equal times of submission file order decides. A gang starts when it is the first queued and all of its need is free;
until then nobody starts. A gang larger than the pool never starts and blocks nobody. One member alone has the same rule.

O(log running) a job. FIFO has to be qualified: compare `skip_fifo`.
"""

from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation import first_come

ALONE = ("strict_fifo",)
PLANNED = False


def open_queue(trace: Trace) -> Queue:
    """Start a replay. Raises BadInput if the last job could end beyond what 64 bits can tell."""
    return first_come.open_queue(trace)
