"""Can somebody gain without anybody losing?

On one flavor every claim's rate is its speed times its tasks, so any gain needs one more micro-task that fits beside all
others: the plan is Pareto efficient, among plans in whole micro-tasks, exactly if no claim below its cap fits one more.

On several flavors claims could gain by changing places. A linear program looks for the exchange d with the largest total
gain, in tasks at each claim's best speed, that takes no rate and no minimum from anybody:

    max Σ_i g_i,   Σ_f speed[i,f] · d[i,f] ≥ fastest_i · g_i,   min_i ≤ Σ_f x + d ≤ tasks_i,   Σ_i bundle · (x + d) ≤ capacity

The plan holds, to one micro-task a claim, if prices prove that this is at most one micro-task a claim. It is refuted by an
exchange of whole micro-tasks that serves everybody as well and somebody better, checked in integers. Else it is not shown.

Cost: O(M·F·R) on one flavor; linear programs and rational arithmetic on several, up to 20,000 pairs of claim and flavor.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import fraction
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import fits_one_more, gain, left_over, micro, misshapen, tasks_text
from apportion.proofs._programs import LARGEST, Claims, dual_bound, rates, sum_rows, use_rows

MEANING = "nobody can gain without somebody losing; the figure is the most tasks that could be gained"


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute Pareto efficiency; the figure is the most that could be gained, in tasks."""
    wrong = misshapen("pareto", situation, plan)
    if wrong:
        return wrong
    if (left_over(situation, plan) < 0).any():
        return Verdict("pareto", Status.NOT_SHOWN, True, None, "the plan grants more than there is")
    pairs = np.argwhere(fits_one_more(situation, plan))
    if len(pairs):
        most, witness = gain(situation, plan, pairs)
        return Verdict("pareto", Status.REFUTED, True, most / 1e6, MEANING, witness)
    if len(situation.flavors) <= 1 or not plan.tasks_micro.any():
        return Verdict("pareto", Status.HOLDS, True, 0.0, MEANING)
    return _on_several_flavors(situation, plan)


def _on_several_flavors(situation: Situation, plan: Plan) -> Verdict:
    at = np.flatnonzero(situation.possible.any(axis=1) & (situation.claims.tasks_micro > 0))
    if situation.possible[at].sum() > LARGEST:
        return Verdict("pareto", Status.NOT_SHOWN, True, None, f"more than {LARGEST} pairs of claim and flavor")
    claims, held = _claims(situation, plan, at), plan.tasks_micro[at]
    found = _best_exchange(claims, held)
    if found is None:
        return Verdict("pareto", Status.NOT_SHOWN, True, None, "the linear program was not solved")
    exchange, bound = found
    figure = float(bound) / 1e6
    if bound <= len(at):
        return Verdict("pareto", Status.HOLDS, bound <= 0, figure, f"{MEANING}, to one micro-task a claim")
    better = _made_whole(claims, held, exchange)
    if better is None:
        why = f"at most {figure:.6g} tasks could be gained, and no better division was found in whole micro-tasks"
        return Verdict("pareto", Status.NOT_SHOWN, True, figure, why)
    return Verdict("pareto", Status.REFUTED, True, figure, MEANING, _witness(situation, claims, held, at, better))


def _claims(situation: Situation, plan: Plan, at: Ints) -> Claims:
    claims = situation.claims
    speed = np.where(situation.possible[at], claims.speed[at], 0.0)
    least, most = claims.min_tasks_micro[at], claims.tasks_micro[at]
    rate = rates(speed, plan.tasks_micro[at])
    return Claims(speed, claims.bundle[at], least, most, micro(situation.capacity), rate)


def _best_exchange(claims: Claims, held: Ints) -> tuple[Floats, Fraction] | None:
    """Bound the largest gain, and find the exchange that moves least for half of it: (K, F) real micro-tasks.

    Where little moves, most claims stay as they are to the unit, and the exchange survives being made whole.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_array, coo_array, eye_array

    i, f = np.nonzero(claims.speed)
    many, pairs, scale = len(claims.most), len(i), float(claims.most.max())
    best = claims.speed.max(axis=1)
    reach, total = sum_rows(claims, i, claims.speed[i, f] / best[i]), sum_rows(claims, i, np.ones(pairs))
    use = use_rows(claims, i, f, np.full(pairs, scale))
    sums = held.sum(axis=1)
    left = claims.budget - held.astype(object).T @ claims.bundle.astype(object)
    part = np.divide(left.astype(float), claims.budget.astype(float), out=np.zeros(left.shape), where=claims.budget > 0)
    rows = [[-reach, reach, eye_array(many)], [total, -total, None], [-total, total, None], [use, -use, None]]
    right = [np.zeros(many), (claims.most - sums) / scale, (sums - claims.least) / scale, part.ravel()]
    limits = [(0, None)] * pairs + [(0, x / scale) for x in held[i, f]] + [(0, None)] * many
    gains = np.concatenate([np.zeros(2 * pairs), np.ones(many)])
    first = linprog(-gains, A_ub=block_array(rows), b_ub=np.concatenate(right), bounds=limits)
    if first.status != 0:
        return None
    rows.append([coo_array((1, pairs)), None, coo_array(-np.ones((1, many)))])
    least_moved = linprog(
        1 - gains, A_ub=block_array(rows), b_ub=np.concatenate([*right, [first.fun / 2]]), bounds=limits
    )
    price = -first.ineqlin.marginals
    exchange = np.zeros(claims.speed.shape)
    if least_moved.status == 0:
        exchange[i, f] = (least_moved.x[:pairs] - least_moved.x[pairs : 2 * pairs]) * scale
    return exchange, _gain_bound(claims, price[:many], price[3 * many :].reshape(claims.budget.shape) * scale)


def _gain_bound(claims: Claims, of_rate: Floats, of_budget: Floats) -> Fraction:
    """Bound the gain in micro-tasks by any prices: a rate is worth at least its part of the gain."""
    worth = [Fraction(max(float(q), 1.0)) / best for q, best in zip(of_rate, claims.fastest, strict=True)]
    now = sum((w * z for w, z in zip(worth, claims.rate, strict=True)), Fraction(0))
    return dual_bound(claims, worth, of_budget) - now


def _made_whole(claims: Claims, held: Ints, exchange: Floats) -> Ints | None:
    """Turn an exchange into a better division in whole micro-tasks (K, F); None if that fails.

    What a claim takes is floored; it gives up no more than that makes up for; what is still too much is taken less of.
    """
    take = np.floor(np.maximum(exchange, 0.0)).astype(np.int64)
    for _ in range(100):
        tasks = held + take - _affordable(claims, take, np.floor(np.maximum(-exchange, 0.0)).astype(np.int64))
        if claims.allow(tasks):
            gained = [new > old for new, old in zip(rates(claims.speed, tasks), claims.rate, strict=True)]
            return tasks if any(gained) else None
        take = _less(claims, take, tasks)
    return None


def _affordable(claims: Claims, take: Ints, give: Ints) -> Ints:
    """Of what claims would give up, what leaves their rate whole: (K, F)."""
    give = give.copy()
    for k, gained in enumerate(rates(claims.speed, take)):
        rest = gained
        for f in np.flatnonzero(give[k]):
            speed = fraction(claims.speed[k, f])
            give[k, f] = min(int(give[k, f]), int(rest / speed))
            rest -= speed * int(give[k, f])
    return give


def _less(claims: Claims, take: Ints, tasks: Ints) -> Ints:
    """Take less where a cap or a capacity is exceeded, from those who take most."""
    take = take.copy()
    over = tasks.astype(object).T @ claims.bundle.astype(object) - claims.budget
    for f, r in np.argwhere(over > 0):
        excess = over[f, r]
        for k in np.argsort(-take[:, f], kind="stable"):
            if excess > 0 and claims.bundle[k, r] and take[k, f]:
                units = min(int(take[k, f]), -(-excess // int(claims.bundle[k, r])))
                take[k, f] -= units
                excess -= units * int(claims.bundle[k, r])
    for k in np.flatnonzero(tasks.sum(axis=1) > claims.most):
        take[k, np.argmax(take[k])] -= min(take[k].max(), tasks[k].sum() - claims.most[k])
    return take


def _witness(situation: Situation, claims: Claims, held: Ints, at: Ints, tasks: Ints) -> dict[str, Any]:
    """Say what the better division is: the grants that differ, and the rates that rise."""
    names = [str(name) for name in situation.claims.id[at]]
    compared = zip(names, claims.rate, rates(claims.speed, tasks), strict=True)
    moved = np.argwhere(tasks != held)
    return {
        "better": {
            name: {"rate": float(old) / 1e6, "could_be": float(new) / 1e6} for name, old, new in compared if new > old
        },
        "grants": [
            {
                "claim": names[k],
                "flavor": situation.flavors[f],
                "from": tasks_text(held[k, f]),
                "to": tasks_text(tasks[k, f]),
            }
            for k, f in moved
        ],
    }
