"""Is λ_m what its definition says, on one flavor and on several, and is each refutation one that can be checked?"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apportion.domain.plan import Plan
from apportion.domain.verdict import Status
from apportion.policies import equal
from apportion.proofs import sharing_incentive
from apportion.proofs._amounts import micro
from apportion.proofs._several_flavors import served_better
from making import MICRO, cases, plan_of, situation_of

usual = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])


def by_hand(situation, plan, m):
    """λ_m on one flavor, in fractions: infinite is None."""
    claims, tasks = situation.claims, plan.tasks_micro.sum(axis=1).tolist()
    of = [i for i in range(len(claims)) if claims.member[i] == m and claims.bundle[i].any()]
    own = [int(e) * MICRO for e in situation.standing.entitlement[m].sum(axis=0)]
    if not any(tasks[i] for i in of):
        servable = any(
            claims.tasks_micro[i]
            and situation.runs_on[i].any()
            and all(own[r] for r in np.flatnonzero(claims.bundle[i]))
            for i in of
        )
        return None if servable else Fraction(0)
    use = [sum(int(claims.bundle[i, r]) * tasks[i] for i in of) for r in range(len(own))]
    held = [Fraction(own[r], use[r]) for r in range(len(own)) if use[r]]
    return min(held + [Fraction(int(claims.tasks_micro[i]), tasks[i]) for i in of if tasks[i]])


@usual
@given(case=cases(flavors=(1, 1), minima=False), seed=st.integers(0, 99))
def test_the_verdict_is_that_of_the_definition(case, seed):
    situation = case.situation()
    plan = _part_of(equal.divide(situation), seed)
    verdict = sharing_incentive.check(situation, plan)
    factors = [by_hand(situation, plan, m) for m in range(len(situation.members))]
    if all(factor is not None and factor <= 1 for factor in factors):
        assert verdict.status == Status.HOLDS
        assert verdict.exact
    else:
        assert verdict.status == Status.REFUTED or not verdict.exact
    if None not in factors:
        assert verdict.figure == pytest.approx(float(max(factors)))
    if verdict.status == Status.REFUTED:
        _entitlement_serves_more(situation, plan, verdict.witness)


def _part_of(plan, seed):
    chance = np.random.default_rng(seed)
    part = chance.choice([0.0, 0.5, 1.0, 1.0], plan.tasks_micro.shape)
    return replace(plan, tasks_micro=np.floor(plan.tasks_micro * part).astype(np.int64))


def _entitlement_serves_more(situation, plan, witness):
    """E[m] really serves a micro-task more to each of the member's claims that it can serve, and all that it has."""
    claims, m = situation.claims, list(situation.members.id).index(witness["member"])
    own = situation.standing.entitlement[m].sum(axis=0)
    mine = (claims.member == m) & situation.runs_on.any(axis=1) & (claims.tasks_micro > 0)
    mine &= claims.bundle.any(axis=1)
    mine &= ~((claims.bundle > 0) & (own == 0)).any(axis=1)
    tasks = plan.tasks_micro.sum(axis=1) + 1
    assert not plan.tasks_micro[(claims.member == m) & ~mine & claims.bundle.any(axis=1)].any()
    assert (tasks[mine] <= claims.tasks_micro[mine]).all()
    assert ((tasks[mine, None] * claims.bundle[mine]).sum(axis=0) <= own * MICRO).all()


@usual
@given(case=cases(flavors=(1, 1), minima=False), seed=st.integers(0, 99))
def test_the_closed_form_and_the_linear_program_agree(case, seed):
    situation = case.situation()
    plan = _part_of(equal.divide(situation), seed)
    for m, own in enumerate(situation.standing.entitlement):
        answer, factor = served_better(situation, plan, m, micro(own)), by_hand(situation, plan, m)
        if factor is None:
            assert answer.factor == -1
        elif factor <= 1:
            assert answer.status == Status.HOLDS
        else:
            mine = (situation.claims.member == m) & situation.claims.bundle.any(axis=1)
            least = min(x for x in plan.tasks_micro.sum(axis=1)[mine] if x)
            assert answer.factor <= factor * (1 + Fraction(1, 10**9))
            assert answer.factor >= factor * (1 - Fraction(1, 10**6)) - Fraction(2, int(least))


@usual
@given(case=cases(flavors=(2, 3), most_claims=5, minima=False), seed=st.integers(0, 99))
def test_a_refutation_on_several_flavors_is_a_division_that_the_entitlement_holds(case, seed):
    situation = case.situation()
    plan = _part_of(equal.divide(situation), seed)
    verdict = sharing_incentive.check(situation, plan)
    assume(verdict.status == Status.REFUTED)
    claims, witness = situation.claims, verdict.witness
    m = list(situation.members.id).index(witness["member"])
    tasks = np.zeros_like(plan.tasks_micro)
    for cell in witness["could_have"]:
        at = list(claims.id).index(cell["claim"]), situation.flavors.index(cell["flavor"])
        tasks[at] = int(Fraction(cell["tasks"]) * MICRO)
    assert (tasks.T @ claims.bundle <= situation.standing.entitlement[m] * MICRO).all()
    assert (tasks.sum(axis=1) <= claims.tasks_micro).all()
    assert not tasks[claims.member != m].any()
    mine = (claims.member == m) & claims.bundle.any(axis=1)
    new, old = ((claims.speed * each).sum(axis=1)[mine] for each in (tasks, plan.tasks_micro))
    assert (new >= old).all()
    assert new.sum() > old.sum()


ALONE = situation_of([8], [(1,), (1,)], tasks=[8, 8], weights={"m0": 3, "m1": 1})


def test_exactly_the_entitlement_holds_exactly():
    verdict = sharing_incentive.check(ALONE, plan_of(ALONE, [6, 2]))
    assert (verdict.status, verdict.exact, verdict.figure) == (Status.HOLDS, True, 1.0)


def test_one_micro_task_less_holds_to_one_micro_task_and_says_so():
    verdict = sharing_incentive.check(ALONE, Plan("?", {}, ALONE.digest, np.array([[6 * MICRO - 1], [2 * MICRO]])))
    assert verdict.status == Status.REFUTED  # E serves exactly that one micro-task more
    three = situation_of([1], [(0.003,)] * 2, tasks=[999, 999])
    verdict = sharing_incentive.check(three, Plan("?", {}, three.digest, np.full((2, 1), 500 * MICRO // 3)))
    assert (verdict.status, verdict.exact) == (Status.HOLDS, False)
    assert "micro-task" in verdict.meaning


def test_less_than_the_entitlement_is_refuted_with_both_sides():
    verdict = sharing_incentive.check(ALONE, plan_of(ALONE, [4, 4]))
    assert (verdict.status, verdict.exact, verdict.figure) == (Status.REFUTED, True, 1.5)
    assert verdict.witness == {
        "member": "m0",
        "factor": 1.5,
        "granted": {"cpu": "4"},
        "entitled_to": {"cpu": "6"},
    }


def test_nothing_for_a_member_that_could_serve_itself_is_refuted():
    verdict = sharing_incentive.check(ALONE, plan_of(ALONE, [8, 0]))
    assert (verdict.status, verdict.figure) == (Status.REFUTED, None)
    assert verdict.witness["member"] == "m1"


def test_nothing_for_a_member_whose_entitlement_serves_nothing_of_its_claims_holds():
    owned = {("f", "cpu-owner"): (8, 0), ("f", "gpu-owner"): (8, 4)}
    both = situation_of(
        {}, [(1, 1)], tasks=[9], members=["cpu-owner"], owned=owned, weights={"cpu-owner": 1, "gpu-owner": 1}
    )
    assert sharing_incentive.check(both, plan_of(both, [0])).status == Status.HOLDS


def test_asset_fairness_can_give_less_than_half_to_one_of_two():
    """Ghodsi et al., NSDI 2011, section 6.1.1: ⟨30, 30⟩, demands ⟨1, 3⟩ and ⟨1, 1⟩, 6 and 12 tasks."""
    situation = situation_of((30, 30), [(1, 3), (1, 1)])
    verdict = sharing_incentive.check(situation, plan_of(situation, [6, 12]))
    assert verdict.status == Status.REFUTED
    assert verdict.witness["member"] == "m1"
    assert verdict.figure == 15 / 12
