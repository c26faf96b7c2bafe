"""How do chosen rows, at their new times, become the jobs of a pool again?"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from apportion.domain.arrays import Ints, Text, frozen, take, text
from apportion.domain.pool import Pool
from apportion.domain.quantity import INT64_MAX
from apportion.domain.tables import Jobs
from apportion.errors import BadInput

MARK = "~"
MOST_JOBS = 100_000_000


def jobs_of(pool: Pool) -> Jobs:
    """Return the jobs of a pool.

    Raises
    ------
    BadInput
        if it has none.
    """
    if pool.jobs is None or not len(pool.jobs):
        raise BadInput("this pool has no jobs", "jobs.csv", "name a pool with a trace; `apportion import` makes one")
    return pool.jobs


def at_times(jobs: Jobs, rows: Ints, submit_s: Ints, duration_s: Ints | None = None) -> Jobs:
    """Return rows of a table as jobs submitted at new times, deadlines as far behind the submission as they were.

    Parameters
    ----------
    rows : (K,) rows of `jobs`, in the order that the result shall have
    submit_s, duration_s : (K,); without durations a job keeps its own

    Raises
    ------
    BadInput
        for more than `MOST_JOBS`, or if 64 bits do not hold the sum of their work, or when the last may end.
    """
    if len(rows) > MOST_JOBS:
        raise BadInput(f"these would be {len(rows):,} jobs", "jobs.csv", f"ask for at most {MOST_JOBS:,}")
    chosen = take(jobs, rows)
    duration = chosen.duration_s if duration_s is None else duration_s
    _check(chosen, submit_s, duration)
    later = np.where(chosen.deadline_s >= 0, np.maximum(chosen.deadline_s + submit_s - chosen.submit_s, 0), -1)
    return replace(
        chosen,
        submit_s=frozen(submit_s, np.int64),
        duration_s=frozen(duration, np.int64),
        deadline_s=frozen(later, np.int64),
    )


def _check(jobs: Jobs, submit_s: Ints, duration_s: Ints) -> None:
    last = int(submit_s.max(initial=0)) + sum(duration_s.tolist())
    work = (jobs.gang * duration_s[:, None].astype(np.float64)).sum(axis=0)
    if last > INT64_MAX or work.max(initial=0) >= 2.0**63:
        raise BadInput("the jobs' work or ends are more than 64 bits hold", "jobs.csv", "ask for less, or check units")


def in_order(jobs: Jobs) -> Jobs:
    """Sort by submission; at equal times the order of the table stays."""
    return take(jobs, np.argsort(jobs.submit_s, kind="stable"))


def named_apart(jobs: Jobs) -> Jobs:
    """Give the second and further copies of a job names of their own: ``id~2``, ``id~3``.

    Where some id has the mark already, as after a second drawing, two marks are taken, and so on: names stay different.
    """
    _, job, copies = np.unique(jobs.id.astype(str), return_inverse=True, return_counts=True)
    if (copies == 1).all():
        return jobs
    mark = next(mark for mark in _marks() if not any(mark in name for name in jobs.id))
    return replace(jobs, id=_counted(jobs.id, _copy(job.reshape(-1)), mark))


def _copy(job: Ints) -> Ints:
    """Number the copies of each job in the order of the table, from 1: (K,) → (K,)."""
    order = np.argsort(job, kind="stable")
    first = np.searchsorted(job[order], job[order], side="left")
    number = np.empty(len(job), dtype=np.int64)
    number[order] = np.arange(len(job)) - first + 1
    return number


def _counted(ids: Text, number: Ints, mark: str) -> Text:
    return text([name if k == 1 else f"{name}{mark}{k}" for name, k in zip(ids, number.tolist(), strict=True)])


def _marks() -> Iterator[str]:
    return (MARK * length for length in count(1))


def changed(pool: Pool, jobs: Jobs, step: str, said: str) -> Pool:
    """Return the pool with other jobs, and a word in its charter on how they came to be; notices are for a linter to find.

    Steps add up: what an earlier one of the same name said stays before this one's.
    """
    earlier = pool.charter.assumptions.get(step)
    assumptions = pool.charter.assumptions | {step: f"{earlier}; then {said}" if earlier else said}
    return replace(pool, jobs=jobs, charter=replace(pool.charter, assumptions=assumptions), notices=())
