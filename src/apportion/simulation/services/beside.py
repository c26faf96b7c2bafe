"""What is left for jobs beside the services of their pool?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.pool import Pool
from apportion.domain.services import Course, Served
from apportion.domain.trace import Changes, Trace
from apportion.errors import BadInput
from apportion.simulation.services.course import course
from apportion.simulation.services.scaling import serve
from apportion.simulation.services.steps import on_places, steps


def beside_services(pool: Pool, jobs: Trace) -> Trace:
    """Take away, hour by hour, what a pool's services hold; some time after the last job the hours stand still.

    Raises
    ------
    BadInput
        as `beside` and `serve` do.
    """
    if pool.services is None or not len(jobs):
        return jobs
    if pool.outages is None:
        return beside(jobs, serve(pool), still_from_s(jobs))
    return beside_course(jobs, course(pool, int(jobs.submit_s.min()), still_from_s(jobs)))


def still_from_s(jobs: Trace) -> int:
    """Say from which second on the hours of services stand still: none of the jobs should run by then."""
    work = float((jobs.load * np.maximum(jobs.submit_s[-1] - jobs.submit_s[0], 1)).max(initial=0.0))
    return int(jobs.submit_s[-1]) + int(2 * work) + int(jobs.lasts.max())


def beside(trace: Trace, served: Served, end_s: int, zero_s: int = 0) -> Trace:
    """Return the same jobs on places from which services take what they hold, hour by hour.

    At home, members have what they had: services are the pool's.

    Parameters
    ----------
    end_s : second before which the hours change; from then on the last one stays. A cycle of steps for each place and day is
        kept in memory, so take what the replay may need and not for ever
    zero_s : second of the trace's clock at which hour 0 of a cycle begins

    Raises
    ------
    BadInput
        if the jobs' places are not all of the pool's nodes.
    """
    start_s = min(int(trace.submit_s.min(initial=end_s)), end_s)
    return replace(trace, changes=Changes(*steps(_held(trace, served), start_s, end_s, zero_s)))


def beside_course(trace: Trace, found: Course) -> Trace:
    """Return the same jobs on places from which services take what they hold, and of which nodes go and come back.

    Raises
    ------
    BadInput
        if the jobs' places are not all of the pool's nodes.
    """
    held = _held(trace, found.served)[found.row]
    delta = -np.diff(held, axis=0, prepend=np.zeros_like(held[:1]))
    moment, place = np.nonzero(delta.any(axis=2))
    taken = Changes(found.at_s[moment], place.astype(np.int64), delta[moment, place])
    return replace(trace, changes=taken if trace.changes is None else _both(trace.changes, taken))


def _held(trace: Trace, served: Served) -> Ints:
    place = trace.held_by.of
    if len(place) != served.on_node.shape[1] or (place < 0).any():
        raise BadInput(
            "services hold parts of every node of the pool, and the jobs' places are not all of them",
            mend="take the whole pool",
        )
    return on_places(served.on_node, place, len(trace.held_by.amount))


def _both(one: Changes, other: Changes) -> Changes:
    """Let what comes and goes for two reasons do so at once."""
    at_s, place = np.concatenate([one.at_s, other.at_s]), np.concatenate([one.place, other.place])
    when, of = np.unique(np.column_stack([at_s, place]), axis=0, return_inverse=True)
    delta = np.zeros((len(when), one.delta.shape[1]), dtype=np.int64)
    np.add.at(delta, of.reshape(-1), np.concatenate([one.delta, other.delta]))
    some = delta.any(axis=1)
    return Changes(*(np.ascontiguousarray(column[some]) for column in (when[:, 0], when[:, 1], delta)))
