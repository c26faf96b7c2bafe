"""Is each way of being infeasible found, told, and told rightly?"""

from dataclasses import replace

import numpy as np
import pytest

from apportion.domain.verdict import Status
from apportion.proofs import feasible
from making import plan_of, situation_of

SITUATION = situation_of(
    {"a": (4, 8), "b": (2, 2)},
    [(1, 2), (2, 1)],
    tasks=[5, 3],
    least=[1, 0],
    speed=[(1, 1), (1, 0)],
    members=["x", "y"],
)
GOOD = plan_of(SITUATION, [(2, 1), (1, 0)])


def grants(*rows):
    return plan_of(SITUATION, rows)


def test_a_feasible_plan_holds_with_the_fullest_part():
    verdict = feasible.check(SITUATION, GOOD)
    assert (verdict.status, verdict.exact, verdict.figure) == (Status.HOLDS, True, 1.0)


BROKEN = {
    "answers another situation": replace(GOOD, situation="0" * 64),
    "shape": replace(GOOD, tasks_micro=GOOD.tasks_micro[:1]),
    "not whole": replace(GOOD, tasks_micro=GOOD.tasks_micro / 2),
    "negative": grants((2, -1), (1, 0)),
    "cannot run": grants((2, 1), (0, 0.5)),
    "more than it asked for": grants((2, 1), (3.000001, 0)),
    "less than its least": grants((0.999999, 0), (1, 0)),
    "more is granted than there is": grants((2, 1.000001), (1, 0)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_each_fault_is_refuted_by_name(what):
    verdict = feasible.check(SITUATION, BROKEN[what])
    assert verdict.status == Status.REFUTED
    assert verdict.exact
    assert what in verdict.witness["what"]


def test_the_witness_of_overuse_names_both_sides():
    witness = feasible.check(SITUATION, BROKEN["more is granted than there is"]).witness
    assert witness["flavor"] == "b"
    assert witness["resource"] == "memory_gib"
    assert (witness["granted"], witness["capacity"]) == ("2.000002", "2")


def test_the_witness_of_a_claim_names_it_and_its_limit():
    witness = feasible.check(SITUATION, BROKEN["more than it asked for"]).witness
    assert (witness["claim"], witness["member"]) == ("c1", "y")
    assert (witness["tasks"], witness["most"]) == ("3.000001", "3")


def test_one_millionth_of_a_thousandth_too_much_is_too_much_at_any_size():
    big = situation_of([10**12], [(10**12,)], tasks=[2])
    assert feasible.check(big, plan_of(big, [1])).status == Status.HOLDS
    over = plan_of(big, [1.000001])
    assert feasible.check(big, over).status == Status.REFUTED


def test_sums_beyond_int64_do_not_wrap_around():
    many = situation_of([1], [(0.001,)] * 4, tasks=[9] * 4)
    grants = np.full((4, 1), 2**62, dtype=np.int64)
    verdict = feasible.check(many, replace(plan_of(many, [0] * 4), tasks_micro=grants))
    assert verdict.status == Status.REFUTED
