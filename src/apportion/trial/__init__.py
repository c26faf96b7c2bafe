"""Which of two charters does better on the pool's own trace, and is the difference real?

The same jobs are replayed under both, and every job is compared with itself. Whether the difference is more than chance is
told by drawing the trace's time again in blocks (`intervals`). It answers for more time of this kind: the same members with
the same habits, and not for other ones.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.charter import Charter
from apportion.domain.history import Replay
from apportion.domain.pool import Pool
from apportion.domain.schedule import NEVER
from apportion.errors import BadInput
from apportion.loop import charter_rule
from apportion.replays import simulate, told
from apportion.trial.intervals import DRAWS, block_length, bounds, in_blocks, widened

FIGURES = {
    "worst_rho": ("", -1),
    "unfair_fraction": ("", -1),
    "p99_jct_s": ("s", -1),
    "utilisation": ("", 1),
    "slo_attainment": ("", 1),
    "deadlines_met": ("", 1),
    "preemptions": ("", -1),
    "energy_j": ("J", -1),
    "cost": ("", -1),
    "hhi_used": ("", -1),
}  # what is told of both charters, its unit, and whether more of it is better


@dataclass(frozen=True)
class Difference:
    """How much sooner or later the jobs of one member, or of all, end under the second charter.

    Attributes
    ----------
    member : empty for all
    jobs : those that ended under both
    first_s, second_s : mean job completion time under each
    low, high : bounds of second / first − 1, at 98 %; those of all members hold together; None where nothing can be said
    """

    member: str
    jobs: int
    first_s: float
    second_s: float
    low: float | None
    high: float | None

    @property
    def change(self) -> float | None:
        """Of the second mean over the first, less 1; None where nothing takes any time under the first."""
        return self.second_s / self.first_s - 1 if self.first_s else None

    @property
    def verdict(self) -> str:
        """``sooner`` or ``later`` under the second charter, or ``not shown``."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "not shown"
        return "later" if self.low > 0 else "sooner"

    @property
    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """An interval for each charter's mean, in seconds; they overlap exactly where no difference is shown.

        Their widths are those of the paired difference and not of each mean, which also moves with what both have in common;
        on a scale of ratios, as the bounds are. Source: Loftus and Masson, Using Confidence Intervals in Within-Subject
        Designs, Psychonomic Bulletin & Review 1 (1994).
        """
        if self.low is None or self.high is None or self.change is None:
            return None
        below = math.sqrt((1 + self.change) / (1 + self.low))
        above = math.sqrt((1 + self.high) / (1 + self.change))
        return (self.first_s / above, self.first_s * below), (self.second_s / below, self.second_s * above)


@dataclass(frozen=True)
class Trial:
    """What came of it.

    Attributes
    ----------
    names : of the two charters
    whole : all jobs
    members : one a member that has jobs which ended under both
    block_s, blocks, draws : length of the blocks, how many have jobs, and how often they were drawn
    only : jobs that ended under the first only, under the second only
    figures : by name, of both replays
    """

    names: tuple[str, str]
    whole: Difference
    members: tuple[Difference, ...]
    block_s: int
    blocks: int
    draws: int
    only: tuple[int, int]
    figures: dict[str, tuple[float | None, float | None]]

    @cached_property
    def gainers(self) -> list[str]:
        """Members whose jobs are shown to end sooner under the second charter."""
        return [row.member for row in self.members if row.verdict == "sooner"]

    @cached_property
    def losers(self) -> list[str]:
        """Members whose jobs are shown to end later under the second charter."""
        return [row.member for row in self.members if row.verdict == "later"]

    @property
    def enough(self) -> bool:
        """Whether the trace has blocks enough to say anything."""
        return self.whole.low is not None


def trial(pool: Pool, first: Charter, second: Charter, *, block_s: int | None = None, draws: int = DRAWS) -> Trial:
    """Replay a pool's jobs under two charters and compare every job with itself.

    Parameters
    ----------
    block_s : length of the blocks of time that are drawn; by default chosen from the trace

    Raises
    ------
    BadInput
        if the pool has no jobs, or a charter cannot be carried out on it.
    """
    if pool.jobs is None or not len(pool.jobs):
        raise BadInput(
            "there are no jobs to replay under both charters",
            "jobs.csv",
            "compare what two charters grant to claims with `apportion compare POOL --charter FILE`",
        )
    pools = [pool.with_charter(charter) for charter in (first, second)]
    replays = [replayed(one) for one in pools]
    return compared(pool, (first.name, second.name), (replays[0], replays[1]), block_s, draws, _figures(pools, replays))


def replayed(pool: Pool) -> Replay:
    """Replay a pool as its charter says."""
    return simulate(pool, by=charter_rule(pool.charter))


def compared(
    pool: Pool,
    names: tuple[str, str],
    replays: tuple[Replay, Replay],
    block_s: int | None = None,
    draws: int = DRAWS,
    figures: dict[str, tuple[float | None, float | None]] | None = None,
) -> Trial:
    """Compare two replays of a pool's jobs."""
    first, second = (replay.pooled.end_s for replay in replays)
    return trial_of(pool, names, first, second, block_s, draws, figures)


def trial_of(
    pool: Pool,
    names: tuple[str, str],
    first: Ints,
    second: Ints,
    block_s: int | None = None,
    draws: int = DRAWS,
    figures: dict[str, tuple[float | None, float | None]] | None = None,
) -> Trial:
    """Compare the ends of a pool's jobs under two charters: (J,) seconds, `NEVER` for a job that did not end."""
    jobs = pool.jobs
    assert jobs is not None, "there are ends of jobs, so there are jobs"  # noqa: S101  # for the type checker
    done = first != NEVER, second != NEVER
    both = np.flatnonzero(done[0] & done[1])
    only = int((done[0] & ~done[1]).sum()), int((done[1] & ~done[0]).sum())
    ends = [end_s[both] - jobs.submit_s[both] for end_s in (first, second)]
    names = names if names[0] != names[1] else (f"{names[0]} (1)", f"{names[1]} (2)")
    whole, members, length, count = differences(
        pool.members.id.tolist(), jobs.submit_s[both], jobs.member[both], ends[0], ends[1], block_s, draws
    )
    return Trial(names, whole, members, length, count, draws, only, figures or {})


def differences(
    names: list[str],
    submit_s: Ints,
    member: Ints,
    first: Ints,
    second: Ints,
    block_s: int | None = None,
    draws: int = DRAWS,
) -> tuple[Difference, tuple[Difference, ...], int, int]:
    """Compare completion times of the same jobs: all, and by member; with the length of blocks, and how many have jobs.

    Parameters
    ----------
    names : (N,) of the members
    submit_s, member, first, second : (J,) seconds, row of the member, job completion times under both
    """
    if not len(submit_s):
        return Difference("", 0, 0.0, 0.0, None, None), (), 0, 0
    times = first.astype(np.float64), second.astype(np.float64)
    length = block_s or block_length(*times, submit_s)
    blocks = in_blocks(*times, submit_s, member, len(names), length)
    found = widened(bounds(blocks, draws=draws), *times, submit_s, member, length)
    jobs = np.append(np.bincount(member, minlength=len(names)), len(member))
    means = [
        np.append(np.bincount(member, one, len(names)), one.sum()) / np.maximum(jobs, 1) for one in (first, second)
    ]
    rows = [
        Difference(name, int(jobs[g]), float(means[0][g]), float(means[1][g]), *_known(found.low[g], found.high[g]))
        for g, name in enumerate([*names, ""])
        if jobs[g]
    ]
    return rows[-1], tuple(rows[:-1]), length, int((blocks.count[:, -1] > 0).sum())


def _known(low: float, high: float) -> tuple[float | None, float | None]:
    return (float(low), float(high)) if np.isfinite([low, high]).all() else (None, None)


def _figures(pools: list[Pool], replays: list[Replay]) -> dict[str, tuple[float | None, float | None]]:
    first, second = (told(pool, replay) for pool, replay in zip(pools, replays, strict=True))
    return {
        name: (first[name], second[name]) for name in FIGURES if first[name] is not None or second[name] is not None
    }
