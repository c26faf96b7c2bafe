"""How long does a request take when several replicas serve one queue?

M/M/c, first come first served: requests arrive as a Poisson process, and each keeps one of c servers busy for an exponential
time. All times are in mean service times, so that two numbers say everything: the offered load a = rate · service time, in
erlangs, and c. Functions take arrays that broadcast. Where a ≥ c there is no steady state: all wait, longer and longer.

Sources: A. K. Erlang, *Løsning af nogle Problemer fra Sandsynlighedsregningen af Betydning for de automatiske
Telefoncentraler* (1917), for B and C; L. Kleinrock, *Queueing Systems, Volume 1: Theory* (1975), for M/M/m.
"""

from collections.abc import Callable
from math import log

import numpy as np
from numpy.typing import ArrayLike

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.simulation.compiled import compiled

TINY = 1e-300  # stands for 0 where 0/0 has the limit 1


def erlang_b(load: ArrayLike, servers: ArrayLike) -> Floats:
    """Return the part of requests that find all servers busy where nobody waits.

    B(0) = 1, B(c) = a·B(c−1) / (c + a·B(c−1)); this never overflows and loses no digits. O(c) an entry.

    >>> round(float(erlang_b(1.0, 2)), 12)
    0.2
    """
    a, c = np.broadcast_arrays(np.asarray(load, dtype=np.float64), np.asarray(servers, dtype=np.int64))
    blocked = np.ones(a.size)
    _blocking(a.flatten(), c.flatten(), blocked)
    return blocked.reshape(a.shape)


def erlang_c(load: ArrayLike, servers: ArrayLike) -> Floats:
    """Return the part of requests that have to wait: C = c·B / (c − a·(1 − B)), and 1 where a ≥ c.

    >>> round(float(erlang_c(1.0, 2)), 12)
    0.333333333333
    """
    a, c = np.asarray(load, dtype=np.float64), np.asarray(servers, dtype=np.int64)
    blocked = erlang_b(a, c)
    stable = a < c
    return np.asarray(np.where(stable, c * blocked / np.where(stable, c - a * (1 - blocked), 1), 1.0))


def mean_wait(load: ArrayLike, servers: ArrayLike) -> Floats:
    """Return the mean time before service begins: C / (c − a), infinite where a ≥ c.

    >>> float(mean_wait(0.5, 1))
    1.0
    """
    a, c = np.asarray(load, dtype=np.float64), np.asarray(servers, dtype=np.int64)
    stable = a < c
    return np.asarray(np.where(stable, erlang_c(a, c) / np.where(stable, c - a, 1), np.inf))


def later(load: ArrayLike, servers: ArrayLike, time: ArrayLike) -> Floats:
    """Return the part of requests whose answer takes longer than a time, waiting and service together; 1 where a ≥ c.

    >>> round(float(later(0.5, 1, 2.0)), 12) == round(float(np.exp(-1.0)), 12)
    True
    """
    a, c = np.asarray(load, dtype=np.float64), np.asarray(servers, dtype=np.int64)
    late = tail(erlang_c(a, c), np.maximum(c - a, 0.0), np.asarray(time, dtype=np.float64))
    return np.asarray(np.where(a < c, late, 1.0))


def tail(waiting: Floats, spare: Floats, time: Floats) -> Floats:
    """Return P(T > time) from the part C that has to wait and the spare servers θ = c − a.

    Waiting is 0 for 1 − C of the requests and exponential with rate θ for the others, independent of the service time. So

        P(T > t) = e^−t + C · (e^−t − e^−θt) / (θ − 1)

    whose last term is C·t·e^−t for θ = 1. It is computed as C·t·e^(−min(1,θ)t)·(1 − e^−d)/d with d = |θ − 1|·t, in which
    nothing cancels and nothing overflows, and which goes over into that case by itself.
    """
    t: Floats = np.maximum(time, 0.0)
    d = np.maximum(np.abs(spare - 1) * t, TINY)
    queued = waiting * t * np.exp(-np.minimum(spare, 1) * t) * (-np.expm1(-d) / d)
    return np.exp(-t) + queued


def percentile(load: ArrayLike, servers: ArrayLike, part: float = 0.99) -> Floats:
    """Return the time within which `part` of the answers come, to the last digit; infinite where a ≥ c.

    >>> round(float(percentile(0.5, 1)), 6) == round(log(100) / 0.5, 6)
    True
    """
    a, c = np.asarray(load, dtype=np.float64), np.asarray(servers, dtype=np.int64)
    waiting, spare = erlang_c(a, c), np.maximum(c - a, 0.0)
    return quantile(lambda time: tail(waiting, spare, time), np.asarray(a < c), part)


def quantile(late: Callable[[Floats], Floats], steady: Bools, part: float) -> Floats:
    """Find the least time with P(T > time) ≤ 1 − part, for every entry of a falling function of time.

    No answer comes faster than a service alone, so log(1/(1 − part)) is a lower end; the upper one is doubled until it holds.
    Then bisection, until no float lies between: about 60 evaluations. Infinite where not `steady`.
    """
    low = np.full(steady.shape, -log(1 - part))
    high = low.copy()
    while (short := steady & (late(high) > 1 - part)).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while True:
        middle = (low + high) / 2
        if ((middle <= low) | (middle >= high)).all():
            return np.asarray(np.where(steady, high, np.inf))
        short = late(middle) > 1 - part
        low, high = np.where(short, middle, low), np.where(short, high, middle)


def fewest(load: ArrayLike, time: ArrayLike, most: ArrayLike, part: float = 0.99) -> Ints:
    """Return the fewest servers with which `part` of the answers come within a time; `most` where no number up to it does.

    More servers are never worse, so the first that suffices is the fewest. The recursion of Erlang B meets every smaller
    number on its way: looking at each costs as much as one evaluation, and bisection would repeat it. O(fewest) an entry.
    No load asks for no server. No number suffices if a service alone takes too long, e^−time > 1 − part.

    >>> fewest([0.0, 0.5, 4.0], 10.0, 100).tolist()
    [0, 1, 5]
    """
    a, t, m = np.broadcast_arrays(
        np.asarray(load, dtype=np.float64), np.asarray(time, dtype=np.float64), np.asarray(most, dtype=np.int64)
    )
    found = m.flatten()
    _fewest(a.flatten(), t.flatten(), 1 - part, found)
    return found.reshape(a.shape)


_tail_of_one = compiled(tail)  # the same formula for single numbers, inside kernels


@compiled
def _blocking(load: Floats, servers: Ints, blocked: Floats) -> None:
    for i in range(len(load)):
        for c in range(1, servers[i] + 1):
            blocked[i] = load[i] * blocked[i] / (c + load[i] * blocked[i])


@compiled
def _fewest(load: Floats, time: Floats, allowed: float, found: Ints) -> None:
    """Lower `found`, which holds the most, to the fewest that suffice."""
    for i in range(len(load)):
        a, most, blocked = load[i], found[i], 1.0
        if a <= 0:
            found[i] = 0
        elif a < most and np.exp(-time[i]) <= allowed:
            for c in range(1, most + 1):
                blocked = a * blocked / (c + a * blocked)
                if c > a and _tail_of_one(c * blocked / (c - a * (1 - blocked)), c - a, time[i]) <= allowed:
                    found[i] = c
                    break
