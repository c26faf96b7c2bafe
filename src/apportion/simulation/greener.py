"""Until when is each job held back so that its run emits least?

Whoever can wait may start in a greener hour (Wiesner et al., Middleware 2021, study such shifts in time). A job is
released to the queue at the second t in [submit, submit + slack] for which ∫ intensity over [t, t + duration) is least, the
earliest of equals: as if it were to start at once, in the shortest time it can take, with the hours to come known. What the
queue then does with it is the discipline's affair, and no kernel knows of it.

Between hours the integral is linear in t, so its least value is at the submission, at the last second allowed, or where t or
t + duration is the beginning of an hour. Everything is in integers.
"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.intensity import HOUR_S, Cycle
from apportion.domain.schedule import NEVER
from apportion.domain.trace import Trace


def held_back(jobs: Trace, hourly: Ints, slack_s: int) -> Trace:
    """Return the same jobs in order of their release, which stands for their submission before the queue.

    JCT and wait still count from the submission, which the pool's table keeps. Jobs released in one second go by submission,
    then in file order.
    """
    release = release_s(jobs, hourly, slack_s)
    order = np.argsort(release, kind="stable")
    return replace(jobs.rows(order), submit_s=release[order])


def release_s(jobs: Trace, hourly: Ints, slack_s: int) -> Ints:
    """Say when each job is released: (J,) seconds on the trace's clock.

    Parameters
    ----------
    hourly : (H,) milligrams a kilowatt-hour of consecutive hours, which repeat; the first begins at second 0
    slack_s : for how long a job may be held back at most; one with a deadline no longer than until deadline − duration.
        Nothing is gained by more than a cycle, so that is never used

    Returns
    -------
    (J,) integers. O(J · min(slack, cycle) / hour) time, O(J) memory.
    """
    cycle, lasts = Cycle(hourly), _shortest(jobs)
    begin, span = jobs.submit_s % cycle.length_s, lasts % cycle.length_s
    room = _room(jobs, lasts, min(slack_s, cycle.length_s - 1))
    to_hour = np.stack([-begin % HOUR_S, -(begin + span) % HOUR_S])
    held = np.zeros(len(jobs), dtype=np.int64)
    least = cycle.within_a_cycle(begin, span)
    for hour in range(int(room.max(initial=-1)) // HOUR_S + 2):
        for first in to_hour:
            later = np.minimum(first + hour * HOUR_S, room)  # (beyond its room a job is held to the end of that)
            emits = cycle.within_a_cycle(begin + later, span)
            better = (emits < least) | ((emits == least) & (later < held))
            held, least = np.where(better, later, held), np.where(better, emits, least)
    return np.asarray(jobs.submit_s + held)


def _shortest(jobs: Trace) -> Ints:
    """Seconds on the class of places where it takes least: (J,), 0 where the job cannot run."""
    never = np.iinfo(np.int64).max
    shortest = np.where(jobs.lasts == NEVER, never, jobs.lasts).min(axis=1, initial=never)
    return np.where(shortest == never, 0, shortest)


def _room(jobs: Trace, lasts: Ints, slack_s: int) -> Ints:
    room = np.full(len(jobs), slack_s, dtype=np.int64)
    if jobs.deadline_s is None:
        return room
    until = np.maximum(jobs.deadline_s - lasts - jobs.submit_s, 0)
    return np.where(jobs.deadline_s >= 0, np.minimum(room, until), room)
