"""Which jobs were submitted in a window?"""

import numpy as np

from apportion.domain.pool import Pool
from apportion.domain.situation import Window
from apportion.errors import BadInput
from apportion.traces.stream import at_times, changed, jobs_of


def cut(pool: Pool, window: Window, *, keep_clock: bool = False) -> Pool:
    """Keep the jobs with start ≤ submission < end, in their order.

    Their times count from the window's first second, or with `keep_clock` stay what they were. A job that was submitted
    before the window is not there, even if it still ran or waited: the cut trace begins with an empty pool.

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
            "jobs.csv, column submit_s",
            f"choose a window between {first} and {last + 1}",
        )
    submit = jobs.submit_s[rows] - (0 if keep_clock else window.start_s)
    clock = "times as they were" if keep_clock else "times from the window's first second"
    said = f"{len(rows)} of {len(jobs)} jobs, those submitted in {window.start_s}..{window.end_s}, {clock}"
    return changed(pool, at_times(jobs, rows, submit), "cut", said)
