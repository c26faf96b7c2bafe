"""How much energy did the jobs' machines take?

A place draws idle + (max − idle) · u watts, u the held part of its GPUs, or of its cores where it has none; a place is one
node, or under ``counting`` all nodes of a class. Idle power is drawn from the first submission to the last end, whoever
runs, and none by a node that is down. Under ``counting`` a held GPU draws what one of its class draws in the mean over all of
its nodes, and where a part of the pool is replayed (``--percent``) that part of each node draws. Energy is estimated from
what nodes are said to draw; nothing was metered.
"""

from collections.abc import Sequence

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._power import (
    MILLI,
    downtime,
    drawn,
    each_jobs_joules,
    horizon,
    joules_beyond_idle,
    said,
    shared,
    summed,
)


def measure(history: History) -> Sequence[Figure]:
    """Give the joules of all places, in rows what was drawn idle and beyond; None where nodes do not say what they draw."""
    pool, replay = history.pool, history.replay
    rows: dict[str, float | None] = {"idle": None, "held": None}
    if replay is not None and replay.held is not None and replay.places is not None and said(pool, replay.places):
        begin, end = horizon(history)
        idle = summed(pool.nodes.idle_milli_watts, pool, replay.places)
        node, _, seconds = downtime(pool, begin, end)
        down = pool.nodes.idle_milli_watts[node] / MILLI * seconds * shared(pool, replay.places)[node]
        rows["idle"] = float(idle.sum()) * (end - begin) - float(down.sum())
        rows["held"] = float(joules_beyond_idle(pool, replay.places, replay.held).sum())
    known = [value for value in rows.values() if value is not None]
    definition = (
        "Estimated: idle power of every node that is up from the first submission to the last end, and max − idle for the "
        "part of it that is held."
    )
    return [Figure("energy", sum(known) if known else None, "J", Better.LOW, definition, rows)]


def joules_of_jobs(history: History) -> Floats | None:
    """Give what each job drew beyond idle: (J,); None where nodes do not say what they draw."""
    pool, jobs, replay = history.pool, history.pool.jobs, history.replay
    if jobs is None or replay is None or replay.held is None or replay.places is None or not said(pool, replay.places):
        return None
    on = drawn(pool, jobs, replay.places, replay.held)
    return each_jobs_joules(pool, replay.places, replay.held, on, replay.pooled.held_s)
