"""Which new trace looks like this one? As many jobs as asked for, drawn from what was fitted to it."""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Floats, Ints, text
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.traces.chance import Chance
from apportion.traces.fit import LONGEST_S, WEEK_H, Fit, fit, hours
from apportion.traces.stream import MOST_JOBS, at_times, changed, in_order, jobs_of


def synthesize(pool: Pool, jobs: int = 0, seed: str = "1", span_s: int = 0) -> Pool:
    """Draw a trace of `jobs` jobs that resembles the pool's.

    Each new job takes member, gang and everything else from a job of the trace, any as likely as another; its duration from
    around that job's (see `fit`); and its submission from its member's rate by hour of the week, independently of the rest.
    Given how many there are, the points of a Poisson process are just that: independent draws in proportion to its rate.
    Jobs depend on one another in no other way: bursts within an hour, and busy weeks, are smoothed. To keep them, `resample`.

    Parameters
    ----------
    jobs : how many; 0 for as many as the trace has
    span_s : the seconds over which they are submitted, from the trace's first submission; 0 for as many as keep the trace's
        mean rate, and so its load

    Raises
    ------
    BadInput
        if the pool has no jobs, or for numbers that cannot be.

    Cost: that of sorting the new jobs, and of the members times the hours of the span.
    Source: Cox & Lewis, The Statistical Analysis of Series of Events (1966); the draw of durations is a smoothed
    bootstrap.
    """
    known, old = fit(pool), jobs_of(pool)
    count = jobs or len(old)
    span = span_s or -(-known.span_s * count // len(old))
    _check(count, span)
    rows = Chance(seed, "synthesize", "jobs").below(len(old), count)
    submit = _times(known, old.member[rows], span, Chance(seed, "synthesize", "times").part(count))
    duration = _lengths(known, rows, Chance(seed, "synthesize", "durations").part(count))
    drawn = in_order(at_times(old, rows, submit, duration))
    width = len(str(count))
    named = replace(drawn, id=text([f"synthetic-{i:0{width}d}" for i in range(1, count + 1)]))
    said = (
        f"{count} jobs drawn from what was fitted to {len(old)}: Poisson arrivals by member and hour of the week, gangs as "
        f'they were, durations around those of the same member and gang; seed "{seed}"'
    )
    return changed(pool, named, "synthesize", said)


def _check(count: int, span: int) -> None:
    if not 1 <= count <= MOST_JOBS:
        raise BadInput(f"{count:,} jobs cannot be drawn", "option jobs", f"choose from 1 to {MOST_JOBS:,}")
    if not 1 <= span <= LONGEST_S:
        raise BadInput(f"a trace of {span:,} s cannot be drawn", "option span_s", f"choose from 1 to {LONGEST_S:,} s")


def _times(known: Fit, member: Ints, span: int, part: Floats) -> Ints:
    """Draw a submission for each job by inverting its member's cumulative rate: (K,)."""
    hour, seconds = hours(known.first_s, span)
    begin = np.cumsum(seconds) - seconds
    submit = np.empty(len(member), dtype=np.int64)
    for m in np.unique(member).tolist():
        mine = np.flatnonzero(member == m)
        weight = known.rate[m, hour % WEEK_H] * seconds
        weight = weight if weight.any() else seconds.astype(np.float64)  # a short span may miss all its hours
        before = np.concatenate([[0.0], np.cumsum(weight)])
        drawn = part[mine] * before[-1]
        cell = np.searchsorted(before, drawn, side="right") - 1
        cell = np.minimum(cell, np.flatnonzero(weight)[-1])
        inside = (drawn - before[cell]) / weight[cell] * seconds[cell]
        submit[mine] = begin[cell] + np.minimum(inside.astype(np.int64), seconds[cell] - 1)
    return known.first_s + submit


def _lengths(known: Fit, rows: Ints, part: Floats) -> Ints:
    """Draw a duration around that of each row, to the nearest second: (K,)."""
    low, high = known.low[rows], known.high[rows]
    half_seconds = low + np.floor(part * (high - low)).astype(np.int64)
    return np.asarray((half_seconds + 1) // 2)
