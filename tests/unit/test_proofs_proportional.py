"""Is proportionality measured by each member's weight's part of the whole pool?"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.domain.verdict import Status
from apportion.policies import drf
from apportion.proofs import proportional, sharing_incentive
from making import plan_of, situation_of

usual = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def test_dominant_resource_fairness_serves_both_users_better_than_half_of_the_pool():
    """Ghodsi et al., NSDI 2011, section 4.1: 9 CPUs and 18 GB, ⟨1, 4⟩ and ⟨3, 1⟩. Half serves 2¼ and 1½ of 3 and 2 tasks."""
    situation = situation_of((9, 18), [(1, 4), (3, 1)])
    verdict = proportional.check(situation, drf.divide(situation))
    assert verdict.status == Status.HOLDS
    assert verdict.figure == pytest.approx(3 / 4, abs=1e-5)


def test_a_member_with_less_than_its_part_is_shown_with_it():
    """With weights 1 and 2 the second counts on ⟨6, 12⟩, two tasks; it is granted one."""
    situation = situation_of((9, 18), [(1, 4), (3, 1)], weights={"m0": 1.0, "m1": 2.0})
    verdict = proportional.check(situation, plan_of(situation, [3, 1]))
    assert (verdict.status, verdict.exact) == (Status.REFUTED, True)
    assert verdict.figure == pytest.approx(2)
    assert verdict.witness["member"] == "m1"
    assert verdict.witness["entitled_to"] == {"cpu": "6", "memory_gib": "12"}


def test_one_who_could_have_something_and_has_nothing_refutes_without_a_figure():
    situation = situation_of((9, 18), [(1, 4), (3, 1)])
    verdict = proportional.check(situation, plan_of(situation, [4.5, 0]))
    assert verdict.status == Status.REFUTED
    assert verdict.figure is None


def test_owned_machines_are_another_question():
    """m0 owns all GPUs and m1 all CPUs, of weight ½ each: half of the GPUs may be less than m0's own, and proportional."""
    situation = situation_of(
        {"f": (0, 0)},
        [(0, 1), (1, 1)],
        owned={("f", "m0"): (0, 8), ("f", "m1"): (8, 0)},
    )
    plan = plan_of(situation, [4, 4])
    assert proportional.check(situation, plan).status == Status.HOLDS
    assert sharing_incentive.check(situation, plan).status == Status.REFUTED


def test_on_several_flavors_the_part_of_each_is_used_as_it_serves_best():
    """Speeds 4 and 1 against 2 and 1: half of one unit of each flavor serves 2½ and 1½.

    Proportional fairness grants 5/6 + 1/6 of the first and 1/6 + 5/6 … by rates 3½ and 7/6 < 1½.
    """
    situation = situation_of({"f": (1,), "g": (1,)}, [(1,), (1,)], speed=[(4, 1), (2, 1)])
    verdict = proportional.check(situation, plan_of(situation, [(5 / 6, 1 / 6), (1 / 6, 5 / 6)]))
    assert verdict.status == Status.REFUTED
    assert verdict.figure == pytest.approx(9 / 7, abs=1e-4)
    assert proportional.check(situation, plan_of(situation, [(0.5, 0.5), (0.5, 0.5)])).status == Status.HOLDS


@usual
@given(data=st.data(), flavors=st.integers(1, 2))
def test_where_entitlements_are_weights_parts_it_is_sharing_incentive(data, flavors):
    weights = {f"m{i}": float(data.draw(st.integers(1, 3))) for i in range(3)}
    amount = st.integers(1, 4).map(lambda n: 2520 * n)  # divisible by every sum of weights
    kinds = {f"f{k}": (data.draw(amount), data.draw(amount)) for k in range(flavors)}
    bundles = data.draw(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=3, max_size=3))
    part = st.floats(0, 1 / 6)
    situation = situation_of(kinds, bundles, tasks=[2000] * 3, weights=weights)
    most = [[min(c / b for c, b in zip(kinds[k], row, strict=True) if b) for k in kinds] for row in bundles]
    plan = plan_of(situation, [[2 * data.draw(part) * n for n in row] for row in most])
    one, other = proportional.check(situation, plan), sharing_incentive.check(situation, plan)
    assert (one.status, one.exact, one.figure, one.witness) == (other.status, other.exact, other.figure, other.witness)
