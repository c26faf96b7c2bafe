"""By order of submission; gangs that do not fit are passed over.

At equal times of submission file order decides. Whenever something is free, the earliest queued gang that fits starts,
until none fits; no slot is kept for a large gang that waits. A gang larger than the pool never starts. One member
alone has the same rule.

O(kinds of need queued + log queue) a start. This is the rule that Alibaba's 2020 simulator calls FIFO.
"""

from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation import ranked

ALONE = ("skip_fifo",)
PLANNED = False


def open_queue(trace: Trace) -> Queue:
    """Start a replay. Raises BadInput if the last job could end beyond what 64 bits can tell."""
    return ranked.by_arrival(trace)
