"""How many single jobs end later in the pool than they would have alone?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._times import Pairs, pairs


def measure(history: History) -> Sequence[Figure]:
    """Give for each discipline at home the part of jobs with ρ > 1, by member, and the jobs that have no ρ of their own."""
    return [figure for pair in pairs(history) for figure in (_later(history, pair), _without(pair))]


def _later(history: History, pair: Pairs) -> Figure:
    members = history.pool.members.id
    counted = np.bincount(pair.member[pair.has_ratio], minlength=len(members)).astype(np.float64)
    later = np.bincount(pair.member[pair.has_ratio & (pair.pooled_s > pair.alone_s)], minlength=len(members)).astype(
        np.float64
    )
    return Figure(
        f"unfair_fraction.{pair.home}",
        _part(later.sum(keepdims=True), counted.sum(keepdims=True))[0],
        "share of 1",
        Better.LOW,
        f"Part of the jobs that end later in the pool than under {pair.home} alone, among those that can run alone and take "
        "time there.",
        dict(zip(members, _part(later, counted), strict=True)),
    )


def _without(pair: Pairs) -> Figure:
    return Figure(
        f"no_ratio.{pair.home}",
        float((~pair.has_ratio).sum()),
        "jobs",
        Better.NEITHER,
        f"Jobs that take no time under {pair.home} alone and some in the pool; they have no ratio and are left out.",
    )


def _part(later: Floats, counted: Floats) -> list[float | None]:
    return [float(a / b) if b else None for a, b in zip(later, counted, strict=True)]
