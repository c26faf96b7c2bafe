"""How much energy did the jobs' machines take?

A place draws idle + (max − idle) · u watts, u the held part of its GPUs, or of its cores where it has none; a place is one
node, or under ``counting`` all nodes of a class. Idle power is drawn from the first submission to the last end, whoever
runs. Energy is estimated from what nodes are said to draw; nothing was metered.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held
from apportion.domain.trace import Places

MILLI = 1000.0


def measure(history: History) -> Sequence[Figure]:
    """Give the joules of all places, in rows what was drawn idle and beyond; None where nodes do not say what they draw."""
    pool, replay = history.pool, history.replay
    rows: dict[str, float | None] = {"idle": None, "held": None}
    if replay is not None and replay.held is not None and replay.places is not None and _said(pool, replay.places):
        rows["idle"] = float(_watts(pool.nodes.idle_milli_watts, replay.places).sum()) * _horizon_s(history)
        rows["held"] = float(_beyond(pool, replay.places, replay.held).sum())
    known = [value for value in rows.values() if value is not None]
    definition = (
        "Estimated: idle power of every node from the first submission to the last end, and max − idle for the part of it "
        "that is held."
    )
    return [Figure("energy", sum(known) if known else None, "J", Better.LOW, definition, rows)]


def _said(pool: Pool, places: Places) -> bool:
    return len(places.of) > 0 and bool((pool.nodes.max_milli_watts[places.of >= 0] > 0).all())


def _horizon_s(history: History) -> int:
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None or not replay.pooled.finished.any():
        return 0
    return int(replay.pooled.end_s.max() - jobs.submit_s.min())


def _watts(of_nodes: Ints, places: Places) -> Floats:
    """Sum the watts of nodes over places: (K,) → (P,)."""
    total, on = np.zeros(len(places.amount)), places.of >= 0
    np.add.at(total, places.of[on], of_nodes[on] / MILLI)
    return total


def _beyond(pool: Pool, places: Places, held: Held) -> Floats:
    """Joules beyond idle: (P,)."""
    gpu, cpu = (pool.resources.index(name) for name in ("gpu_milli", "cpu_milli"))
    r = np.where(places.amount[:, gpu] > 0, gpu, cpu)
    each = np.arange(len(r))
    whole = places.amount[each, r]
    seconds = np.divide(held.used[each, r], whole, out=np.zeros(len(r)), where=whole > 0)
    return np.asarray(_watts(pool.nodes.max_milli_watts - pool.nodes.idle_milli_watts, places) * seconds)
