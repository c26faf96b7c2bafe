"""How long do jobs run that have not ended? What has begun counts up to now; for what waits there is only a guess."""

from collections.abc import Sequence

import polars as pl

from apportion.sources._findings import Findings

WAITING = ("median", "limit", "out")


def lasting_as(
    rows: pl.DataFrame, waiting: str, alike: Sequence[str], where: str, findings: Findings
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Say how long jobs run that have not ended, and in a charter's words how that was found.

    Parameters
    ----------
    rows : with ``went`` (``ended``, ``runs``, ``waits``), ``lasted`` (seconds up to now), ``limit`` (seconds, or null),
    and `alike` waiting : how long those run that wait: ``median`` of the jobs that are `alike` and ended, at most their
    limit; ``limit``, or that
        median where there is none; ``out`` leaves them out
    """
    waits, runs = (rows.filter(pl.col("went") == went) for went in ("waits", "runs"))
    said = {}
    if len(runs):
        said["running"] = f"jobs that still run: {len(runs):,}; each counts as long as it has run up to now"
        findings.notice(f"jobs still run, and count as long as they have run up to now: {len(runs):,}", where)
    if not len(waits):
        return rows, said
    if waiting == "out":
        said["waiting"] = f"jobs that wait, left out: {len(waits):,}"
        findings.notice(f"jobs that wait were left out: {len(waits):,}", where)
        return rows.filter(pl.col("went") != "waits"), said
    how = (
        "its time limit, or where it has none the median of jobs like it"
        if waiting == "limit"
        else "the median of its member's jobs that ended, and at most its time limit"
    )
    said["waiting"] = f"jobs that wait: {len(waits):,}; how long each will run is assumed: {how}"
    what = f"jobs wait, and how long each will run is assumed: {len(waits):,}"
    findings.notice(what, where, f"it is {how}; --set waiting=out")
    return _guessed(rows, waiting, alike), said


def _guessed(rows: pl.DataFrame, waiting: str, alike: Sequence[str]) -> pl.DataFrame:
    """Give those that wait the median of those alike that ended, else of all that ended, else of all that run."""
    ended = rows.filter(pl.col("went") == "ended")
    typical = ended.group_by(alike).agg(pl.col("lasted").median().alias("typical"))
    of_all = ended["lasted"].median()
    of_all = rows.filter(pl.col("went") == "runs")["lasted"].median() if of_all is None else of_all
    guess = pl.coalesce("typical", pl.lit(of_all, dtype=pl.Float64), 0.0).round().cast(pl.Int64)
    guess = pl.coalesce("limit", guess) if waiting == "limit" else pl.min_horizontal(guess, "limit")
    length = pl.when(pl.col("went") == "waits").then(pl.max_horizontal(guess, "lasted")).otherwise("lasted")
    known = rows.join(typical, on=list(alike), how="left", maintain_order="left")
    return known.with_columns(length.alias("lasted")).drop("typical")
