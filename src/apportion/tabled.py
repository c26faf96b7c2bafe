"""What do the metrics say of every job, of groups of members, and over time? Columns for whoever computes further.

Means and ratios are those of the measures, over the jobs that ended: ρ is Σ JCT in the pool / Σ JCT alone over the jobs that
end both ways, so that of a group is no mean of its members' ρ.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints, Text
from apportion.domain.history import History, Replay, compared
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import NEVER
from apportion.domain.tables import Jobs, Members
from apportion.errors import BadInput
from apportion.measures._stages import scarcest
from apportion.measures._timeline import timeline
from apportion.measures._times import held_s, jct_s
from apportion.measures.carbon import grams_of_jobs
from apportion.measures.energy import joules_of_jobs
from apportion.measures.slowdown import bounded

KINDS = ("region", "group", "size", "parent")
MOST_CELLS = 20_000_000  # steps × members
Column = Sequence[Any]
MEANING = {
    "id": "job",
    "member": "whose job; in by_member empty for the pool",
    "submit_s": "when it was submitted, on the trace's clock",
    "start_s": "when it first started; in over_time when the step begins",
    "end_s": "when it ended",
    "jct_s": "end − submit",
    "wait_s": "end − submit − time holding resources",
    "held_s": "time holding resources, restarts included",
    "preemptions": "how often it was stopped",
    "bounded_slowdown": "max(1, JCT / max(duration, 10 s))",
    "deadline_s": "when it should have ended",
    "tardiness_s": "max(0, end − deadline)",
    "alone_jct_s": "JCT alone on the member's entitlement under the discipline named",
    "rho": "Σ JCT in the pool / Σ JCT alone under the discipline named, over the jobs that end both ways",
    "held_j": "joules beyond idle that jobs drew, estimated",
    "held_g": "grams of CO2e of these, direct or over the life cycle",
    "by": "what the group has in common",
    "name": "its name; empty for members that say nothing",
    "members": "how many members",
    "jobs": "how many jobs",
    "mean_jct_s": "mean JCT of the jobs that ended; in over_time of those submitted in the step",
    "mean_wait_s": "mean wait, likewise",
    "mean_bounded_slowdown": "mean of max(1, JCT / max(duration, 10 s)) over the jobs that ended",
    "deadlines_met": "part of the jobs with a deadline that ended by it",
    "used_share": "part of all resource-seconds of the scarcest resource",
    "entitled_share": "part of all entitlements of that resource",
    "unfair_fraction": "part of the jobs that end later than alone under the discipline named",
    "used": "held on average during the step, of `resource`, in whole units",
    "queued": "waited for on average during the step, likewise",
    "submitted": "jobs submitted in the step",
    "ended": "jobs that ended in it",
    "capacity": "what the pool holds of `resource`",
    "resource": "the scarcest resource",
}


def by_job(history: History) -> dict[str, Column]:
    """Show every job in the order of the pool's table; None where a job has no such figure.

    `alone_jct_s.<discipline>` and `rho.<discipline>` are those of the job alone on its member's entitlement; `held_j` and
    `held_g.<kind>` are what it drew beyond idle, estimated; `tardiness_s` is max(0, end − deadline).
    """
    jobs, replay = _jobs(history)
    schedule, done = replay.pooled, replay.pooled.finished
    jct, held = jct_s(jobs, schedule), held_s(jobs, schedule)
    due = jobs.deadline_s != NEVER
    columns: dict[str, Column] = {
        "id": jobs.id.tolist(),
        "member": history.pool.members.id[jobs.member].tolist(),
        "submit_s": jobs.submit_s.tolist(),
        "start_s": _where(schedule.start_s != NEVER, schedule.start_s),
        "end_s": _where(done, schedule.end_s),
        "jct_s": _where(done, jct),
        "wait_s": _where(done, jct - held),
        "held_s": _where(done, held),
        "preemptions": schedule.preemptions.tolist(),
        "bounded_slowdown": _where(done, bounded(jobs, schedule)),
        "deadline_s": _where(due, jobs.deadline_s),
        "tardiness_s": _where(due & done, np.maximum(schedule.end_s - jobs.deadline_s, 0)),
    }
    for home, alone in replay.alone.items():
        own = jct_s(jobs, alone)
        both = compared(schedule, alone)
        columns[f"alone_jct_s.{home}"] = _where(alone.finished, own)
        ratio = np.divide(jct, own, out=np.ones(len(jct)), where=own > 0)
        columns[f"rho.{home}"] = _where(both & ((own > 0) | (jct == 0)), ratio)
    columns["held_j"] = _known(joules_of_jobs(history), done)
    for kind, grams in grams_of_jobs(history).items():
        columns[f"held_g.{kind}"] = _known(grams, done)
    return columns


def groups(history: History) -> list[dict[str, Any]]:
    """Show the members together by region, by group, by size and by parent: one row for each of these.

    Sizes go by powers of ten. A parent stands for itself and all members directly below it. Members that say nothing are
    together under an empty name; a column that says nothing for anybody gives no rows.
    """
    jobs, replay = _jobs(history)
    member = history.pool.members
    return [
        _group(history, jobs, replay, kind, name, np.flatnonzero(of == name))
        for kind in KINDS
        if any(of := _names(member, kind))
        for name in sorted(set(of.tolist()))
    ]


def tell(members: Members, kind: str) -> None:
    """Refuse to bring members together by what none of them says. Raises BadInput."""
    if not any(_names(members, kind)):
        raise BadInput(f"no member has a {kind}", "--by", f"add the column {kind} to members.csv, or leave it out")


def _names(members: Members, kind: str) -> Text:
    """Name the group of each member: (N,)."""
    if kind == "size":
        return np.array([_decade(size) for size in members.size.tolist()], dtype=object)
    if kind == "parent":
        heads = np.isin(np.arange(len(members)), members.parent)
        at = np.where(members.parent >= 0, members.parent, np.where(heads, np.arange(len(members)), -1))
        return np.array([members.id[m] if m >= 0 else "" for m in at.tolist()], dtype=object)
    return (members.region if kind == "region" else members.group).astype(object)


def _decade(size: float) -> str:
    if np.isnan(size) or size <= 0:
        return ""
    least = 10.0 ** int(np.floor(np.log10(size)))
    return f"{least:g} to {10 * least:g}"


def _group(history: History, jobs: Jobs, replay: Replay, kind: str, name: str, members: Ints) -> dict[str, Any]:
    own = np.isin(jobs.member, members)
    schedule, done = replay.pooled, replay.pooled.finished & own
    jct, held, r = jct_s(jobs, schedule), held_s(jobs, schedule), scarcest(history)
    used = jobs.gang[:, r] * held.astype(np.float64)
    due = (jobs.deadline_s != NEVER) & own
    met = due & (schedule.end_s != NEVER) & (schedule.end_s <= jobs.deadline_s)
    standing = history.pool.standing.entitlement[:, :, r].sum(axis=1)
    row: dict[str, Any] = {
        "by": kind,
        "name": name,
        "members": len(members),
        "jobs": int(own.sum()),
        "mean_jct_s": _mean(jct[done]),
        "mean_wait_s": _mean((jct - held)[done]),
        "mean_bounded_slowdown": _mean(bounded(jobs, schedule)[done]),
        "deadlines_met": int(met.sum()) / int(due.sum()) if due.any() else None,
        "used_share": _part(used[own].sum(), used.sum()),
        "entitled_share": _part(standing[members].sum(), standing.sum()),
        "held_j": _total(joules_of_jobs(history), own),
    } | {f"held_g.{kind}": _total(grams, own) for kind, grams in grams_of_jobs(history).items()}
    for home, alone in replay.alone.items():
        row |= _against(home, own & compared(schedule, alone), jct, jct_s(jobs, alone))
    return row


def _against(home: str, both: Any, jct: Ints, own: Ints) -> dict[str, float | None]:
    counted = both & ((own > 0) | (jct == 0))
    whole = int(own[both].sum())
    return {
        f"rho.{home}": int(jct[both].sum()) / whole if whole else None,
        f"unfair_fraction.{home}": float((jct > own)[counted].mean()) if counted.any() else None,
    }


def over_time(history: History, step_s: int) -> dict[str, Column]:
    """Show for each step of time and member what it held and waited for, and the jobs it submitted in it.

    `used` and `queued` are means over the step of the scarcest resource, in whole units; `submitted` and `ended` count jobs;
    `mean_jct_s` and `mean_wait_s` are of the jobs *submitted* in the step that ended. `capacity` is that of the whole pool.

    Raises
    ------
    BadInput
        if nothing was replayed, or a step is so short that the table would have more than 20 million rows.
    """
    jobs, replay = _jobs(history)
    schedule, done, names = replay.pooled, replay.pooled.finished, history.pool.members.id
    last = int(schedule.end_s.max(initial=0)) if done.any() else int(jobs.submit_s.max())
    if ((last - int(jobs.submit_s.min())) // step_s + 1) * len(names) > MOST_CELLS:
        raise BadInput(
            f"steps of {step_s} s make a table of more than {MOST_CELLS:,} rows", "--step-s", "choose longer steps"
        )
    r = scarcest(history)
    line = timeline(jobs, schedule, r, len(names), step_s)
    steps = max(len(line.used), (int(jobs.submit_s.max()) - line.start_s) // step_s + 1)
    cell = (jobs.submit_s - line.start_s) // step_s * len(names) + jobs.member
    ended = (schedule.end_s[done] - line.start_s) // step_s * len(names) + jobs.member[done]
    cells = steps * len(names)
    count = np.bincount(cell[done], minlength=cells)
    jct, held = jct_s(jobs, schedule), held_s(jobs, schedule)
    means = {
        name: np.divide(np.bincount(cell[done], seconds[done], cells), count, out=np.zeros(cells), where=count > 0)
        for name, seconds in (("mean_jct_s", jct), ("mean_wait_s", jct - held))
    }
    return {
        "start_s": np.repeat(line.start_s + np.arange(steps) * step_s, len(names)).tolist(),
        "member": list(names) * steps,
        "used": _filled(line.used, steps, step_s),
        "queued": _filled(line.queued, steps, step_s),
        "submitted": np.bincount(cell, minlength=cells).tolist(),
        "ended": np.bincount(ended[ended < cells], minlength=cells).tolist(),
        **{name: _where(count > 0, mean) for name, mean in means.items()},
        "capacity": [int(replay.capacity[r]) / MILLI] * cells,
        "resource": [history.pool.resources[r]] * cells,
    }


def _filled(total: Ints, steps: int, step_s: int) -> Column:
    whole = np.zeros((steps, total.shape[1]))
    whole[: len(total)] = total / (step_s * MILLI)
    return list(whole.ravel().tolist())


def _jobs(history: History) -> tuple[Jobs, Replay]:
    jobs, replay = history.pool.jobs, history.replay
    if jobs is None or replay is None or not len(jobs):
        raise BadInput("nothing was replayed", "jobs.csv", "add jobs")
    return jobs, replay


def _where(known: Any, values: Any) -> Column:
    return [value if there else None for there, value in zip(known.tolist(), values.tolist(), strict=True)]


def _known(values: Floats | None, done: Any) -> Column:
    return [None] * len(done) if values is None else _where(done, values)


def _mean(values: Any) -> float | None:
    return float(values.mean()) if len(values) else None


def _part(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _total(values: Floats | None, own: Any) -> float | None:
    return None if values is None else float(values[own].sum())
