"""How often were jobs stopped, and what did going on again cost them?"""

from collections.abc import Sequence

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.domain.tables import Jobs
from apportion.measures._times import held_s, member_means

ENDED = "over the jobs that ended"


def measure(history: History) -> Sequence[Figure]:
    """Give stops a job and seconds of restarting a job, by member.

    A restart costs what a job held its places for beyond its duration. That is told only if every job that was stopped runs
    at speed 1 wherever it may run: else seconds here and there are not the same work.
    """
    jobs, replay = history.pool.jobs, history.replay
    nothing = np.zeros(0, dtype=np.int64)
    member = stops = restart = nothing
    if jobs is not None and replay is not None:
        done = replay.pooled.finished
        stopped = done & (replay.pooled.preemptions > 0)
        member, stops = jobs.member[done], replay.pooled.preemptions[done]
        beyond = np.where(stopped, held_s(jobs, replay.pooled) - jobs.duration_s, 0)[done]
        restart = beyond if _plain(history, jobs)[stopped].all() else nothing
    return [
        _mean(history, "preemptions_per_job", member, stops, "stops", f"How often a job was stopped, mean {ENDED}."),
        _mean(
            history, "restart_s_per_job", member, restart, "s",
            f"Seconds for which a job held its places beyond its duration because it was stopped, mean {ENDED}.",
        ),
    ]  # fmt: skip


def _plain(history: History, jobs: Jobs) -> Bools:
    """Which jobs run at speed 1 wherever they may: (J,)."""
    return np.asarray(((jobs.speed == 1.0) | (jobs.speed == 0.0) | ~history.pool.may_run(jobs)).all(axis=1))


def _mean(history: History, name: str, member: Ints, each: Ints, unit: str, definition: str) -> Figure:
    members = history.pool.members.id
    value = int(each.sum()) / len(each) if len(each) else None
    rows: dict[str, float | None] = dict.fromkeys(members)
    if len(each):
        rows = dict(zip(members, member_means(each, member, len(members)), strict=True))
    return Figure(name, value, unit, Better.LOW, definition, rows)
