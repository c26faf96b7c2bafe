"""Published equilibria and proportionally fair divisions, as whole plans by the policy ``nash``."""

import numpy as np
import pytest

from apportion import registry
from apportion.domain.verdict import Status
from apportion.proofs import envy_free, sharing_incentive
from making import granted, situation_of

MICRO = 1e-6  # a plan counts in millionths of a task
NEAR = 1e-4  # relative: a gap of 10⁻⁸ leaves rates undecided by its square root


def nash(*pool, **given):
    """The situation and its plan."""
    situation = situation_of(*pool, **({"rule": "equal"} | given))
    return situation, registry.policy("nash").divide(situation)


@pytest.mark.parametrize(
    ("demands", "wanted"),
    [
        ([(16, 1), (1, 2)], [100 / 31, 1500 / 31]),
        ([(16, 8), (1, 2)], [25 / 6, 100 / 3]),
        ([(4, 1), (1, 16)], [500 / 21, 100 / 21]),
    ],
    ids=["the truth", "the lie", "after the third left"],
)
def test_ghodsi_competitive_equilibria(demands, wanted):
    """DRF paper, NSDI 2011, section 6, ⟨100, 100⟩. By hand: both resources are used up, two equations in two unknowns."""
    _, plan = nash((100, 100), demands)
    assert granted(plan) == pytest.approx(wanted, rel=NEAR)


def test_ghodsi_competitive_equilibrium_of_three():
    """Section 6, population monotonicity: 11.3, 5.4 and 3.1 tasks as printed; the second loses when 3 leaves."""
    _, plan = nash((100, 100), [(4, 1), (1, 16), (16, 1)])
    assert [round(tasks, 1) for tasks in granted(plan)] == [11.3, 5.4, 3.1]


def test_kelly_weights_on_a_line():
    """Kelly, Maulloo and Tan, JORS 1998: a user who pays w is w users. By hand: 2/7 for the long flow, 5/7 for the others."""
    _, plan = nash((1, 1), [(1, 1), (1, 0), (0, 1)], weights={"m0": 2, "m1": 1, "m2": 4}, rule="weight")
    assert granted(plan) == pytest.approx([2 / 7, 5 / 7, 5 / 7], rel=NEAR)


def test_zahedi_and_lee_memory_bandwidth_and_cache():
    """*REF*, ASPLOS 2014, running example: 18 and 6 of 24 GB/s, 4 and 8 of 12 MB. By hand: in proportion to the exponents."""
    _, plan = nash(
        {"f0": (24,), "f1": (12,)},
        [(1,)] * 4,
        speed=[(1, 0), (0, 1)] * 2,
        weights={"m0": 0.6, "m1": 0.4, "m2": 0.2, "m3": 0.8},
        rule="weight",
    )
    assert granted(plan) == pytest.approx([18, 4, 6, 8], rel=NEAR)


def test_adsul_and_others_equal_budgets_give_fair_shares():
    """*Nash equilibria in Fisher market*, SAGT 2010: [[10, 3], [3, 10]], each buys the good it likes, and nobody envies."""
    situation, plan = nash({"f0": (1,), "f1": (1,)}, [(1,)] * 2, speed=[(10, 3), (3, 10)])
    assert plan.tasks_micro * MICRO == pytest.approx(np.eye(2), abs=2 * MICRO)
    for proof in (envy_free, sharing_incentive):
        assert proof.check(situation, plan).status == Status.HOLDS


def test_sharing_incentive_fails_where_caps_bind():
    """Known failure: speeds [[4, 1], [2, 1]] with one task each give 7/6 to the second, who had 3/2 on its own half.

    By hand: x = [[5/6, 1/6], [1/6, 5/6]] spends both caps; alone, half of each flavor is (2 + 1) / 2.
    """
    situation, plan = nash({"f0": (1,), "f1": (1,)}, [(1,)] * 2, tasks=[1, 1], speed=[(4, 1), (2, 1)])
    assert plan.tasks_micro[1] @ [2, 1] * MICRO == pytest.approx(7 / 6, rel=NEAR)
    assert sharing_incentive.check(situation, plan).status == Status.REFUTED
