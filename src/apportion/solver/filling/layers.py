"""What if a claim does not rise at one speed all the way, but in layers?

A rule whose path has bends cuts what each claim asks for into layers. Each layer is filled as a claim of its own
(`apportion.solver.filling.fill`): it begins to rise at its own level of its own phase, and goes on to its own cap. So a path
that rests, goes on, or comes back after all others have had their turn is still exact progressive filling.
"""

from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.filling.fill import fill


@dataclass(frozen=True, eq=False)
class Layers:
    """How each claim's path is cut.

    Attributes
    ----------
    most : (L, M) micro-tasks in each layer, real numbers that sum to what the claim asks for
    begin : (L, M) level of its phase at which a layer begins to rise
    phase : (L, M) smallest first
    """

    most: Floats
    begin: Floats
    phase: Ints


def fill_layers(rate: Floats, layers: Layers, bundle: Ints, capacity: Ints, base: Floats, steady: bool) -> Floats:
    """Fill all layers and add them up: (M, F) micro-tasks; `base` is held first, in the lowest layers.

    Examples
    --------
    The first half of each claim at equal speed, then the rest so that losses become equal:

    >>> half = np.array([50.0, 100.0, 150.0])
    >>> cut = Layers(np.stack([half, half]), np.stack([0 * half, 300 - half]), np.zeros((2, 3), dtype=np.int64))
    >>> one = np.ones((3, 1), dtype=np.int64)
    >>> fill_layers(one * 1.0, cut, one * 10**6, np.array([[200]]), one * 0.0, False).ravel()
    array([50., 75., 75.])
    """
    count = len(layers.most)
    filling = fill(
        np.tile(rate, (count, 1)),
        layers.most.ravel(),
        np.tile(bundle, (count, 1)),
        capacity,
        _in_layers(base, layers.most).reshape(layers.most.size, base.shape[1]),
        layers.phase.ravel(),
        steady,
        layers.begin.ravel(),
    )
    return np.asarray(filling.tasks.reshape(count, *base.shape).sum(axis=0))


def _in_layers(base: Floats, most: Floats) -> Floats:
    """Put what is held into the lowest layers that hold it, in the proportion of its flavors: (L, M, F)."""
    held = base.sum(axis=1)
    below = np.cumsum(most, axis=0) - most
    within = np.clip(held - below, 0.0, most)
    within[-1] = np.maximum(held - below[-1], 0.0)
    part = np.divide(within, held, out=np.zeros_like(within), where=held > 0)
    return np.asarray(part[:, :, None] * base)
