"""The shortest job first; those that do not fit are passed over, or block.

By how long a job takes on its fastest class of places, then submission, then file order; what runs is never stopped. With
`blocking` the shortest queued job holds up all others until it fits, as in HeliosArtifact's simulator (Hu et al., SC 2021);
without, those that do not fit are passed over, as in Alibaba's 2020 simulator. A gang larger than the pool never starts and
blocks nobody. One member alone has the same rule.

What is known of durations is `estimate` (see `estimates`); how long a job really runs decides only when it ends.
O(kinds of need queued + log queue) a start.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace
from apportion.ports import Queue
from apportion.simulation import ranked
from apportion.simulation.estimates import estimated

ALONE = ("sjf",)
PLANNED = False
NOWHERE = 2**63 - 1


def open_queue(trace: Trace, blocking: bool = False, estimate: str = "exact") -> Queue:
    """Start a replay.

    Parameters
    ----------
    blocking : whether the shortest queued job holds up all others until it fits
    estimate : what is known of durations

    Raises
    ------
    BadInput
        for another estimate, or if the last job could end beyond what 64 bits can tell.
    """
    order = np.argsort(shortest(replace(trace, duration_s=estimated(trace, estimate))), kind="stable")
    return ranked.open_queue(trace, order, blocking=blocking)


def shortest(trace: Trace) -> Ints:
    """Seconds of each job on its fastest class: (J,), `NOWHERE` where it can run on none."""
    return np.asarray(np.where(trace.lasts == NEVER, NOWHERE, trace.lasts).min(axis=1, initial=NOWHERE))
