"""By order of submission; gangs that do not fit are passed over.

At equal times of submission file order decides. Whenever something is free, the earliest queued gang that fits starts,
until none fits; no slot is kept for a large gang that waits. A gang larger than the pool never starts. One member
alone has the same rule, without a reservation. O(kinds of need queued + log queue) a start. This is the rule that Alibaba's
2020 simulator calls FIFO.

With `reservation` the first gang that does not fit, the head, has the earliest time reserved at which it would fit if
what runs ended as estimated, on the places where it would go then. A gang behind it starts if it fits now and by its
estimate ends by that time, or leaves the head its places: EASY backfilling (see `reserved`). What is known of durations is
`estimate` (see `estimates`); without a reservation nothing looks at one.
"""

from dataclasses import replace

from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation import ranked, reserved
from apportion.simulation.estimates import estimated

ALONE = ("skip_fifo",)
PLANNED = False


def open_queue(trace: Trace, reservation: bool = False, estimate: str = "exact") -> Queue:
    """Start a replay.

    Parameters
    ----------
    reservation : whether nobody may make the head of the queue later
    estimate : what is known of durations

    Raises
    ------
    BadInput
        for another estimate, or if the last job could end beyond what 64 bits can tell.
    """
    guess = estimated(trace, estimate)
    if not reservation:
        return ranked.by_arrival(trace)
    return reserved.open_queue(trace, trace.lasts if estimate == "exact" else replace(trace, duration_s=guess).lasts)
