"""Is every member better off in the pool than alone? ρ of each member, and the worst."""

from collections.abc import Sequence

from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._times import Pairs, pairs


def measure(history: History) -> Sequence[Figure]:
    """Give for each discipline at home the members' ρ, the worst one as the value, and the jobs that only the pool can run.

    ρ[m] = Σ JCT in the pool / Σ JCT alone, over the jobs of m that finish both ways; jobs too large for home count apart.
    """
    return [figure for pair in pairs(history) for figure in (_rho(history, pair), _only_in_pool(history, pair))]


def _rho(history: History, pair: Pairs) -> Figure:
    return Figure(
        f"rho.{pair.home}",
        max((rho for rho in pair.rho if rho is not None), default=None),
        "times",
        Better.LOW,
        "Worst member's ρ: mean time from submit to end in the pool over that of the same jobs under "
        f"{pair.home} alone on the member's entitlement; at most 1 means that no member is worse off.",
        dict(zip(history.pool.members.id, pair.rho, strict=True)),
    )


def _only_in_pool(history: History, pair: Pairs) -> Figure:
    return Figure(
        f"only_in_pool.{pair.home}",
        float(pair.only_in_pool.sum()),
        "jobs",
        Better.NEITHER,
        f"Jobs that ended in the pool and can never run under {pair.home} alone on the member's entitlement; left out of ρ.",
        dict(zip(history.pool.members.id, map(float, pair.only_in_pool.tolist()), strict=True)),
    )
