"""How long did each job take, in the pool and at home?

Seconds of single jobs, and the pairs of them that may be compared: the same jobs, finished both in the pool and alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.history import History, compared
from apportion.domain.schedule import Schedule
from apportion.domain.tables import Jobs


@dataclass(frozen=True, eq=False)
class Pairs:
    """The jobs that finished in the pool, beside how they went at home.

    Attributes
    ----------
    home : the discipline the member uses alone
    member, pooled_s, alone_s : (K,) owner and completion times (JCT) of the jobs that finished both ways
    only_in_pool : (N,) jobs of each member that finished in the pool and can never run alone
    """

    home: str
    member: Ints
    pooled_s: Ints
    alone_s: Ints
    only_in_pool: Ints

    @property
    def rho(self) -> list[float | None]:
        """ρ of each member: (N,), None where no job can be compared, or where home takes no time and the pool does."""
        members = len(self.only_in_pool)
        return [
            ratio(int(pooled), int(alone)) if jobs else None
            for pooled, alone, jobs in zip(
                _totals(self.pooled_s, self.member, members),
                _totals(self.alone_s, self.member, members),
                np.bincount(self.member, minlength=members),
                strict=True,
            )
        ]

    @property
    def has_ratio(self) -> Bools:
        """Which jobs have a ρ of their own: (K,); one that takes no time alone has none unless it takes none pooled."""
        return np.asarray((self.alone_s > 0) | (self.pooled_s == 0))


def pairs(history: History) -> Iterator[Pairs]:
    """Yield the comparison with each discipline at home; nothing without jobs and their replay."""
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None:
        return
    for home, alone in sorted(replay.alone.items()):
        both = compared(replay.pooled, alone)
        only = replay.pooled.finished & ~alone.finished
        yield Pairs(
            home,
            jobs.member[both],
            jct_s(jobs, replay.pooled)[both],
            jct_s(jobs, alone)[both],
            np.bincount(jobs.member[only], minlength=len(history.pool.members)),
        )


def jct_s(jobs: Jobs, schedule: Schedule) -> Ints:
    """Completion time of each job, end − submit: (J,); 0 where it did not end."""
    return np.asarray(np.where(schedule.finished, schedule.end_s - jobs.submit_s, 0))


def held_s(jobs: Jobs, schedule: Schedule) -> Ints:  # noqa: ARG001  # as its neighbours
    """Seconds for which each job held its gang: (J,); 0 where it did not end."""
    return np.asarray(np.where(schedule.finished, schedule.held_s, 0))


def ratio(pooled: int, alone: int) -> float | None:
    """Divide two totals over the same jobs: 1 if both are 0, None if only the lower one is."""
    if alone == 0:
        return 1.0 if pooled == 0 else None
    return pooled / alone


def member_means(seconds: Ints, member: Ints, members: int) -> list[float | None]:
    """Mean of each member's jobs: (N,), None for a member without any."""
    count = np.bincount(member, minlength=members)
    total = _totals(seconds, member, members)
    return [int(t) / int(n) if n else None for t, n in zip(total, count, strict=True)]


def _totals(seconds: Ints, member: Ints, members: int) -> Ints:
    total = np.zeros(members, dtype=np.int64)
    np.add.at(total, member, seconds)
    return total
