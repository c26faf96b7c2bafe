"""When does each of some gangs have to be looked at again?

A binary heap of gangs by second, in which any of them can be found and taken out.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import compiled
from apportion.simulation.events import FOREVER

NONE = -1


class Alarms(NamedTuple):
    """Seconds at which gangs are to be looked at.

    Attributes
    ----------
    second, job : (J,) the heap, the soonest in front; only `number[0]` entries mean anything
    where : (J,) at which entry of the heap each gang stands, `NONE` if at none
    """

    second: Ints
    job: Ints
    where: Ints
    number: Ints


def no_alarms(jobs: int) -> Alarms:
    """Open alarms for so many gangs, none of them set."""
    nothing = np.zeros(jobs, dtype=np.int64)
    return Alarms(nothing, nothing.copy(), np.full(jobs, NONE), np.zeros(1, dtype=np.int64))


@compiled
def rouse(alarms: Alarms, job: int, second: int) -> None:
    """Set the alarm of a gang that has none. O(log alarms)."""
    alarms.number[0] += 1
    _rise(alarms, alarms.number[0] - 1, second, job)


@compiled
def calm(alarms: Alarms, job: int) -> None:
    """Drop the alarm of a gang, if it has one. O(log alarms)."""
    hole = alarms.where[job]
    if hole == NONE:
        return
    alarms.where[job] = NONE
    last = alarms.number[0] - 1
    alarms.number[0] = last
    second, moved = alarms.second[last], alarms.job[last]
    if hole == last:
        return
    alarms.second[last] = FOREVER  # so that the sooner of two is taken without a branch
    while True:
        below = 2 * hole + 1
        if below >= last:
            break
        below += alarms.second[below + 1] < alarms.second[below]
        if alarms.second[below] >= second:
            break
        _put(alarms, hole, alarms.second[below], alarms.job[below])
        hole = below
    _rise(alarms, hole, second, moved)


@compiled
def _rise(alarms: Alarms, hole: int, second: int, job: int) -> None:
    while hole > 0:
        above = (hole - 1) >> 1
        if alarms.second[above] <= second:
            break
        _put(alarms, hole, alarms.second[above], alarms.job[above])
        hole = above
    _put(alarms, hole, second, job)


@compiled
def _put(alarms: Alarms, hole: int, second: int, job: int) -> None:
    alarms.second[hole], alarms.job[hole], alarms.where[job] = second, job, hole
