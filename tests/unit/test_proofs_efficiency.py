"""Do `non_wasteful` and `pareto` find what could still be gained, and is their witness real?"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from apportion.domain.quantity import fraction
from apportion.domain.verdict import Status
from apportion.policies import demand_priority, equal
from apportion.proofs import feasible, non_wasteful, pareto
from making import MICRO, cases, plan_of, situation_of

usual = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


@usual
@given(case=cases(), data=st.data())
def test_whatever_is_taken_from_an_efficient_plan_is_found_missing(case, data):
    situation = case.situation()
    plan = equal.divide(situation)
    usable = np.argwhere((plan.tasks_micro > 0) & situation.claims.bundle.any(axis=1)[:, None])
    assume(len(usable))
    i, f = data.draw(st.sampled_from(usable.tolist()))
    less = plan.tasks_micro.copy()
    less[i, f] -= data.draw(st.integers(1, int(less[i, f])))
    plan = replace(plan, tasks_micro=less)
    for proof in (non_wasteful, pareto):
        verdict = proof.check(situation, plan)
        assert verdict.status == Status.REFUTED
        assert verdict.exact
        _can_really_take_that_and_no_more(situation, plan, verdict.witness)


def _can_really_take_that_and_no_more(situation, plan, witness):
    i, f = list(situation.claims.id).index(witness["claim"]), situation.flavors.index(witness["flavor"])
    more = int(Fraction(witness["could_still_take"]) * MICRO)
    assert more > 0
    base = replace(situation.claims, min_tasks_micro=np.zeros_like(situation.claims.min_tasks_micro))
    free = replace(situation, claims=base)
    for extra, status in ((more, Status.HOLDS), (more + 1, Status.REFUTED)):
        grants = plan.tasks_micro.copy()
        grants[i, f] += extra
        assert feasible.check(free, replace(plan, situation=free.digest, tasks_micro=grants)).status == status


SWAP = situation_of({"a": (1,), "b": (1,)}, [(1,), (1,)], tasks=[1, 1], speed=[(1, 2), (2, 1)])


def test_two_claims_on_each_others_best_flavor_should_swap():
    verdict = pareto.check(SWAP, plan_of(SWAP, [(1, 0), (0, 1)]))
    assert verdict.status == Status.REFUTED
    assert verdict.figure == pytest.approx(1.0)
    assert non_wasteful.check(SWAP, plan_of(SWAP, [(1, 0), (0, 1)])).status == Status.HOLDS


def test_after_the_swap_nobody_can_gain():
    assert pareto.check(SWAP, plan_of(SWAP, [(0, 1), (1, 0)])).status == Status.HOLDS


def test_a_plan_beyond_capacity_is_not_called_efficient():
    assert pareto.check(SWAP, plan_of(SWAP, [(1, 1), (1, 1)])).status == Status.NOT_SHOWN


@usual
@given(case=cases(flavors=(2, 3), most_claims=5))
def test_on_several_flavors_the_verdict_is_that_of_a_linear_program(case):
    """The program written down once more, from the definition, for a plan that often wastes speed."""
    situation = case.situation()
    plan = demand_priority.divide(situation)
    verdict = pareto.check(situation, plan)
    gain, noise = _largest_gain(situation, plan)
    if verdict.status == Status.REFUTED:
        _is_better(situation, plan, verdict.witness)
    elif verdict.status == Status.HOLDS:
        assert gain <= 1e-6 * len(situation.claims) + noise
    else:
        assert gain > 1e-6 - noise
    if verdict.status != Status.NOT_SHOWN and "could_still_take" not in verdict.witness:
        assert verdict.figure == pytest.approx(gain, abs=noise + 1e-6 * len(situation.claims))


def _largest_gain(situation, plan):
    """Tasks at best speed that could be gained without loss, by HiGHS: max Σ (rate' − rate) / fastest; and its error.

    HiGHS lets each limit be missed by 10⁻⁷, and what one claim misses another can use as often as its bundle goes into it.
    """
    claims, (many, kinds) = situation.claims, situation.runs_on.shape
    if not many or not claims.bundle.any():
        return 0.0, 0.0
    needs = claims.bundle[claims.bundle > 0]
    noise = 1e-6 * many * kinds * (needs.max() / needs.min())
    speed = np.where(situation.possible, claims.speed, 0.0)
    fastest = speed.max(axis=1)
    rate = (speed * plan.tasks_micro).sum(axis=1) / MICRO
    keep = np.zeros((many, many * kinds))
    total = np.zeros((many, many * kinds))
    for i in range(many):
        keep[i, i * kinds : (i + 1) * kinds] = speed[i]
        total[i, i * kinds : (i + 1) * kinds] = 1
    use = np.zeros((situation.capacity.size, many * kinds))
    for i in range(many):
        for f in range(kinds):
            use[f * claims.bundle.shape[1] : (f + 1) * claims.bundle.shape[1], i * kinds + f] = claims.bundle[i]
    worth = np.divide(speed, fastest[:, None], out=np.zeros_like(speed), where=fastest[:, None] > 0)
    found = linprog(
        -worth.ravel(),
        A_ub=np.vstack([-keep, total, -total, use]),
        b_ub=np.concatenate(
            [-rate, claims.tasks_micro / MICRO, -claims.min_tasks_micro / MICRO, situation.capacity.ravel()]
        ),
        bounds=[(0, None if may else 0) for may in situation.possible.ravel()],
    )
    now = np.divide(rate, fastest, out=np.zeros_like(rate), where=fastest > 0).sum()
    return -found.fun - now, noise


def _is_better(situation, plan, witness):
    grants = plan.tasks_micro.copy()
    if "grants" in witness:
        names = list(situation.claims.id)
        for change in witness["grants"]:
            at = names.index(change["claim"]), situation.flavors.index(change["flavor"])
            assert Fraction(change["from"]) * MICRO == grants[at]
            grants[at] = int(Fraction(change["to"]) * MICRO)
    else:
        at = list(situation.claims.id).index(witness["claim"]), situation.flavors.index(witness["flavor"])
        grants[at] += int(Fraction(witness["could_still_take"]) * MICRO)
    assert feasible.check(situation, replace(plan, tasks_micro=grants)).status == Status.HOLDS
    old, new = (_rates(situation, tasks) for tasks in (plan.tasks_micro, grants))
    assert all(after >= before for after, before in zip(new, old, strict=True))
    assert new != old


def _rates(situation, tasks):
    return [
        sum(fraction(s) * int(x) for s, x in zip(speed, row, strict=True))
        for speed, row in zip(situation.claims.speed.tolist(), tasks.tolist(), strict=True)
    ]
