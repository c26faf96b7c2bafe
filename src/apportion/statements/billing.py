"""What does each member owe for what it held, and for what lay idle?

From the first submission to the last end, by month, class of nodes and member.
"""

from datetime import datetime

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.history import Replay
from apportion.domain.intensity import HOUR_S, Intensity
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.simulation.services import course
from apportion.statements import tenures
from apportion.statements.dividing import Bill
from apportion.statements.downtime import downtime
from apportion.statements.ground import ground
from apportion.statements.line import NOBODY, Cost, Energy, Grams, Line, Statements
from apportion.statements.months import periods, whole_hours
from apportion.statements.sweep import Parts, swept


def statements(pool: Pool, replay: Replay, zero: datetime | None = None) -> Statements:
    """Make every member's statement for every month, from the first submission to the last end.

    Parameters
    ----------
    replay : with `stays`
    zero : the moment at second 0 of the trace's clock; without it months are periods of 30 days

    Raises
    ------
    BadInput
        if nothing ran, or it is not kept from when to when.
    """
    jobs, places, stays = pool.jobs, replay.places, replay.stays
    if stays is None:
        raise BadInput("from when to when who held what was not kept", "the replay", "replay with watch=True")
    if jobs is None or places is None or not replay.pooled.finished.any():
        raise BadInput("no job ran, so nothing was held", "jobs.csv", "add jobs that fit the pool")
    start_s, end_s = int(jobs.submit_s.min()), max(int(replay.pooled.end_s.max()), int(jobs.submit_s.min()) + 1)
    on, months = ground(pool, places, start_s, end_s), periods(start_s, end_s, zero)
    held = [tenures.of_jobs(jobs, places, on, stays), tenures.of_waiting(jobs, places, on, stays)]
    if pool.services is not None and len(pool.services):
        still_s = end_s if replay.still_s is None else replay.still_s
        held.append(tenures.of_services(course(pool, start_s, still_s), on, end_s))
    cuts = months.bounds if replay.intensity is None else whole_hours(months.bounds, HOUR_S)
    month = np.searchsorted(months.bounds, cuts[:-1], side="right") - 1
    kinds, weights = _weights(replay.intensity, cuts)
    found = swept(tenures.together(held), on, cuts, month, weights)
    spans = np.add.reduceat(weights * np.diff(cuts)[:, None].astype(object), np.flatnonzero(np.diff(month, prepend=-1)))
    off = downtime(pool, on, months.bounds, cuts, weights, replay.intensity)
    bill = Bill(pool, on, found, spans, off, kinds, replay.intensity)
    lines = [line for k in range(len(months)) for c in range(len(on)) for line in _lines(bill, k, c)]
    there = on.node >= 0
    said = [int((column[there] > 0).sum()) for column in (pool.nodes.price_milli_per_hour, pool.nodes.max_milli_watts)]
    return Statements(months, zero, tuple(lines), int(there.sum()), *said)


def _lines(bill: Bill, k: int, c: int) -> list[Line]:
    """Write the lines of one period and class of nodes, nobody's last."""
    costs, energy, grams = bill.costs(k, c), bill.energy(k, c), bill.grams(k, c)
    plain = Parts(*(part[k, 0, c] for part in bill.found))
    return [
        Line(
            k,
            name,
            bill.on.flavors[c],
            bill.pool.resources[bill.on.resource[c]],
            own=int(plain.own[m]),
            borrowed=int(plain.borrowed[m]),
            lent=int(plain.lent[m]),
            idle=int(plain.idle[m]),
            wanted=int(plain.wanted[m]),
            beyond_need=int(plain.beyond_need[m]),
            cost=None if costs is None else Cost(*(row[m] for row in costs)),
            energy=None if energy is None else Energy(*(row[m] for row in energy)),
            grams={kind: Grams(*(row[m] for row in rows)) for kind, rows in grams.items()},
        )
        for m, name in enumerate([*map(str, bill.pool.members.id), NOBODY])
    ]


def _weights(intensity: Intensity | None, cuts: Ints) -> tuple[list[str], Ints]:
    """Multiply seconds by 1, and by the milligrams of each kind and region: the kinds told, and (S, 1 + kinds · G)."""
    plain = np.ones((len(cuts) - 1, 1), dtype=np.int64)
    if intensity is None:
        return [], plain
    told = {kind: table for kind, table in intensity.kinds.items() if table is not None}
    hour = cuts[:-1] // HOUR_S
    return list(told), np.concatenate([plain, *(table[hour % len(table)] for table in told.values())], axis=1)
