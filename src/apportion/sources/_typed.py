"""On which flavors may a job run that names a type of GPU?"""

import polars as pl

from apportion.sources._findings import Findings

CPU = "cpu"  # flavor of nodes without a GPU


def named_flavors(
    nodes: pl.DataFrame, jobs: pl.DataFrame, where: str, findings: Findings, *, pinned: bool
) -> list[str]:
    """Name the flavors for which jobs need a column of speed: none, if all may run anywhere; tell of those that named a type.

    Parameters
    ----------
    nodes : with ``flavor``: types of GPUs, joined by ``+`` where a node has several
    jobs : with ``named``: types that a job named, likewise; empty or null if none
    """
    flavors = sorted(set(nodes["flavor"]))
    types = sorted({part for flavor in flavors for part in flavor.split("+")})
    named = jobs.filter(pl.col("named").str.split("+").list.eval(pl.element().is_in(types)).list.any())
    if len([flavor for flavor in flavors if flavor != CPU]) < 2 or not len(named):
        return []
    if not pinned:
        what = f"jobs that named a type of GPU may run on any here, at the same speed: {len(named):,}"
        findings.notice(what, where, "--set pinned=true keeps each to the type that it named")
    return flavors if pinned else []


def speed(flavor: str) -> pl.Expr:
    """Let a job that named types run where one of them is, and any other everywhere."""
    free = pl.col("named").fill_null("") == ""
    fits = pl.any_horizontal(pl.col("named").str.split("+").list.contains(one) for one in flavor.split("+"))
    return pl.when(free | fits).then(pl.lit("1"))
