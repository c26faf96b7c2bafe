"""Does every check of a plan answer every plan, with a witness where it refutes, whatever the order of rows?"""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.domain.plan import Plan
from apportion.domain.verdict import Status
from making import MICRO, Case, Claim, cases, plan_of

pytestmark = pytest.mark.parametrize("name", registry.checks())
usual = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])


def right(verdict):
    """Whether a proof holds, or says that the plan does not claim what it is about."""
    unclaimed = verdict.status == Status.NOT_SHOWN and verdict.meaning == "this policy claims no optimum"
    return verdict.status == Status.HOLDS or unclaimed


def random_plan(situation, seed):
    """Grants between nothing and the cap of each claim, feasible or not, by claim and flavor."""
    chance = np.random.default_rng(seed)
    part = chance.random(situation.runs_on.shape) * chance.choice([0.0, 0.1, 1.0], situation.runs_on.shape)
    each = situation.claims.tasks_micro[:, None] / max(len(situation.flavors), 1)
    grants = np.floor(part * each * situation.runs_on).astype(np.int64)
    return Plan("by chance", {}, situation.digest, grants)


@usual
@given(case=cases(flavors=(1, 2), most_claims=5), seed=st.integers(0, 99))
def test_every_plan_gets_an_answer_that_can_be_written_down(name, case, seed):
    situation = case.situation()
    verdict = registry.proof(name).check(situation, random_plan(situation, seed))
    assert verdict.proof == name
    assert verdict.status in set(Status)
    assert verdict.meaning
    assert (verdict.status == Status.REFUTED) <= bool(verdict.witness)
    json.dumps(asdict(verdict), allow_nan=False)


@usual
@given(case=cases(flavors=(1, 1), most_claims=6), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(name, case, seed):
    situation, mixed = case.situation(), case.shuffled(seed).situation()
    plan = random_plan(situation, seed)
    assert registry.proof(name).check(mixed, plan) == registry.proof(name).check(situation, plan)


def test_grants_of_another_shape_are_never_taken_for_right(name):
    situation = Case({"a": 1.0}, {"f": (9,)}, (Claim("c", "a", MICRO, (1,), (1.0,)),)).situation()
    verdict = registry.proof(name).check(situation, Plan("?", {}, situation.digest, np.zeros((2, 1), dtype=np.int64)))
    assert verdict.status != Status.HOLDS


def test_a_plan_for_nobody_holds(name):
    situation = Case({"a": 1.0}, {"f": (9,)}, ()).situation()
    assert right(registry.proof(name).check(situation, plan_of(situation, [])))


def test_everybody_served_in_full_holds(name):
    claims = tuple(Claim(f"c{i}", "ab"[i % 2], 2 * MICRO, (1000, 500 * i), (1.0, 2.0)) for i in range(4))
    situation = Case({"a": 1.0, "b": 2.0}, {"f": (9000, 9000), "g": (9000, 9000)}, claims).situation()
    assert right(registry.proof(name).check(situation, plan_of(situation, [(0, 2)] * 4)))
