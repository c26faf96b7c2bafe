"""What did each member have, does it have, would it have, why, and what would help it?"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.advice.capacity import MORE
from apportion.advice.outcome import Candidate, Outcome
from apportion.advice.replayed import Ground
from apportion.domain.arrays import Bools, Ints
from apportion.domain.quantity import MILLI
from apportion.domain.trace import COUNTING, Trace
from apportion.trial import Difference

MOST_HELPED = 8  # members for whom changes are replayed, those who wait most first
WIDE = 0.75  # quantile of a member's gangs, by size, from which they are wide


@dataclass(frozen=True)
class Help:
    """One change by one member, and its mean completion time then over that without, less 1.

    ``narrower``: its wide gangs, of at least so many units, half as wide and running twice as long. ``bring``: it brings a
    tenth more machines, of so many units.
    """

    kind: str
    change: float
    units: float = 0.0


@dataclass(frozen=True)
class Fate:
    """What becomes of one member.

    Attributes
    ----------
    alone, now, then : mean completion time in seconds, or useful rate for claims; None where nothing is done
    trial : how the advised charter compares with the present one; None for claims
    demand, standing : its part of what is asked for, and of the pool
    wide, wide_wait : the size from which its gangs are wide, in units; and their part of all its waiting under the advice
    helps : what would help, the most helpful first
    """

    member: str
    alone: float | None
    now: float | None
    then: float | None
    trial: Difference | None
    demand: float
    standing: float
    wide: float = 0.0
    wide_wait: float = 0.0
    helps: tuple[Help, ...] = ()


def helps(ground: Ground, chosen: Outcome, members: Ints) -> dict[int, tuple[Help, ...]]:
    """Replay what each of some members could change, under the advised charter."""
    return {m: tuple(_of(ground, chosen, m)) for m in members.tolist()}


def _of(ground: Ground, chosen: Outcome, m: int) -> list[Help]:
    jobs = ground.jobs(chosen.candidate.charter.queue.placement)
    own = jobs.member == m
    more = float(jobs.entitlement[m, ground.resource]) * MORE / 100 / MILLI
    tried = [("narrower", *narrower(ground, jobs, own)), ("bring", bringing(jobs, m), more)]
    found = [
        Help(kind, _changed(ground, chosen.candidate, changed, jobs, own, chosen), units)
        for kind, changed, units in tried
        if changed is not None
    ]
    return sorted((one for one in found if np.isfinite(one.change)), key=lambda one: one.change)


def _changed(ground: Ground, candidate: Candidate, changed: Trace, jobs: Trace, own: Bools, chosen: Outcome) -> float:
    """Mean completion time of a member's jobs with a change over that without, less 1; counted from their own submission."""
    outcome = ground.played(candidate, changed)
    rows = jobs.position[own]
    submit = jobs.submit_s[own]
    both = (outcome.end_s[rows] >= 0) & (chosen.end_s[rows] >= 0)
    before = (chosen.end_s[rows] - submit)[both].sum()
    after = (outcome.end_s[rows] - submit)[both].sum()
    return float(after / before - 1) if before else float("nan")


def wide_from(need: Ints) -> int:
    """From which size on a member's gangs are wide, about a quarter of them; 0 where all are alike."""
    if not len(need) or need.min() == need.max():
        return 0
    least = int(np.quantile(need, WIDE, method="lower"))
    return int(need[need > need.min()].min()) if least == need.min() else least


def narrower(ground: Ground, jobs: Trace, own: Bools) -> tuple[Trace | None, float]:
    """Let a member's wide gangs be half as wide and run twice as long."""
    need = jobs.need[:, ground.resource]
    least = wide_from(need[own]) if own.any() else 0
    cut = own & (need >= least) & (need > MILLI) & (least > 0)
    if jobs.workers is not None:
        cut &= jobs.workers % 2 == 0
    if not cut.any():
        return None, 0.0
    return (
        replace(
            jobs,
            need=np.where(cut[:, None], jobs.need // 2, jobs.need),
            duration_s=np.where(cut, jobs.duration_s * 2, jobs.duration_s),
            workers=None if jobs.workers is None else np.where(cut, jobs.workers // 2, jobs.workers),
        ),
        least / MILLI,
    )


def bringing(jobs: Trace, m: int) -> Trace | None:
    """Let a member bring a tenth more than it has to the pool, and have that standing."""
    if jobs.placement != COUNTING or not jobs.entitlement[m].any():
        return None
    held = jobs.held_by
    own = jobs.entitlement[m][None] if jobs.homes is None else jobs.homes[m].amount
    places = replace(held, amount=held.amount + own * MORE // 100)
    tenths = np.full(len(jobs.weight), 10)
    tenths[m] = 11
    return replace(
        jobs,
        places=places,
        capacity=places.total,
        entitlement=jobs.entitlement * tenths[:, None] // 10,
        weight=jobs.weight * tenths,
    )
