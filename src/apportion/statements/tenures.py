"""Who holds how much of which class of nodes, from when to when, and who waits for it?"""

from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.schedule import Stays
from apportion.domain.services import Course
from apportion.domain.tables import Jobs
from apportion.domain.trace import Places
from apportion.simulation.services.scaling import needs
from apportion.statements.ground import Ground

HELD, BEYOND_NEED, WAITS = 0, 1, 2  # kinds of tenures


class Tenures(NamedTuple):
    """From `begin_s` to before `end_s` a member has `amount` of a class, held or waited for: (S,) each.

    `kind` is `HELD`, `BEYOND_NEED` (of what is held, replicas that the target of a service does not ask for) or `WAITS`
    """

    begin_s: Ints
    end_s: Ints
    place: Ints
    member: Ints
    kind: Ints
    amount: Ints


def of_jobs(jobs: Jobs, places: Places, on: Ground, stays: Stays) -> Tenures:
    """What jobs hold, by where they run."""
    at = places.kind[stays.place]
    amount = stays.workers * jobs.bundle[stays.job, on.resource[at]]
    return _made(stays.begin_s, stays.end_s, at, jobs.member[stays.job], HELD, amount)


def of_waiting(jobs: Jobs, places: Places, on: Ground, stays: Stays) -> Tenures:
    """Jobs wait from their submission, whenever they hold nothing, for the class in which they run next.

    A job of no length never holds anything, and waits for nothing here.
    """
    order = np.lexsort((stays.begin_s, stays.job))
    job, begin, end = stays.job[order], stays.begin_s[order], stays.end_s[order]
    same = np.concatenate([[False], job[1:] == job[:-1]])
    since = np.where(same, np.concatenate([[0], end[:-1]]), jobs.submit_s[job])
    waits = since < begin  # (of a job on several places the second row begins before its first ends)
    at = places.kind[stays.place[order]][waits]
    amount = jobs.gang[job[waits], on.resource[at]]
    return _made(since[waits], begin[waits], at, jobs.member[job[waits]], WAITS, amount)


def of_services(found: Course, on: Ground, end_s: int) -> Tenures:
    """What the replicas of services hold, hour by hour, to before a second.

    Replicas beyond need are those beyond the fewest that meet the target, spread evenly over the classes of the service.
    """
    served, services = found.served, found.served.services
    within = found.at_s < end_s
    begin, cycle = found.at_s[within], found.row[within]
    end = np.append(begin[1:], end_s)
    replicas = np.zeros((len(served.kept), len(on), len(services)), dtype=np.int64)
    for c in range(len(on)):
        replicas[:, c] = served.kept[:, on.node == c].sum(axis=1)
    bundle = services.bundle[:, on.resource].T
    held = replicas * bundle
    spare = np.maximum(served.replicas - needs(services), 0)[:, None]
    beyond = held * spare // np.maximum(served.replicas, 1)[:, None]
    each = []
    for kind, amount in ((HELD, held), (BEYOND_NEED, beyond)):
        hour, at, s = np.nonzero(amount[cycle])
        each.append(_made(begin[hour], end[hour], at, services.member[s], kind, amount[cycle][hour, at, s]))
    return together(each)


def together(each: list[Tenures]) -> Tenures:
    """Put tenures one behind the other."""
    return Tenures(*map(np.concatenate, zip(*each, strict=True)))


def _made(begin_s: Ints, end_s: Ints, at: Ints, member: Ints, kind: int, amount: Ints) -> Tenures:
    return Tenures(begin_s, end_s, at, member, np.full(len(begin_s), kind, dtype=np.int64), amount)
