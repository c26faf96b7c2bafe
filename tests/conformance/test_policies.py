"""Does every policy, of the folder or of an installed package, keep what policies promise?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.domain.quantity import exact_products
from apportion.domain.verdict import Status
from apportion.errors import BadInput
from making import MICRO, Case, Claim, cases

pytestmark = pytest.mark.parametrize("name", registry.names("policy"))
usual = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def divided(name: str, case: Case):
    """The situation and its plan, or None where the policy declines, which it must do with a way out."""
    situation = case.situation()
    try:
        return situation, registry.policy(name).divide(situation)
    except BadInput as refusal:
        if len(situation.flavors) <= 1 or not all(fault.what and fault.mend for fault in refusal.faults):
            raise
        return None


def leaves_nothing(name: str, situation) -> bool:
    """Whether the policy hands out all that is asked for and fits, as all do but those that by their nature stop earlier."""
    return "non_wasteful" in registry.policy(name).promises(situation)


@usual
@given(case=cases())
def test_every_promised_proof_holds(name, case):
    done = divided(name, case)
    if done:
        promised = registry.policy(name).promises(done[0])
        assert "feasible" in promised
        for proof in promised:
            verdict = registry.proof(proof).check(*done)
            assert verdict.status == Status.HOLDS, verdict


@usual
@given(case=cases())
def test_grants_keep_to_claims_and_capacity_and_leave_nothing_usable(name, case):
    """The definitions once more, without the proofs."""
    done = divided(name, case)
    if done:
        situation, plan = done
        claims, tasks = situation.claims, plan.tasks_micro
        total = tasks.sum(axis=1)
        left = situation.capacity * MICRO - exact_products(tasks, claims.bundle)
        assert (left >= 0).all()
        assert (tasks >= 0).all()
        assert (tasks[claims.speed == 0] == 0).all()
        assert (claims.min_tasks_micro <= total).all()
        assert (total <= claims.tasks_micro).all()
        fits = (claims.bundle[:, None, :] <= left[None]).all(axis=2) & (claims.speed > 0)
        assert not leaves_nothing(name, situation) or not (fits & (total < claims.tasks_micro)[:, None]).any()


@usual
@given(case=cases())
def test_a_claim_that_uses_nothing_gets_all_it_asks_for(name, case):
    done = divided(name, case)
    if done:
        claims = done[0].claims
        free = ~claims.bundle.any(axis=1) & (claims.speed > 0).any(axis=1)
        assert (done[1].tasks_micro.sum(axis=1)[free] == claims.tasks_micro[free]).all()


@usual
@given(case=cases(), seed=st.integers(0, 1000))
def test_the_order_of_rows_and_a_second_run_change_no_byte(name, case, seed):
    done, mixed = divided(name, case), divided(name, case.shuffled(seed))
    again = divided(name, case)
    if done:
        digest = done[1].digest(done[0])
        assert mixed[1].digest(mixed[0]) == digest
        assert again[1].digest(again[0]) == digest


@usual
@given(case=cases(minima=False))
def test_cutting_every_claim_moves_nobody_by_more_than_rounding(name, case):
    _cut_changes_little(name, case)


@usual
@given(case=cases(flavors=(1, 1)))
def test_cutting_every_claim_and_its_minimum_moves_nobody_by_more_than_rounding(name, case):
    _cut_changes_little(name, case)


def _cut_changes_little(name, case):
    """Whole hundreds can be cut exactly, so the real plans are the same and only rounding differs.

    Rounding hands out again, of each resource, less than one micro-task of every claim, and a claim takes part only where a
    resource that it needs has no more than that left. Members without standing divide what the others' whole grants leave:
    where those are not the same to the last micro-task, there is another amount to divide, and nothing is said of it here.
    """
    case = case.in_hundreds()
    done, halves = divided(name, case), divided(name, case.cut())
    if not done or _takes_references(*done):
        return
    whole = dict(zip(done[0].claims.id, done[1].tasks_micro.sum(axis=1), strict=True))
    parts = dict(zip(halves[0].claims.id, halves[1].tasks_micro.sum(axis=1), strict=True))
    moved = np.array([tasks - parts[f"{claim}.37"] - parts[f"{claim}.63"] for claim, tasks in whole.items()], dtype=int)
    most = np.maximum(_rounding(*done), _rounding(*halves)[::2] + _rounding(*halves)[1::2])
    standing = done[0].weight > 0
    compared = standing if moved[standing].any() else np.ones(len(moved), dtype=bool)
    assert (abs(moved) <= most)[compared].all()


def _takes_references(situation, plan):
    """On several flavors leximin's references are whole millionths of a rate, and which flavor serves whom is not unique."""
    leximin = plan.certificate is not None and plan.certificate.program == "leximin"
    return leximin and len(situation.flavors) > 1


def _rounding(situation, plan):
    """Most micro-tasks that rounding can add to or take from each claim: (M,)."""
    bundle = situation.claims.bundle
    once = bundle.sum(axis=0) * len(situation.flavors)
    left = situation.capacity * MICRO - exact_products(plan.tasks_micro, bundle)
    scarce = (left < once).any(axis=0)
    each = np.where((bundle > 0) & scarce, once // np.maximum(bundle, 1), 1).max(axis=1, initial=1)
    return np.maximum(each, 1) * len(situation.flavors)


@usual
@given(case=cases(flavors=(1, 1), minima=False, alike=True))
def test_with_equal_bundles_a_cut_moves_a_member_by_at_most_one_micro_task_a_claim(name, case):
    done, halves = divided(name, case), divided(name, case.cut())
    totals = []
    for situation, plan in (done, halves):
        total = np.zeros(len(situation.members), dtype=np.int64)
        np.add.at(total, situation.claims.member, plan.tasks_micro.sum(axis=1))
        totals.append(total)
    pieces = np.bincount(halves[0].claims.member, minlength=len(halves[0].members))
    assert (abs(totals[0] - totals[1]) <= pieces).all()


@usual
@given(case=cases(flavors=(1, 1)))
def test_plans_say_what_they_answer_and_how(name, case):
    situation, plan = divided(name, case)
    policy = registry.policy(name)
    assert plan.situation == situation.digest
    assert plan.parameters == registry.parameters(policy.divide)
    assert plan.policy == name
    assert 0 <= plan.rounding_loss <= 1
    assert isinstance(policy.GUARDS, frozenset)
    assert registry.parameters(policy.promises) == registry.parameters(policy.divide)


EMPTY = {
    "no claims": Case({"a": 1.0}, {"f": (1000,)}, ()),
    "no capacity": Case({"a": 1.0}, {"f": (0,)}, (Claim("c", "a", MICRO, (1000,), (1.0,)),)),
    "a resource that the pool lacks": Case({"a": 1.0}, {"f": (9, 0)}, (Claim("c", "a", MICRO, (1, 1), (1.0,)),)),
    "nowhere to run": Case({"a": 1.0}, {"f": (9,)}, (Claim("c", "a", MICRO, (1,), (0.0,)),)),
    "no flavor": Case({"a": 1.0}, {}, (Claim("c", "a", MICRO, (1,), ()),), rule="equal"),
    "no tasks": Case({"a": 1.0}, {"f": (9,)}, (Claim("c", "a", 0, (1,), (1.0,)),)),
    "nobody with standing": Case({"a": 0.0}, {"f": (9,)}, (Claim("c", "a", 0, (1,), (1.0,)),)),
}


@pytest.mark.parametrize("case", EMPTY.values(), ids=EMPTY.keys())
def test_where_nothing_can_be_granted_nothing_is(name, case):
    situation, plan = divided(name, case)
    assert not plan.tasks_micro.any()
    for proof in registry.policy(name).promises(situation):
        assert registry.proof(proof).check(situation, plan).status == Status.HOLDS


def test_members_without_standing_get_what_is_left(name):
    claims = (Claim("c", "a", 3 * MICRO, (1000,), (1.0,)), Claim("d", "b", 9 * MICRO, (1000,), (1.0,)))
    situation, plan = divided(name, Case({"a": 1.0, "b": 0.0}, {"f": (5000,)}, claims))
    assert not leaves_nothing(name, situation) or plan.tasks_micro.sum() == 5 * MICRO


HUGE = 10**12


def test_amounts_beyond_int64_are_added_exactly(name):
    """The same pool counted in units a million millionth as large gets the same grants."""
    claims = [("a", 7, (3, 1)), ("b", 9, (1, 2)), ("b", 2, (2, 2)), ("c", 8, (5, 1))]

    def at(scale):
        rows = tuple(
            Claim(f"c{i}", who, tasks * MICRO, tuple(n * scale for n in need), (1.0,))
            for i, (who, tasks, need) in enumerate(claims)
        )
        return Case({"a": 1.0, "b": 2.0, "c": 1.0}, {"f": (32 * scale, 16 * scale)}, rows)

    small, large = divided(name, at(1)), divided(name, at(HUGE))
    if leaves_nothing(name, small[0]):  # who stops at a target in units stops elsewhere
        assert small[1].tasks_micro.tolist() == large[1].tasks_micro.tolist()
    for proof in registry.policy(name).promises(large[0]):
        assert registry.proof(proof).check(*large).status == Status.HOLDS


ELSEWHERE = """
import json, sys
from making import Case, Claim
from apportion import registry
claims = tuple(Claim(f"c{i}", "abc"[i % 3], 7_654_321 * (i + 1), (1000 * (i % 4), 3000), (1.0,)) for i in range(12))
situation = Case({"a": 1.0, "b": 3.0, "c": 0.0}, {"f": (40_000, 50_000)}, claims).situation()
print(json.dumps(registry.policy(sys.argv[1]).divide(situation).digest(situation)))
"""


def test_another_process_with_another_hash_seed_makes_the_same_bytes(name):
    tests = str(Path(__file__).parents[1])
    digests = set()
    for seed in ("1", "2"):
        path = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH", "")]))
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        told = subprocess.run(
            [sys.executable, "-c", ELSEWHERE, name], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(json.loads(told.stdout))
    assert len(digests) == 1
