"""How does what services hold change what is free for jobs?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from apportion.domain.arrays import Ints
from apportion.domain.services import HOUR_S


class Steps(NamedTuple):
    """At `at_s[k]` what is free on `place[k]` changes by `delta[k]`: (K,), (K,), (K, R); by time, then by place."""

    at_s: Ints
    place: Ints
    delta: Ints


def on_places(on_node: Ints, place: ArrayLike, places: int) -> Ints:
    """Sum what is held on nodes over the places that a scheduler tells apart: (H, N, R), (N,) → (H, P, R).

    Nodes are places of their own with `place` 0 … N − 1; all of them are one with zeros (placement ``counting``).
    """
    held = np.zeros((places, len(on_node), on_node.shape[2]), dtype=np.int64)
    np.add.at(held, np.asarray(place), on_node.swapaxes(0, 1))
    return held.swapaxes(0, 1)


def steps(held: Ints, start_s: int, end_s: int, zero_s: int = 0) -> Steps:
    """Lay the hours of a cycle along a trace's clock, from one second to before another.

    The first step, at `start_s`, takes what the services hold then. At the start of each hour they take what they need in
    addition, before any job starts, and give back what they need no longer. What does not change has no step; after `end_s`
    nothing changes. Where jobs hold what a service takes, the free amount is below zero: a scheduler stops some of them, or
    starts none until enough have ended.

    Parameters
    ----------
    held : (H, P, R) on each place in each hour of the cycle
    zero_s : second of the trace's clock at which hour 0 of a cycle begins

    >>> found = steps(np.array([[[1000]], [[3000]]]), 1800, 9000)
    >>> found.at_s.tolist(), found.delta.tolist()
    ([1800, 3600, 7200], [[-1000], [-2000], [2000]])
    """
    hours = np.arange((start_s - zero_s) // HOUR_S, -(-(end_s - zero_s) // HOUR_S))
    delta = -np.diff(held[hours % len(held)], axis=0, prepend=np.zeros_like(held[:1]))
    hour, place = np.nonzero(delta.any(axis=2))
    return Steps(np.maximum(zero_s + hours * HOUR_S, start_s)[hour], place, delta[hour, place])
