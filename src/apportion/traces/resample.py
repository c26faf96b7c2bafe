"""Which other trace could the same members have made? Whole days of this one, drawn again and again."""

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.pool import Pool
from apportion.domain.tables import Jobs
from apportion.errors import BadInput
from apportion.traces.chance import Chance
from apportion.traces.stream import at_times, changed, jobs_of, named_apart

DAY_S = 86_400
MOST_BLOCKS = 10_000_000


def resample(pool: Pool, seed: str = "1", block_s: int = DAY_S, *, jointly: bool = True) -> Pool:
    """Draw a trace from blocks of this one, with replacement: a block bootstrap.

    The trace is cut into blocks of `block_s` seconds from its first submission. The result has as many; each is one of the
    whole blocks, any as likely as another, its jobs at the same time of the block. What hangs together within a block, such
    as the hours of a day or a burst of alike jobs, stays together; what hangs together over blocks does not: take weeks to
    keep weekends. Jobs after the last whole block are left out. A job that is drawn again is called ``id~2``.

    Parameters
    ----------
    jointly : draw once for all members, so that their common busy days stay common; else each member draws for itself, from
        a stream of numbers that no other member can change

    Raises
    ------
    BadInput
        if the pool has no jobs, its submissions do not span two blocks, or span more than ten million.

    Cost: that of sorting the jobs.
    Source: Künsch, The jackknife and the bootstrap for general stationary observations (1989); the blocks here do not overlap
    (Carlstein, 1986).
    """
    jobs = jobs_of(pool)
    count = _blocks(jobs, block_s, 1 if jointly else len(pool.members))
    group = np.zeros(len(jobs), dtype=np.int64) if jointly else jobs.member
    streams = [Chance(seed, "resample", *name) for name in ([()] if jointly else [(one,) for one in pool.members.id])]
    drawn = np.array([chance.below(count, count) for chance in streams])
    rows, submit = _laid_out(jobs, group, drawn, block_s)
    if not len(rows):
        raise BadInput("the blocks that were drawn hold no job", "option seed", "choose another seed")
    order = np.lexsort((rows, submit))
    said = f'{count} blocks of {block_s} s, drawn {"jointly" if jointly else "member by member"}, seed "{seed}"'
    return changed(pool, named_apart(at_times(jobs, rows[order], submit[order])), "resample", said)


def _blocks(jobs: Jobs, block_s: int, members: int) -> int:
    """Count the whole blocks of a trace, of which so many members draw their own."""
    span = int(np.ptp(jobs.submit_s)) + 1
    if block_s < 1:
        mend = f"choose blocks of 1 to {max(span // 2, 1)} s"
        raise BadInput(f"blocks of {block_s:,} s hold nothing", "option block_s", mend)
    if span // block_s < 2:
        raise BadInput(
            f"submissions span {span:,} s, which has no two blocks of {block_s:,} s to draw from",
            "option block_s",
            f"choose blocks of 1 to {max(span // 2, 1)} s",
        )
    if span // block_s * members > MOST_BLOCKS:
        what = f"submissions span {span // block_s:,} blocks of {block_s:,} s, more than {MOST_BLOCKS:,} to draw in all"
        raise BadInput(what, "option block_s", "choose longer blocks")
    return span // block_s


def _laid_out(jobs: Jobs, group: Ints, drawn: Ints, block_s: int) -> tuple[Ints, Ints]:
    """Put drawn blocks one behind the other: groups of jobs (J,), draws (groups, blocks) → rows and times (K,)."""
    count = drawn.shape[1]
    first = int(jobs.submit_s.min())
    block = (jobs.submit_s - first) // block_s
    whole = np.flatnonzero(block < count)
    cell = group[whole] * count + block[whole]
    by_cell = whole[np.argsort(cell, kind="stable")]
    size = np.bincount(cell, minlength=drawn.size)
    start = np.cumsum(size) - size
    source = (np.arange(len(drawn))[:, None] * count + drawn).ravel()
    moved = (np.tile(np.arange(count), len(drawn)) - drawn.ravel()) * block_s
    length = size[source]
    inside = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    rows = by_cell[np.repeat(start[source], length) + inside]
    return rows, jobs.submit_s[rows] + np.repeat(moved, length)
