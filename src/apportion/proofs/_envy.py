"""Would a member rather have another's grants, scaled by their weights?

For members m with weight and k ≠ m, λ_mk is the largest factor by which k's grants times W_m / W_k would serve the rates of
all of m's claims; m envies k if λ_mk > 1. A member without weight envies nobody; one that it has been given things before
members with weight is envied for each of them (the ratio is infinite).

Grants are whole micro-tasks, and a real plan without envy may round to this one. So m's envy counts only if it remains when
every claim of m that k's grants can serve has one micro-task more, and k's grants are less what rounding can have added to
them (`rounding_gain`).

Claims that use nothing are left out: nobody's grants could help them.

One flavor, in integers: λ_mk > 1 exactly if W_m · use[k,r] > W_k · use[m,r] for every resource that m uses, and no granted
claim of m is at its cap. Hence "k's grants without the one whole task whose loss helps most" needs one number a resource.
Several flavors: a linear program for each pair, and for each grant that is taken away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import by_member, finite, micro, misshapen, resources_text
from apportion.proofs._one_flavor import at_cap, cap_factor, counted, members_with, one_more_each, rounding_gain
from apportion.proofs._several_flavors import Answer, served_better

MOST_MEMBERS = 2_000
MOST_PROGRAMS = 1_000
BLOCK = 4_000_000  # entries of the largest array
ROUNDED = "; where it is above 1, by no more than rounding to whole micro-tasks can have made"


def envy(situation: Situation, plan: Plan, proof: str, meaning: str, spared: bool) -> Verdict:
    """Confirm or refute that nobody envies; with `spared`, after one whole task is taken out of the other's grants."""
    wrong = misshapen(proof, situation, plan)
    if wrong:
        return wrong
    if len(situation.members) > MOST_MEMBERS:
        why = f"{len(situation.members)} members have too many pairs to compare: at most {MOST_MEMBERS} members"
        return Verdict(proof, Status.NOT_SHOWN, True, None, why)
    compare = _on_several_flavors if len(situation.flavors) > 1 else _on_one_flavor
    return compare(situation, plan, proof, meaning, spared)


@dataclass(frozen=True, eq=False)
class _Support:
    """Members (columns) whose grants have the same resources at all, and for every member `one_more_each` within those.

    `some` says whether any of its claims would use anything then.
    """

    columns: Ints
    need: Ints
    some: Bools


@dataclass(frozen=True, eq=False)
class _Sides:
    """What decides on one flavor, for members: (N, R) use, what others see in it, and the firm part of that."""

    use: Ints
    offer: Ints
    firm: Ints
    weight: Ints
    granted: Bools
    capped: Bools
    ceiling: Floats
    supports: tuple[_Support, ...]


def _sides(situation: Situation, plan: Plan, spared: bool) -> _Sides:
    tasks, weight = counted(situation, plan), situation.standing.weight
    use = by_member(situation, tasks)
    if use.dtype == object or float(use.max(initial=0)) * float(weight.max(initial=0)) >= 2.0**62:
        use, weight = use.astype(object), weight.astype(object)
    offer = use - _dearest_task(situation, tasks, use) if spared else use
    return _Sides(
        use,
        offer,
        np.maximum(offer - rounding_gain(situation, plan), 0),
        weight,
        members_with(situation, tasks > 0),
        at_cap(situation, tasks),
        cap_factor(situation, tasks),
        tuple(_supports(situation, tasks, use)),
    )


def _dearest_task(situation: Situation, tasks: Ints, use: Ints) -> Ints:
    """The most of each resource that one whole task, or a smaller grant, of some claim of each member holds: (N, R)."""
    claims, most = situation.claims, np.zeros_like(use)
    np.maximum.at(most, claims.member, claims.bundle.astype(use.dtype) * np.minimum(tasks, MICRO)[:, None])
    return most


def _supports(situation: Situation, tasks: Ints, use: Ints) -> Iterator[_Support]:
    has = np.asarray(use > 0, dtype=bool)
    kinds, kind = np.unique(has, axis=0, return_inverse=True)
    for g, support in enumerate(kinds):
        yield _Support(np.flatnonzero(kind.ravel() == g), *one_more_each(situation, tasks, support))


def _on_one_flavor(situation: Situation, plan: Plan, proof: str, meaning: str, spared: bool) -> Verdict:
    sides = _sides(situation, plan, spared)
    many, width = sides.use.shape
    step = max(BLOCK // max(many * width, 1), 1)
    largest, exact, refuted = 0.0, True, []
    for begin in range(0, many, step):
        rows = np.arange(begin, min(begin + step, many))
        envies, surely, factor = _compare(sides, rows)
        largest, exact = max(largest, factor.max(initial=0.0)), exact and not envies.any()
        refuted += [(factor[n, k], rows[n], k) for n, k in _worst(surely, factor)]
    figure = finite(np.array([largest]))
    if not refuted:
        return Verdict(proof, Status.HOLDS, exact, figure, meaning if exact else meaning + ROUNDED)
    factor, m, k = max(refuted)
    witness = {
        "member": str(situation.members.id[m]),
        "envies": str(situation.members.id[k]),
        "factor": finite(np.array([factor])),
        "weight": str(sides.weight[m]),
        "weight_of_other": str(sides.weight[k]),
        "granted": resources_text(situation, sides.use[m]),
        "granted_to_other": resources_text(situation, sides.offer[k]),
    }
    return Verdict(proof, Status.REFUTED, True, figure, meaning, witness)


def _worst(surely: Bools, factor: Floats) -> list[tuple[int, int]]:
    """Of the pairs that count, the one with the largest factor; none if there is none."""
    at = np.argmax(np.where(surely, factor, -1.0)) if surely.any() else None
    return [] if at is None else [tuple(map(int, np.unravel_index(at, factor.shape)))]  # type: ignore[list-item]  # two axes


def _compare(sides: _Sides, rows: Ints) -> tuple[Bools, Bools, Floats]:
    """Of members `rows` against all: who envies at all, who by more than rounding, and the factors: (n, N) each."""
    weight, ours = sides.weight[None, :, None], sides.weight[rows][:, None, None]
    mine, theirs = sides.use[rows][:, None, :] * weight, sides.offer[None] * ours
    unused = np.asarray(sides.use[rows] == 0, dtype=bool)[:, None, :]
    envies = (np.asarray(theirs > mine, dtype=bool) | unused).all(axis=2)
    envies &= (sides.granted & ~sides.capped)[rows][:, None]
    surely = np.zeros_like(envies)
    for support in sides.supports:
        at, asked = support.columns, support.need[rows][:, None, :]
        firm = sides.firm[at][None] * ours
        enough = np.asarray(((firm >= asked * weight[:, at]) & (firm > 0)) | (asked == 0), dtype=bool)
        envies[:, at] |= (support.some & ~sides.granted)[rows][:, None]
        surely[:, at] = enough.all(axis=2) & support.some[rows][:, None]
    other = (rows[:, None] != np.arange(len(sides.use))) & np.asarray(sides.weight[rows] > 0, dtype=bool)[:, None]
    envies &= other
    factor = np.where(unused | np.asarray(theirs > 0, dtype=bool), np.inf, 0.0)
    np.divide(
        theirs.astype(np.float64), mine.astype(np.float64), out=factor, where=~unused & np.asarray(mine > 0, dtype=bool)
    )
    factor = np.minimum(factor.min(axis=2, initial=np.inf), sides.ceiling[rows][:, None])
    return envies, surely & envies, np.where(other & (sides.granted[rows][:, None] | envies), factor, 0.0)


def _on_several_flavors(situation: Situation, plan: Plan, proof: str, meaning: str, spared: bool) -> Verdict:
    weighing = np.flatnonzero(situation.standing.weight).tolist()
    pairs = [(m, k) for m in weighing for k in range(len(situation.members)) if m != k]
    grants = int((plan.tasks_micro > 0).sum())
    if len(pairs) + spared * grants * len(situation.members) > MOST_PROGRAMS:
        return Verdict(proof, Status.NOT_SHOWN, True, None, f"more than {MOST_PROGRAMS} comparisons on several flavors")
    held = np.stack(
        [by_member(situation, plan.tasks_micro[:, f]).astype(object) for f in range(len(situation.flavors))], axis=1
    )
    answers = [(m, k, _answer(situation, plan, held, m, k, spared)) for m, k in pairs]
    figure = finite(np.array([np.inf if answer.factor < 0 else float(answer.factor) for _, _, answer in answers]))
    for status in (Status.REFUTED, Status.NOT_SHOWN):
        for m, k, answer in answers:
            if answer.status == status:
                names = {"member": str(situation.members.id[m]), "envies": str(situation.members.id[k])}
                return Verdict(proof, status, answer.exact, figure, meaning, {**names, **answer.witness(situation)})
    exact = all(answer.exact for _, _, answer in answers)
    return Verdict(proof, Status.HOLDS, exact, figure, meaning if exact else meaning + ROUNDED)


def _answer(situation: Situation, plan: Plan, held: Ints, m: int, k: int, spared: bool) -> Answer:
    """Compare one pair; spared, the first loss of one task of the other's that ends the envy decides."""
    answer = served_better(situation, plan, m, _scaled(situation, held[k], m, k))
    if not spared or answer.status == Status.HOLDS:
        return answer
    for i, f in np.argwhere((plan.tasks_micro > 0) & (situation.claims.member == k)[:, None]):
        less = held[k].copy()
        less[f] -= situation.claims.bundle[i].astype(object) * min(int(plan.tasks_micro[i, f]), MICRO)
        after = served_better(situation, plan, m, _scaled(situation, less, m, k))
        if after.status == Status.HOLDS:
            return after
        answer = after if after.status == Status.NOT_SHOWN else answer
    return answer


def _scaled(situation: Situation, held: Ints, m: int, k: int) -> Ints:
    """What k holds (F, R), times W_m / W_k; if k has no weight, all there is of what it holds any of."""
    ours, theirs = int(situation.standing.weight[m]), int(situation.standing.weight[k])
    if theirs == 0:
        return np.where(held > 0, micro(situation.capacity), 0)
    return held * ours // theirs
