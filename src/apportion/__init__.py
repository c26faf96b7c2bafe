"""Apportion divides a shared pool of AI compute, proves the division, replays it and tells what it means.

>>> import apportion as ap
>>> pool = ap.read("examples/itp")          # a Pool, validated
>>> plan = ap.plan(pool, policy="max_min")  # a Plan
>>> [str(v.status) for v in ap.prove(pool, plan) if v.proof == "feasible"]
['holds']
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apportion.comparison import Comparison
    from apportion.domain.charter import Charter
    from apportion.domain.history import Replay
    from apportion.domain.intensity import Intensity
    from apportion.domain.plan import Plan
    from apportion.domain.pool import Pool
    from apportion.domain.situation import Window
    from apportion.domain.verdict import Verdict
    from apportion.explanation import Explanation

__version__ = "0.1.0"
__all__ = ["compare", "explain", "plan", "prove", "read", "simulate"]


def read(path: str | Path) -> "Pool":
    """Read a pool directory.

    Raises
    ------
    apportion.errors.BadInput
        with every fault of every file.
    """
    from apportion import registry

    return registry.source("directory").read(Path(path))


def plan(pool: "Pool", policy: str | None = None, *, window: "Window | None" = None, **parameters: Any) -> "Plan":
    """Divide a pool by its charter's policy or another: its claims, or the offered load of a window of its jobs."""
    from apportion import loop

    by = loop.charter_rule(pool.charter) if policy is None else loop.rule(policy, parameters)
    return loop.decide(loop.assess(pool, window), by)


def prove(
    pool: "Pool", plan: "Plan", proofs: list[str] | None = None, *, window: "Window | None" = None
) -> "list[Verdict]":
    """Check a plan of this pool with independent checkers: all that are registered, or those named."""
    from apportion import loop

    return list(loop.prove(loop.assess(pool, window), plan, proofs))


def simulate(
    pool: "Pool",
    discipline: str | None = None,
    *,
    placement: str | None = None,
    carbon: "str | Path | Intensity | None" = None,
    greener_s: int = 0,
    **parameters: Any,
) -> "Replay":
    """Replay a pool's jobs, in the pool and alone.

    Parameters
    ----------
    discipline, placement : instead of the charter's
    carbon : carbon intensity by hour: a file whose first hour is second 0, or a table
    greener_s : seconds for which a job may be held back until an hour in which its run would emit less
    """
    from apportion.domain.intensity import Intensity
    from apportion.replays import simulate as replay
    from apportion.sources._carbon import read_intensity

    table = carbon if carbon is None or isinstance(carbon, Intensity) else read_intensity([Path(carbon)])[0]
    return replay(pool, discipline, placement=placement, parameters=parameters, carbon=table, greener_s=greener_s)


def compare(pool: "Pool", rules: "Sequence[str | Charter]", *, window: "Window | None" = None) -> "Comparison":
    """Divide a pool by several rules: policies by name, with parameters as in ``alpha_fair:alpha=2``, or other charters.

    `to_frame()` of the result is a polars frame with a row for each rule and member; `plot()` draws it.
    """
    from apportion.comparison import compare as compare_rules

    return compare_rules(pool, rules, window)


def explain(
    pool: "Pool", plan: "Plan", name: str, *, viewer: str | None = None, window: "Window | None" = None
) -> "Explanation":
    """Say why a member or a claim got what it got, and what would have helped; `viewer` sees what that member may know."""
    from apportion import loop
    from apportion.explanation import explain as explain_grant

    return explain_grant(loop.assess(pool, window), plan, loop.rule(plan.policy, plan.parameters), name, viewer)
