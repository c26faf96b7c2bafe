"""When does each of some gangs have to be looked at again?

A heap of gangs by second, in which any of them can be found and taken out.
"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import part
from apportion.simulation.events import FOREVER

NONE = -1


class Alarms(NamedTuple):
    """Seconds at which gangs are to be looked at.

    Attributes
    ----------
    second, job : (J + 4,) the heap of four children a parent, the soonest in front; behind its `number[0]` entries every
        second is `FOREVER`
    where : (J,) at which entry of the heap each gang stands, `NONE` if at none
    """

    second: Ints
    job: Ints
    where: Ints
    number: Ints


def no_alarms(jobs: int) -> Alarms:
    """Open alarms for so many gangs, none of them set."""
    seconds, job = np.full(jobs + 4, FOREVER, dtype=np.int64), np.zeros(jobs + 4, dtype=np.int64)
    return Alarms(seconds, job, np.full(jobs, NONE), np.zeros(1, dtype=np.int64))


@part
def rouse(alarms: Alarms, job: int, second: int) -> None:
    """Set the alarm of a gang that has none. O(log alarms)."""
    alarms.number[0] += 1
    _rise(alarms, alarms.number[0] - 1, second, job)


@part
def calm(alarms: Alarms, job: int) -> None:
    """Drop the alarm of a gang, if it has one. O(log alarms)."""
    hole = alarms.where[job]
    if hole == NONE:
        return
    alarms.where[job] = NONE
    last = alarms.number[0] - 1
    alarms.number[0] = last
    second, moved = alarms.second[last], alarms.job[last]
    alarms.second[last] = FOREVER  # so that the soonest of four is taken without a branch
    if hole == last:
        return
    while True:
        below = 4 * hole + 1
        if below >= last:
            break
        near = below + (alarms.second[below + 1] < alarms.second[below])
        far = below + 2 + (alarms.second[below + 3] < alarms.second[below + 2])
        below = far if alarms.second[far] < alarms.second[near] else near
        if alarms.second[below] >= second:
            break
        _put(alarms, hole, alarms.second[below], alarms.job[below])
        hole = below
    _rise(alarms, hole, second, moved)


@part
def _rise(alarms: Alarms, hole: int, second: int, job: int) -> None:
    while hole > 0:
        above = (hole - 1) >> 2
        if alarms.second[above] <= second:
            break
        _put(alarms, hole, alarms.second[above], alarms.job[above])
        hole = above
    _put(alarms, hole, second, job)


@part
def _put(alarms: Alarms, hole: int, second: int, job: int) -> None:
    alarms.second[hole], alarms.job[hole], alarms.where[job] = second, job, hole
