"""How much was in use, and how much was waited for, in each step of time?"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs
from apportion.simulation.compiled import compiled


@dataclass(frozen=True, eq=False)
class Timeline:
    """What members held and waited for, of one resource.

    Attributes
    ----------
    start_s, step_s : when the first step begins, on the trace's own clock, and how long each of them is
    used, queued : (T, N) resource-seconds in whole thousandths, by step and member
    """

    start_s: int
    step_s: int
    used: Ints
    queued: Ints


def timeline(jobs: Jobs, schedule: Schedule, resource: int, members: int, step_s: int) -> Timeline:
    """Cut the time from the first submission to the last end into steps, and add up what finished jobs held in each.

    A job waits whenever it is submitted, not ended, and holds nothing. When it was stopped in between is not known: what it
    held is spread evenly over the time from its first start to its end. In all, exactly: Σ used = Σ gang · held, and
    Σ queued = Σ gang · (end − submit − held). Jobs that did not end are left out, as in `utilisation` and `waiting`.

    Parameters
    ----------
    jobs : at least one
    resource : position of the resource
    members : N
    step_s : seconds

    Cost: one addition for each job and step that it touches.
    """
    done = np.flatnonzero(schedule.finished)
    submit, start, end = jobs.submit_s[done], schedule.start_s[done], schedule.end_s[done]
    first = int(jobs.submit_s.min())
    steps = max(-(-(int(end.max(initial=first)) - first) // step_s), 1)
    used = np.zeros((steps, members), dtype=np.int64)
    present = np.zeros_like(used)
    member, gang = jobs.member[done], np.ascontiguousarray(jobs.gang[done, resource])
    _spread(start - first, end - first, schedule.held_s[done], gang, member, step_s, used)
    _spread(submit - first, end - first, end - submit, gang, member, step_s, present)
    return Timeline(first, step_s, used, present - used)


@compiled
def _spread(begin: Ints, end: Ints, held: Ints, amount: Ints, member: Ints, step_s: int, into: Ints) -> None:
    """Add amount · held evenly over [begin, end) to the steps; what is rounded off in one step is in the next."""
    for j in range(len(begin)):
        span, before = end[j] - begin[j], 0
        if span == 0:
            continue
        for step in range(begin[j] // step_s, (end[j] - 1) // step_s + 1):
            until = held[j] * (min((step + 1) * step_s, end[j]) - begin[j]) // span
            into[step, member[j]] += amount[j] * (until - before)
            before = until
