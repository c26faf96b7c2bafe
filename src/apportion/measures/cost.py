"""What did the machines cost, and what of it was used?

The price of a node is what it costs to have it for an hour, so one that is down costs the same, as in a statement: what an
outage wastes is in what was idle. Where a part of the pool is replayed (``--percent``), that part of each node is paid for:
under ``counting`` so many of its GPUs, or of its cores where it has none; else the nodes that are left.
"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._power import summed
from apportion.measures._stages import scarcest

HOUR_S = 3600.0


def measure(history: History) -> Sequence[Figure]:
    """Give the price of all nodes over the horizon, in rows for what was held and for what stood idle or was down.

    Held is the price times the held part of a place's scarcest resource. None where a node has no price.
    """
    pool, replay, jobs = history.pool, history.replay, history.pool.jobs
    rows: dict[str, float | None] = {"held": None, "idle": None}
    total: float | None = None
    if jobs is not None and replay is not None and replay.places is not None and replay.held is not None:
        places, r = replay.places, scarcest(history)
        if (
            len(places.of)
            and (pool.nodes.price_milli_per_hour[places.of >= 0] > 0).all()
            and replay.pooled.finished.any()
        ):
            hours = int(replay.pooled.end_s.max() - jobs.submit_s.min()) / HOUR_S
            price = summed(pool.nodes.price_milli_per_hour, pool, places)
            whole = places.amount[:, r]
            busy = np.divide(replay.held.used[:, r], whole, out=np.zeros(len(whole)), where=whole > 0) / HOUR_S
            total, used = float(price.sum()) * hours, float((price * busy).sum())
            rows = {"held": used, "idle": total - used}
    definition = (
        "Price of every node, up or down, from the first submission to the last end; held is the part of the scarcest "
        "resource."
    )
    return [Figure("cost", total, "price", Better.LOW, definition, rows)]
