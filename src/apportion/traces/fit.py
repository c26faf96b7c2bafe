"""From which distribution could a trace have come? Poisson arrivals by hour of the week; gangs and durations as they were."""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.pool import Pool
from apportion.domain.tables import Jobs
from apportion.errors import BadInput
from apportion.traces.stream import jobs_of

HOUR_S = 3600
WEEK_H = 168
LONGEST_S = 100 * 366 * 86_400  # a century: its hours still fit a table; in a longer trace some time is in another unit


@dataclass(frozen=True, eq=False)
class Fit:
    """What is known of a trace when one like it is drawn.

    Attributes
    ----------
    first_s, span_s : its first submission, and the seconds from there through the last one
    rate : (N, 168) submissions per second of each member by hour of the week, counted from second 0 of the trace's clock
    low, high : (J,) between which the duration is drawn of a job that is like job j; in half seconds
    """

    first_s: int
    span_s: int
    rate: Floats
    low: Ints
    high: Ints


def fit(pool: Pool) -> Fit:
    """Fit a pool's trace.

    Arrivals: a Poisson process of each member, its rate constant within an hour of the week and equal from week to week. The
    estimate is the count divided by the seconds observed, which is the maximum of the likelihood. An hour of the week that
    a trace of less than a week never saw has the member's mean rate.

    Gangs and durations: empirical, and drawn together. In a class, the jobs of one member with one gang, sorted by duration,
    job j stands for the durations from halfway to the one before through halfway to the one after, all alike likely; the
    first begins and the last ends at its own. So the mean of the class, and with it the load, is exactly the
    trace's; nothing is shorter or longer than what was seen; and durations that many jobs share, such as a time limit,
    stay shared. A mixture of lognormals would smooth those away, and its tail decides the load by what nobody saw.

    Raises
    ------
    BadInput
        if the pool has no jobs, or they were submitted over more than a century.

    Cost: that of sorting the jobs.
    """
    jobs = jobs_of(pool)
    first = int(jobs.submit_s.min())
    span = int(np.ptp(jobs.submit_s)) + 1
    if span > LONGEST_S:
        what = f"jobs were submitted over {span:,} s, which is more than a century"
        raise BadInput(
            what, "jobs.csv, column submit_s", "check that times are in seconds, and cut those mistyped away"
        )
    return Fit(first, span, _rates(jobs, len(pool.members), first, span), *_around(jobs))


def hours(first_s: int, span_s: int) -> tuple[Ints, Ints]:
    """Name the hours of the clock that a stretch of time touches, and the seconds of each that lie in it: (H,), (H,)."""
    hour = np.arange(first_s // HOUR_S, (first_s + span_s - 1) // HOUR_S + 1)
    begin = np.maximum(hour * HOUR_S, first_s)
    return hour, np.minimum((hour + 1) * HOUR_S, first_s + span_s) - begin


def _rates(jobs: Jobs, members: int, first: int, span: int) -> Floats:
    hour, seconds = hours(first, span)
    seen = np.bincount(hour % WEEK_H, weights=seconds, minlength=WEEK_H)
    cell = jobs.member * WEEK_H + jobs.submit_s // HOUR_S % WEEK_H
    count = np.bincount(cell, minlength=members * WEEK_H).reshape(members, WEEK_H)
    mean = count.sum(axis=1, keepdims=True) / span
    return np.asarray(np.where(seen > 0, count / np.maximum(seen, 1), mean))


def _around(jobs: Jobs) -> tuple[Ints, Ints]:
    """Find where the durations next to each job's lie halfway: (J,), (J,) half seconds."""
    shape = np.column_stack([jobs.member, jobs.workers, jobs.bundle])
    _, klass = np.unique(shape, axis=0, return_inverse=True)
    order = np.lexsort((jobs.duration_s, klass.reshape(-1)))
    duration, same = jobs.duration_s[order], np.diff(klass.reshape(-1)[order]) == 0
    middle = duration[:-1] + duration[1:]
    low, high = 2 * duration, 2 * duration
    low[1:] = np.where(same, middle, low[1:])
    high[:-1] = np.where(same, middle, high[:-1])
    back = np.argsort(order, kind="stable")
    return low[back], high[back]
