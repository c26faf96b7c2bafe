"""What should we do?

One charter is advised and two others named, with what each does to every member, on the pool's own records. The present
charter is kept unless the change is worth it: real by a trial (`apportion.trial`) and large enough to be noticed. Nothing
here is proven to be best of all; it is the best of the charters that were tried, by the rule in `choice`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from apportion.advice import candidates, capacity, choice, members
from apportion.advice.capacity import Fewest, More, Priced
from apportion.advice.granted import Table
from apportion.advice.members import Fate, Help
from apportion.advice.outcome import Outcome
from apportion.advice.replayed import Ground, changed
from apportion.advice.workload import Workload, workload
from apportion.domain.arrays import Floats, Ints
from apportion.domain.charter import Queueing
from apportion.domain.history import History
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.measures._stages import scarcest
from apportion.trial import Trial, trial_of

LOADS = (0.95, 1.05)
SEEDS = ("advice 1", "advice 2", "advice 3")
FURTHER = (0.8, 0.9, 1.1, 1.2)  # loads at which it is asked whether the advice would be another
WORST = 0.05  # by how much the worst member's burden over that alone has to fall to be a reason to change
SLO = choice.SLO


@dataclass(frozen=True)
class Sturdy:
    """Whether the advice stays what it is.

    Attributes
    ----------
    tried : what was changed, ``load`` or ``seed``, and to what
    other : of these, those under which another of the finalists is better, with its key
    further : loads further away at which another is better
    """

    tried: tuple[tuple[str, str], ...]
    other: tuple[tuple[str, str, str], ...]
    further: tuple[tuple[float, str], ...]


@dataclass(frozen=True, eq=False)
class Advice:
    """What to do, and why.

    Attributes
    ----------
    kind : ``change`` or ``keep``
    reason : why: ``sooner``, ``safer``, ``services``, ``rate``, or for keeping ``best``, ``harm``, ``small``, ``chance``,
        ``short``
    best : what does best by the rule of `choice`, also where the present charter is kept
    rival : where the reason is ``harm``, what members would gain most by, some of them being worse off than alone
    now, chosen, others : outcomes; where the charter is kept, `chosen` is `now`
    trial : of `best` against `now`; None for claims, or where they are the same
    tried, declined : all that was replayed, and what this pool cannot carry out, with why
    gains, loses : members whose burden changes for the better, or the worse, by that trial; for claims by a hundredth
    """

    pool: Pool
    work: Workload
    kind: str
    reason: str
    best: Outcome
    rival: Outcome | None
    now: Outcome
    chosen: Outcome
    others: tuple[Outcome, ...]
    tried: tuple[Outcome, ...]
    declined: dict[str, str]
    trial: Trial | None
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    fates: tuple[Fate, ...]
    sturdy: Sturdy | None
    fewest: Fewest | None
    more: tuple[More, ...]
    buy: More | None
    priced: tuple[Priced, ...]

    @property
    def streams(self) -> bool:
        """Whether it is about jobs that queue, and not about claims that are divided once."""
        return len(self.now.end_s) > 0


def advise(pool: Pool, tick: Callable[[int], None] = lambda _done: None) -> Advice:
    """Advise on a pool: on its jobs, or if it has none on its claims.

    Parameters
    ----------
    tick : called with how many replays are done

    Raises
    ------
    BadInput
        if there are neither jobs nor claims, or the present charter cannot be carried out.

    Cost: some 60 replays of the jobs.
    """
    if pool.jobs is not None and len(pool.jobs):
        return _on_jobs(pool, tick)
    if pool.claims is not None and len(pool.claims):
        return _on_claims(pool)
    raise BadInput("nothing is asked of this pool", "claims.csv, jobs.csv", "add one of them, or import your records")


def apart_today(pool: Pool) -> Pool:
    """Return the pool as if its members did not share today: each runs its own jobs on what it is entitled to."""
    queue = pool.charter.queue
    home = "strict_fifo" if queue.discipline == "strict_fifo" else "skip_fifo"
    return pool.with_charter(replace(pool.charter, queue=Queueing(home, placement=queue.placement, pooled=False)))


def _on_jobs(pool: Pool, tick: Callable[[int], None]) -> Advice:
    ground = Ground(pool, scarcest(History(pool)))
    work = workload(pool, ground.alone)
    weight = pool.standing.share
    tried, declined = ground.outcomes(candidates.queues(pool, work), tick)
    now, best = tried[0], _best(pool, tried, weight)
    found = None if best is now else trial_of(pool, ("now", best.candidate.key), now.end_s, best.end_s)
    rival = choice.spared(tried, weight) if best is now else None
    kind, reason = ("keep", "harm") if rival else _worth(now, best, found, weight)
    chosen = best if kind == "change" else now
    others = choice.others(tried, chosen, weight)
    finalists = [now, *([best] if best is not now else []), *others]
    tick(len(tried))
    more = tuple(capacity.more(ground, chosen.candidate, chosen)) if chosen.candidate.charter.queue.pooled else ()
    gains, loses = ((), ()) if found is None else (tuple(found.gainers), tuple(found.losers))
    return Advice(
        pool,
        work,
        kind,
        reason,
        best,
        rival,
        now,
        chosen,
        tuple(others),
        tuple(tried),
        declined,
        found,
        gains,
        loses,
        _fates(ground, work, now, chosen, found),
        _sturdy(pool, finalists, chosen),
        capacity.fewest(ground, chosen.candidate, weight) if _may_shrink(chosen, pool) else None,
        more,
        capacity.buy(list(more)),
        tuple(capacity.priced(pool)) if len(pool.flavors) > 1 else (),
    )


def _may_shrink(chosen: Outcome, pool: Pool) -> bool:
    return chosen.candidate.charter.queue.pooled and pool.services is None


def _on_claims(pool: Pool) -> Advice:
    r = scarcest(History(pool))
    table = Table(pool, r)
    work = workload(pool)
    weight = pool.standing.share
    tried, declined = table.outcomes(candidates.rules(pool, work))
    now, best = tried[0], choice.near(tried, weight)[0]
    rival = choice.spared(tried, weight) if best is now else None
    kind, reason = ("keep", "harm") if rival else _worth(now, best, None, weight)
    chosen = best if kind == "change" else now
    change = best.burden / now.burden - 1
    names = pool.members.id.tolist()
    fates = tuple(
        Fate(
            name,
            _known(table.alone[m]),
            _known(1 / now.burden[m]),
            _known(1 / chosen.burden[m]),
            None,
            float(work.demand[m]),
            float(weight[m]),
        )
        for m, name in enumerate(names)
    )
    return Advice(
        pool,
        work,
        kind,
        reason,
        best,
        rival,
        now,
        chosen,
        tuple(choice.others(tried, chosen, weight)),
        tuple(tried),
        declined,
        None,
        tuple(name for m, name in enumerate(names) if change[m] < -choice.NOTICED),
        tuple(name for m, name in enumerate(names) if change[m] > choice.NOTICED),
        fates,
        None,
        None,
        (),
        None,
        tuple(capacity.priced(pool)),
    )


def _best(pool: Pool, tried: Sequence[Outcome], weight: Floats) -> Outcome:
    """Choose one; of those as good as each other, by what they do where the load is higher."""
    found = choice.near(tried, weight)
    if len(found) == 1:
        return found[0]
    return choice.steadiest(found, _again(changed(pool, load=choice.STRESS), found), weight)


def _worth(now: Outcome, best: Outcome, found: Trial | None, weight: Floats) -> tuple[str, str]:
    """Say whether the best is worth a change, and why."""
    if best is now:
        return "keep", "best"
    if found is not None and not found.enough:
        return "keep", "short"
    return _changed_for(now, best, found, weight)


def _changed_for(now: Outcome, best: Outcome, found: Trial | None, weight: Floats) -> tuple[str, str]:
    if now.answered is not None and best.answered is not None and best.answered > now.answered + SLO:
        return "change", "services"
    safer = choice.worst(now, weight) > choice.SAFE and choice.worst(now, weight) - choice.worst(best, weight) > WORST
    if safer and (found is None or found.gainers):
        return "change", "safer"
    if best.gain(now, weight) < choice.LEAST:
        return "keep", "small"
    if found is not None and found.whole.verdict != "sooner" and not found.gainers:
        return "keep", "chance"
    return "change", "sooner" if found else "rate"


def _sturdy(pool: Pool, finalists: Sequence[Outcome], chosen: Outcome) -> Sturdy:
    """Ask again at loads a twentieth less and more, under other ties, and at loads further away."""
    weight = pool.standing.share

    def better(changed_pool: Pool) -> str | None:
        again = _again(changed_pool, finalists)
        kept = [one.candidate.key for one in choice.near(again, weight)]
        return None if chosen.candidate.key in kept else kept[0]

    near = [("load", str(load)) for load in LOADS] + [("seed", seed) for seed in SEEDS]
    pools = [changed(pool, load=load) for load in LOADS] + [changed(pool, seed=seed) for seed in SEEDS]
    other = [(*one, key) for one, there in zip(near, pools, strict=True) if (key := better(there)) is not None]
    further = [(load, key) for load in FURTHER if (key := better(changed(pool, load=load))) is not None]
    return Sturdy(tuple(near), tuple(other), tuple(further))


def _again(pool: Pool, finalists: Sequence[Outcome]) -> list[Outcome]:
    """Replay some charters on a changed pool; the first stays the present one."""
    ground = Ground(pool, scarcest(History(pool)))
    same = [replace(one.candidate, charter=replace(one.candidate.charter, seed=pool.charter.seed)) for one in finalists]
    return ground.outcomes(same)[0]


def _fates(ground: Ground, work: Workload, now: Outcome, chosen: Outcome, found: Trial | None) -> tuple[Fate, ...]:
    pool, r = ground.pool, ground.resource
    jobs = pool.jobs
    assert jobs is not None, "there are jobs to advise on"  # noqa: S101  # for the type checker
    alone = ground.alone
    rows = {} if found is None else {row.member: row for row in found.members}
    waits = np.where(chosen.end_s >= 0, chosen.end_s - jobs.submit_s - jobs.duration_s, 0).clip(0)
    waited = np.bincount(jobs.member, waits.astype(np.float64), len(pool.members))
    most = np.argsort(-waited, kind="stable")[: members.MOST_HELPED]
    helped = members.helps(ground, chosen, most) if chosen.candidate.charter.queue.pooled else {}
    made = []
    for m, name in enumerate(pool.members.id.tolist()):
        own = jobs.member == m
        home = own & alone.finished
        wide, part = _wide(jobs.gang[own, r], waits[own])
        made.append(
            Fate(
                name,
                float((alone.end_s - jobs.submit_s)[home].mean()) if home.any() else None,
                _known(now.burden[m]),
                _known(chosen.burden[m]),
                rows.get(name),
                float(work.demand[m]),
                float(pool.standing.share[m]),
                wide,
                part,
                helped.get(m, ()),
            )
        )
    return tuple(made)


def _wide(need: Ints, waits: Ints) -> tuple[float, float]:
    """From which size on a member's gangs are wide, and their part of its waiting."""
    least = members.wide_from(need) if len(need) else 0
    total = float(waits.sum())
    return (least / 1000, float(waits[need >= least].sum()) / total) if least and total else (0.0, 0.0)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


__all__ = ["Advice", "Fate", "Help", "Outcome", "Sturdy", "advise", "apart_today"]
