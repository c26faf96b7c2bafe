"""What would the trace be at another load? Three ways: time between submissions, durations, or the number of jobs."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text, fraction
from apportion.domain.tables import Jobs
from apportion.errors import BadInput, nearest
from apportion.traces.chance import Chance
from apportion.traces.stream import MOST_JOBS, at_times, changed, in_order, jobs_of, named_apart

LEAST, MOST = Fraction(1, 1000), 1000
DECIMALS = 6


def scale(pool: Pool, factor: float, of: str = "arrivals", seed: str = "1") -> Pool:
    """Multiply the load of a trace, its work per second of submission, by a factor.

    ``arrivals``  submit' = first + ⌊(submit − first) / factor⌋; durations as they were. The order of submission stays.
    ``durations``  duration' = duration · factor to the nearest second, halves up; of a job that takes time at least 1.
    ``copies``  every job ⌊factor⌋ times, and once more with probability factor − ⌊factor⌋, by the seed. A copy is
    submitted in the same second as its job and stands behind it. Below 1 this is the thinning of a point process.
    Of one seed, a smaller factor keeps a subset of what a larger one keeps.

    The first two are exact in integers, and no seed matters to them.

    Raises
    ------
    BadInput
        if the pool has no jobs, for another way, for a factor out of 0.001 … 1000 or with more than 6 decimals, or one
        that leaves no job.

    Cost: linear in jobs, apart from sorting copies.
    Source of thinning: Lewis & Shedler, Simulation of nonhomogeneous Poisson processes by thinning (1979).
    """
    jobs, k = jobs_of(pool), exact_factor(factor)
    if of not in WAYS:
        raise BadInput(f'a load is not scaled by "{of}"', "option of", nearest(of, list(WAYS)))
    scaled = WAYS[of](jobs, k, seed)
    said = f"load times {decimal_text(factor)} by {of}" + (f', seed "{seed}"' if of == "copies" else "")
    return changed(pool, scaled, "scale", said)


def exact_factor(factor: float) -> Fraction:
    """Return a factor of load as it is written in decimals.

    Raises
    ------
    BadInput
        if it is out of 0.001 … 1000 or has more than 6 decimals.
    """
    k = fraction(factor) if np.isfinite(factor) else Fraction(0)
    if not LEAST <= k <= MOST or (k * 10**DECIMALS).denominator != 1:
        raise BadInput(
            f"a load cannot be scaled by {factor:g}",
            "option factor",
            f"write a number from 0.001 to {MOST} with at most {DECIMALS} decimals, such as 1.25",
        )
    return k


def _arrivals(jobs: Jobs, k: Fraction, seed: str) -> Jobs:
    del seed
    first = int(jobs.submit_s.min())
    submit = first + _times(jobs.submit_s - first, 1 / k)
    return at_times(jobs, np.arange(len(jobs)), submit)


def _durations(jobs: Jobs, k: Fraction, seed: str) -> Jobs:
    del seed
    doubled = _times(jobs.duration_s, 2 * k)
    duration = np.maximum((doubled + 1) // 2, np.minimum(jobs.duration_s, 1))
    return at_times(jobs, np.arange(len(jobs)), jobs.submit_s, duration)


def _copies(jobs: Jobs, k: Fraction, seed: str) -> Jobs:
    if k * len(jobs) > MOST_JOBS:
        raise BadInput(f"these would be some {int(k * len(jobs)):,} jobs", "option factor", "choose a smaller one")
    whole, rest = divmod(k, 1)
    once_more = Chance(seed, "copies").part(len(jobs)) < float(rest)
    rows = np.repeat(np.arange(len(jobs)), whole + once_more)
    if not len(rows):
        raise BadInput("no job is left", "option factor", "choose a larger factor, or another seed")
    return in_order(named_apart(at_times(jobs, rows, jobs.submit_s[rows])))


def _times(seconds: Ints, k: Fraction) -> Ints:
    """Multiply by a fraction and round down, exactly: ⌊a·n/d⌋ = ⌊a/d⌋·n + ⌊(a mod d)·n/d⌋ stays within 64 bits.

    Raises
    ------
    BadInput
        if the product does not.
    """
    if int(seconds.max(initial=0)) * k >= 2**62:
        raise BadInput("the times would be more than 64 bits hold", "option factor", "choose a factor nearer to 1")
    whole, rest = np.divmod(seconds, k.denominator)
    return np.asarray(whole * k.numerator + rest * k.numerator // k.denominator)


WAYS: dict[str, Callable[[Jobs, Fraction, str], Jobs]] = {
    "arrivals": _arrivals,
    "durations": _durations,
    "copies": _copies,
}
