"""Are guardrails held, proved, priced in the certificate, and refused where nobody could hold them?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion import loop, registry
from apportion.domain.plan import Shares
from apportion.domain.verdict import Status
from apportion.errors import Refused
from making import cases, plan_of, situation_of

HOLDERS = tuple(name for name in registry.names("policy") if registry.policy(name).GUARDS)


def guarded_situation(**guardrails):
    """Three members ask for 60, 30 and 10 of 50 processors."""
    asked = situation_of((50,), [(1,)] * 3, tasks=[60, 30, 10], weights={"m0": 6.0, "m1": 3.0, "m2": 1.0})
    return replace(asked, guardrails=guardrails)


@pytest.mark.parametrize("name", HOLDERS)
def test_every_policy_that_can_hold_a_guardrail_holds_it_and_proves_it(name):
    for guardrails in ({"largest_share": 0.4}, {"hhi": 3600.0}, {"largest_share": 0.45, "hhi": 3500.0}):
        situation, by = guarded_situation(**guardrails), loop.rule(name)
        plan = loop.decide(situation, by)
        for proof in by.promises(situation):
            assert registry.proof(proof).check(situation, plan).status == Status.HOLDS, proof
        assert "guardrails" in by.promises(situation)


def test_the_ceiling_is_the_highest_that_holds():
    situation = guarded_situation(largest_share=0.4)
    plan = loop.decide(situation, loop.rule("nash"))
    held = Shares(situation, plan).dominant
    assert held.max() / held.sum() == pytest.approx(0.4, rel=2e-3)
    assert plan.certificate.ceiling == pytest.approx(0.4 * 10**9, rel=2e-3)


def test_a_guardrail_that_nobody_breaks_changes_nothing():
    situation, without = guarded_situation(largest_share=1.0), guarded_situation()
    for name in HOLDERS:
        kept, free = loop.decide(situation, loop.rule(name)), loop.decide(without, loop.rule(name))
        assert (kept.tasks_micro == free.tasks_micro).all()


def test_too_few_members_are_named():
    alone = replace(situation_of((8,), [(1,), (1,)], members=["a", "b"]), guardrails={"largest_share": 0.4})
    with pytest.raises(Refused, match=r"only a, b ask for anything.*largest_share 0\.5"):
        loop.decide(alone, loop.rule("nash"))


def test_minima_that_break_a_guardrail_are_named():
    asked = situation_of((50,), [(1,)] * 3, tasks=[40, 2, 2], least=[30, 0, 0])
    with pytest.raises(Refused) as refusal:
        loop.decide(replace(asked, guardrails={"largest_share": 0.4}), loop.rule("equal"))
    assert "min_tasks of m0" in refusal.value.faults[0].mend


def test_a_policy_that_cannot_hold_it_is_refused_by_name():
    with pytest.raises(Refused, match="priority_packing"):
        loop.decide(guarded_situation(hhi=4000.0), loop.rule("priority_packing"))


def test_the_proof_refutes_a_plan_that_breaks_it_with_the_member():
    situation = guarded_situation(largest_share=0.5)
    verdict = registry.proof("guardrails").check(situation, plan_of(situation, [30, 10, 10]))
    assert verdict.status == Status.REFUTED
    assert verdict.witness["member"] == "m0"
    assert verdict.figure == pytest.approx(0.6)


@settings(deadline=None, max_examples=40)
@given(case=cases(flavors=(1, 2), minima=False), limit=st.sampled_from([0.3, 0.5, 0.7, 0.95]))
def test_whatever_the_pool_the_guardrail_is_held_or_refused(case, limit):
    situation = replace(case.situation(), guardrails={"largest_share": limit})
    try:
        plan = loop.decide(situation, loop.rule("proportional"))
    except Refused:
        return
    assert registry.proof("guardrails").check(situation, plan).status == Status.HOLDS
    assert np.all(plan.tasks_micro >= 0)
