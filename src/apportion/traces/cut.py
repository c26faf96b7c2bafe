"""Which jobs were submitted in a window?"""

from dataclasses import replace

import numpy as np

from apportion.domain.arrays import take
from apportion.domain.pool import Pool
from apportion.domain.situation import Window
from apportion.domain.tables import Agreements
from apportion.errors import BadInput
from apportion.traces.stream import at_times, changed, jobs_of


def cut(pool: Pool, window: Window, *, keep_clock: bool = False) -> Pool:
    """Keep the jobs with start ≤ submission < end, in their order.

    Their times count from the window's first second, or with `keep_clock` stay what they were. A job that was submitted
    before the window is not there, even if it still ran or waited: the cut trace begins with an empty pool. Outages and what
    members agreed on move with the clock.

    Raises
    ------
    BadInput
        if the pool has no jobs, or none was submitted in the window.

    Cost: linear in jobs.
    """
    jobs = jobs_of(pool)
    rows = np.flatnonzero((jobs.submit_s >= window.start_s) & (jobs.submit_s < window.end_s))
    if not len(rows):
        first, last = int(jobs.submit_s.min()), int(jobs.submit_s.max())
        raise BadInput(
            f"no job was submitted from {window.start_s} to before {window.end_s}",
            "option window",
            f"choose a window between {first} and {last + 1}",
        )
    submit = jobs.submit_s[rows] - (0 if keep_clock else window.start_s)
    clock = "times as they were" if keep_clock else "times from the window's first second"
    said = f"{len(rows)} of {len(jobs)} jobs, those submitted in {window.start_s}..{window.end_s}, {clock}"
    return changed(pool if keep_clock else _moved(pool, window.start_s), at_times(jobs, rows, submit), "cut", said)


def _moved(pool: Pool, zero_s: int) -> Pool:
    """Count from another second when nodes are down, and from when on members agreed; what is past at 0 begins there."""
    outages, agreements = pool.outages, pool.agreements
    if outages is not None:
        outages = take(outages, (outages.up_s < 0) | (outages.up_s > zero_s))
        up_s = np.where(outages.up_s < 0, outages.up_s, outages.up_s - zero_s)
        outages = replace(outages, down_s=np.maximum(outages.down_s - zero_s, 0), up_s=up_s)
    if agreements is not None:
        latest = {m: k for k, (m, s) in enumerate(_pairs(agreements)) if s <= zero_s}
        kept = [k for k, (m, s) in enumerate(_pairs(agreements)) if s > zero_s or latest[m] == k]
        agreements = take(agreements, np.array(kept, dtype=np.int64))
        agreements = replace(agreements, from_s=np.maximum(agreements.from_s - zero_s, 0))
    return replace(pool, outages=outages, agreements=agreements)


def _pairs(agreements: Agreements) -> list[tuple[int, int]]:
    return list(zip(agreements.member.tolist(), agreements.from_s.tolist(), strict=True))
