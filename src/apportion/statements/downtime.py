"""What was down, and what did it not draw meanwhile?"""

from typing import Any, NamedTuple

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.intensity import Intensity
from apportion.domain.pool import Pool
from apportion.statements.ground import Ground


class Downtime(NamedTuple):
    """By period, weighing and class of nodes: (periods, W, C), in Python's integers.

    Attributes
    ----------
    amount : resource-seconds that were down
    idle : milliwatt-seconds of idle power that were not drawn; of a weighing by a region's intensity, by nodes of that region
    """

    amount: Any
    idle: Any


def downtime(pool: Pool, on: Ground, bounds: Ints, cuts: Ints, weights: Ints, intensity: Intensity | None) -> Downtime:
    """Add up, exactly, what was down.

    Parameters
    ----------
    bounds : (periods + 1,) seconds
    cuts, weights : (S + 1,) ascending seconds, (S, W) by what those between two are multiplied: 1, and then regions in turn
    """
    amount, idle = (np.zeros((len(bounds) - 1, weights.shape[1], len(on)), dtype=object) for _ in range(2))
    if pool.outages is None:
        return Downtime(amount, idle)
    began = _weighed(np.append(cuts[0], on.moments), np.append(on.moments, cuts[-1]), bounds, cuts, weights)
    amount += (began[..., None] * on.down[:, None, None, :].astype(object)).sum(axis=0)
    regions = 1 if intensity is None else len(intensity.regions)
    region = np.zeros(len(pool.nodes), dtype=np.int64) if intensity is None else intensity.column(pool.nodes.region)
    told = np.arange(weights.shape[1])
    up_s = np.where(pool.outages.up_s < 0, cuts[-1], pool.outages.up_s)
    lasted = _weighed(pool.outages.down_s, np.maximum(up_s, pool.outages.down_s), bounds, cuts, weights)
    for node, spans in zip(pool.outages.node.tolist(), lasted, strict=True):
        if on.node[node] >= 0:
            own = (told == 0) | ((told - 1) % regions == region[node])
            idle[:, :, on.node[node]] += spans * own * int(pool.nodes.idle_milli_watts[node])
    return Downtime(amount, idle)


def _weighed(begin: Ints, end: Ints, bounds: Ints, cuts: Ints, weights: Ints) -> Any:
    """Weigh the seconds of some spans in each period: (I,), (I,) → (I, periods, W)."""
    times = weights.astype(object)
    whole = np.concatenate([np.zeros_like(times[:1]), np.cumsum(times * np.diff(cuts)[:, None], axis=0)])
    at = np.clip(np.clip(bounds, begin[:, None], end[:, None]), cuts[0], cuts[-1])
    slot = np.clip(np.searchsorted(cuts, at, side="right") - 1, 0, len(times) - 1)
    return np.diff(whole[slot] + times[slot] * (at - cuts[slot])[..., None], axis=1)
