"""Is the plan of every policy what a second method makes of the pool, and certified whatever HiGHS did inside?

Thirty pools of ten kinds for each policy; ``python benchmarks/certified.py --count 1000`` tries as many as one likes.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from apportion import checker, registry
from apportion.capability.holding import holding
from apportion.domain.payments import Payments
from apportion.domain.verdict import Status
from apportion.ledger.plan_file import plan_json
from apportion.ledger.situation_file import situation_bytes
from drawing import drawn
from highs import SETTINGS, under
from second_ways import TRIALS, Unable

MICRO = 10**6
POOLS = range(30)
CERTIFIED = [name for name in TRIALS if name.split(",")[0] in checker.POLICIES and name != "auction, vcg"]


def pools(name, numbers=POOLS, seed=3):
    """The pools on which a policy is tried, each with the parameters for it."""
    trial = TRIALS[name]
    for number in numbers:
        kind, situation = drawn(seed, number, trial.whole)
        if trial.flavors[0] <= len(situation.flavors) <= trial.flavors[1]:
            yield f"{number} ({kind})", situation, trial.parameters_for(situation)


def policy(name):
    return registry.policy(name.split(",")[0])


def test_every_policy_has_a_second_way():
    assert {name.split(",")[0] for name in TRIALS} == set(registry.names("policy"))


@pytest.mark.parametrize("name", TRIALS)
def test_the_plan_is_what_the_second_way_makes_of_the_pool(name):
    decided, wrong = 0, {}
    for where, situation, parameters in pools(name):
        try:
            found = [*TRIALS[name].way(situation, policy(name).divide(situation, **parameters))]
        except Unable:
            continue
        decided += 1
        wrong |= {where: found[:3]} if found else {}
    assert not wrong
    assert decided >= 10


@pytest.mark.parametrize("name", CERTIFIED)
def test_the_checker_confirms_every_plan_under_every_setting_of_highs(name):
    """Rules that grant whole tasks are bounded by divided ones: their numbers are right, the optimum may be not shown."""
    seen, others = Counter(), 0
    for _, situation, parameters in pools(name, range(20)):
        text, digests = situation_bytes(situation).decode(), set()
        for setting in SETTINGS:
            with under(setting):
                plan = policy(name).divide(situation, **parameters)
            digests.add(plan.digest(situation))
            seen.update(each.status for each in checker.check(checker.encode(plan_json(situation, plan)), text))
        others += len(digests) > 1
    assert not seen["refuted"]
    assert not seen["not_shown"] or plan.policy in checker.WHOLE
    if name in {"utilitarian", "drf, several flavors", "max_min, several flavors"}:
        assert others, "all settings give the same plans, so nothing was tried"


@pytest.mark.parametrize("name", TRIALS)
def test_the_second_way_sees_a_plan_that_is_another(name):
    """A hundredth of the largest grant is taken away, a whole task where those are granted; who pays, pays a tenth more."""
    seen = 0
    for _, situation, parameters in pools(name):
        plan = policy(name).divide(situation, **parameters)
        tasks = plan.tasks_micro.copy()
        if not tasks.size or not tasks.max() or (TRIALS[name].whole and tasks.max() < MICRO):
            continue
        at = np.unravel_index(tasks.argmax(), tasks.shape)
        tasks[at] -= MICRO if TRIALS[name].whole else tasks[at] // 100
        other = replace(plan, tasks_micro=tasks)
        if other.payments is not None:
            other = replace(other, payments=Payments(plan.payments.paid * 11 // 10, plan.payments.denominator))
        try:
            seen += bool([*TRIALS[name].way(situation, other)])
        except Unable:
            continue
    assert seen >= 5


ONCE_REFUTED = {
    "members without standing use up a resource that held nobody": ("drf", 7, 503),
    "a tiny claim sets the level at which a large one is kept": ("drf", 7, 283),
    "a millionth is much of a small reference": ("max_min", 7, 368),
    "a claim goes on to its cap on a slower flavor, above two others": ("max_min", 7, 356),
    "and below another": ("max_min", 7, 263),
    "what rounding leaves of a price was taken for one": ("max_min", 12, 31),
    "at the least prices that prove one level a claim turns away from what the next uses up": ("max_min", 14, 609),
    "two levels of the same height were taken for one": ("max_min", 16, 309),
    "and of two claims": ("max_min", 18, 783),
}


@pytest.mark.parametrize("why", ONCE_REFUTED)
def test_levels_are_certified_where_they_once_were_not(why):
    name, seed, number = ONCE_REFUTED[why]
    _, situation = drawn(seed, number)
    assert registry.proof("optimal").check(situation, policy(name).divide(situation)).status == Status.HOLDS
    assert "optimal" in policy(name).promises(situation)


def test_least_cost_keeps_what_it_found_where_it_found_it():
    """Minima on the slower flavor once pulled grants there when they were made whole, and the target was missed."""
    _, situation = drawn(3, 7)
    plan = registry.policy("least_cost").divide(situation, target=1.0, scales="m0=2, m1=0.5")
    held = holding(situation).held(plan.tasks_micro)
    assert np.array([2, 1]) @ np.sqrt(held) >= 1
