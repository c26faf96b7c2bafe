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
from apportion.advice.decision import Decision, decided
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Advice(Decision):
    """What to do, why, and what becomes of everybody.

    Attributes
    ----------
    declined : what this pool cannot carry out, by key, with why
    gains, loses : members whose burden changes for the better, or the worse, by the trial; for claims by a hundredth
    """

    pool: Pool
    work: Workload
    declined: dict[str, str]
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    fates: tuple[Fate, ...]
    sturdy: Sturdy | None = None
    fewest: Fewest | None = None
    more: tuple[More, ...] = ()
    buy: More | None = None
    priced: tuple[Priced, ...] = ()

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
    work, weight = workload(pool, ground.alone), pool.standing.share
    tried, declined = ground.outcomes(candidates.queues(pool, work), tick)
    now, best = tried[0], _best(pool, tried, weight)
    found = None if best is now else trial_of(pool, ("now", best.candidate.key), now.end_s, best.end_s)
    made = decided(tried, best, found, weight)
    pooled = made.chosen.candidate.charter.queue.pooled
    more = tuple(capacity.more(ground, made.chosen.candidate, made.chosen)) if pooled else ()
    return Advice(
        **vars(made),
        pool=pool,
        work=work,
        declined=declined,
        gains=() if found is None else tuple(found.gainers),
        loses=() if found is None else tuple(found.losers),
        fates=_fates(ground, work, now, made.chosen, found),
        sturdy=_sturdy(pool, made.finalists, made.chosen),
        fewest=capacity.fewest(ground, made.chosen.candidate, weight) if pooled and pool.services is None else None,
        more=more,
        buy=capacity.buy(list(more)),
        priced=tuple(capacity.priced(pool)) if len(pool.flavors) > 1 else (),
    )


def _on_claims(pool: Pool) -> Advice:
    table = Table(pool, scarcest(History(pool)))
    work, weight = workload(pool), pool.standing.share
    tried, declined = table.outcomes(candidates.rules(pool, work))
    made = decided(tried, choice.near(tried, weight)[0], None, weight)
    change = made.best.burden / made.now.burden - 1
    names = pool.members.id.tolist()
    return Advice(
        **vars(made),
        pool=pool,
        work=work,
        declined=declined,
        gains=tuple(name for m, name in enumerate(names) if change[m] < -choice.NOTICED),
        loses=tuple(name for m, name in enumerate(names) if change[m] > choice.NOTICED),
        fates=tuple(_granted(table, work, made, m, name) for m, name in enumerate(names)),
        priced=tuple(capacity.priced(pool)),
    )


def _granted(table: Table, work: Workload, made: Decision, m: int, name: str) -> Fate:
    return Fate(
        name,
        _known(table.alone[m]),
        _known(1 / made.now.burden[m]),
        _known(1 / made.chosen.burden[m]),
        None,
        float(work.demand[m]),
        float(table.pool.standing.share[m]),
    )


def _best(pool: Pool, tried: Sequence[Outcome], weight: Floats) -> Outcome:
    """Choose one; of those as good as each other, by what they do where the load is higher."""
    found = choice.near(tried, weight)
    if len(found) == 1:
        return found[0]
    return choice.steadiest(found, _again(changed(pool, load=choice.STRESS), found), weight)


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
