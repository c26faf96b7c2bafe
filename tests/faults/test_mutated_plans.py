"""Is every changed plan refuted, unless it is still what it claims to be? The attacker makes all digests anew.

A mutant is accepted exactly if its grants are truly feasible, its objective, bound and gap are those that `Slowly` works out
in fractions, and the gap is within what is promised. ``APPORTION_MUTANTS=10000`` tries that many.
"""

import os
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from apportion import checker
from apportion.domain.arrays import ints
from apportion.domain.plan import Plan
from apportion.ledger.plan_file import plan_json
from apportion.ledger.situation_file import situation_bytes
from apportion.proofs import feasible, optimal
from certifying import HIGHS, Slowly, concave_plan, leximin_plan, packed_plan, random_case, utilitarian_plan
from making import MICRO

MANY = int(os.environ.get("APPORTION_MUTANTS", "2000"))
BASES = 40


@cache
def bases():
    """Plans that are right, of every program, on as many pools."""
    made = []
    for seed in range(BASES):
        situation = random_case(seed, minima=seed % 2 == 0).situation()
        situation = replace(situation, guardrails={"largest_share": 0.4} if seed % 3 else {})
        if seed % 2 == 0:
            make = (utilitarian_plan, packed_plan)[seed // 2 % 2]
            made.append((situation, make(situation, list(HIGHS)[seed % 3])))
        elif seed % 4 == 1:
            made.append((situation, concave_plan(situation, ("1", "1", "0.5", "2")[seed // 4 % 4])))
        else:
            made.append(
                (situation, leximin_plan(situation, [MICRO * (1 + i % 3) for i in range(len(situation.claims))]))
            )
    return made


def accepted(situation, plan) -> bool:
    """What the checker says of the files, which must be what the proofs say."""
    text = checker.encode(plan_json(situation, plan))
    findings = {each.proof: each.status for each in checker.check(text, situation_bytes(situation).decode())}
    verdicts = [proof.check(situation, plan) for proof in (feasible, optimal)]
    assert [findings.get(each.proof) for each in verdicts] == [each.status for each in verdicts], (findings, verdicts)
    return all(status == "holds" for status in findings.values())


def meant(situation, plan) -> bool:
    """Whether the certificate says what can be: prices, levels, an alpha, and a ceiling only under a guardrail."""
    of = plan.certificate
    leximin, alpha_fair = (of.program == name for name in ("leximin", "alpha_fair"))
    levels = len(plan.prices)
    fits = (of.level_of < levels).all() and len(of.level_of) if leximin else levels == 1
    strange = (alpha_fair and of.alpha in {"1", "x"}) or (of.ceiling and not situation.guardrails)
    return bool((plan.prices >= 0).all() and fits and not strange)


def true(situation, plan) -> bool:
    """Whether the plan is what it claims to be."""
    if feasible.check(situation, plan).status != "holds" or not meant(situation, plan):
        return False
    slowly = Slowly(situation, plan)
    most = zip(slowly.x, slowly.most, strict=True)
    return all(sum(x) <= n for x, n in most) and slowly.agrees() and slowly.promise_kept()


@pytest.mark.parametrize("at", range(BASES))
def test_the_plans_to_be_changed_are_right(at):
    situation, plan = bases()[at]
    assert true(situation, plan)
    assert accepted(situation, plan)


def a_grant(situation, plan, chance):
    tasks = plan.tasks_micro.copy()
    i, f = (chance.integers(n) for n in tasks.shape)
    tasks[i, f] += chance.choice([1, -1, 2, -2, 1000, -1000, MICRO])
    return situation, replace(plan, tasks_micro=tasks)


def two_grants(situation, plan, chance):
    tasks = plan.tasks_micro.copy()
    (i, k), (f, g) = (chance.integers(n, size=2) for n in tasks.shape)
    tasks[i, f], tasks[k, g] = tasks[k, g], tasks[i, f]
    return situation, replace(plan, tasks_micro=tasks)


def moved_between_flavors(situation, plan, chance):
    tasks = plan.tasks_micro.copy()
    i, f, g = chance.integers(len(tasks)), *chance.integers(tasks.shape[1], size=2)
    part = int(tasks[i, f] * chance.random())
    tasks[i, f] -= part
    tasks[i, g] += part
    return situation, replace(plan, tasks_micro=tasks)


def a_price(situation, plan, chance):
    prices = plan.prices.copy()
    if prices.size:
        at = tuple(chance.integers(n) for n in prices.shape)
        prices[at] = chance.choice([prices[at] + 1, prices[at] - 1, prices[at] // 2, 0, -1, prices[at] * 2 + 1])
    return situation, replace(plan, prices=prices)


def the_denominator(situation, plan, chance):
    return situation, replace(plan, price_denominator=plan.price_denominator * int(chance.choice([2, 3])) + 1)


def a_number(situation, plan, chance):
    name = str(chance.choice(checker.STATEMENTS))
    text = getattr(plan.certificate, name)
    changed = str(chance.choice(["0", "1", "", f"-{text}", f"{text}1", *_less(text)]))
    return situation, restated(plan, **{name: changed})


def _less(text):
    digits = [k for k, sign in enumerate(text.split("E")[0]) if sign in "123456789"]
    return [text[:k] + str(int(text[k]) - 1) + text[k + 1 :] for k in digits]


def another_capacity(situation, plan, chance):
    capacity = situation.capacity.copy()
    f, r = (chance.integers(n) for n in capacity.shape)
    capacity[f, r] += chance.choice([1, -1, 500])
    return replace(situation, capacity=ints(capacity)), plan


def another_claim(situation, plan, chance):
    claims, i = situation.claims, int(chance.integers(len(situation.claims)))
    name = str(chance.choice(["tasks_micro", "bundle", "speed", "member", "priority"]))
    column = getattr(claims, name).copy()
    if name == "member":
        column[i] = (column[i] + 1) % len(situation.members)
    elif name == "speed":
        column[i] = column[i] * 2
    else:
        column[i] += 1
    return replace(situation, claims=replace(claims, **{name: column})), plan


def two_members(situation, plan, chance):
    member = situation.claims.member.copy()
    i, k = chance.integers(len(member), size=2)
    member[i], member[k] = member[k], member[i]
    return replace(situation, claims=replace(situation.claims, member=member)), plan


def other_standing(situation, plan, chance):
    weight = situation.standing.weight.copy()
    weight[chance.integers(len(weight))] += 1
    return replace(situation, standing=replace(situation.standing, weight=weight)), plan


def the_certificate(situation, plan, chance):
    of, many, members = plan.certificate, len(situation.claims), len(situation.members)
    stated = ints(chance.integers(0, 3, many) * MICRO if of.stated is None else of.stated + chance.integers(0, 2, many))
    level_of = ints(chance.integers(-1, max(len(plan.prices), 1), many))
    changes = [
        {
            "program": str(chance.choice(["linear", "nash", "leximin", "alpha_fair"])),
            "alpha": "2",
            "level_of": level_of,
        },
        {"gain": str(chance.choice(["speed", "runs", "dominant"]))},
        {"weighing": str(chance.choice(["standing", "member", "priority", "value"]))},
        {"weighing": "stated", "stated": stated},
        {"weighing": "budget", "budget": ints(chance.integers(0, 4, members))},
        {"alpha": str(chance.choice(["0.5", "1.5", "2", "3", "1", "x"]))},
        {"level_of": level_of},
        {"ceiling": int(chance.integers(1, 10**9))},
    ]
    return situation, replace(plan, certificate=replace(of, **changes[chance.integers(len(changes))]))


CHANGES = (
    a_grant,
    two_grants,
    moved_between_flavors,
    a_price,
    the_denominator,
    a_number,
    another_capacity,
    another_claim,
    two_members,
    other_standing,
    the_certificate,
)


def restated(plan: Plan, **texts: str) -> Plan:
    """State other numbers, and show them."""
    certificate = replace(plan.certificate, **texts)
    shown = {name: checker.number_of(getattr(certificate, name)) for name in checker.STATEMENTS}
    return replace(plan, certificate=certificate, **shown)


def honest(situation, plan) -> Plan:
    """State what the checker itself would work out, where it can."""
    from apportion.solver.plans.certified import certified

    try:
        return certified(situation, plan)
    except ValueError:
        return plan


def mutant(number: int):
    chance = np.random.default_rng(number)
    situation, plan = bases()[number % BASES]
    change = CHANGES[number // BASES % len(CHANGES)]
    changed, plan = change(situation, plan, chance)
    plan = replace(plan, situation=changed.digest)
    return change.__name__, changed, honest(changed, plan) if number % 2 and change is not a_number else plan


def test_a_changed_plan_is_accepted_exactly_if_it_is_still_true():
    seen = Counter()
    for number in range(MANY):
        what, situation, plan = mutant(number)
        good = accepted(situation, plan)
        assert good == true(situation, plan), (number, what)
        seen[what, good] += 1
    assert all(seen[change.__name__, False] for change in CHANGES), seen
    print(*sorted(seen.items()), sep="\n")  # noqa: T201  # shown with -s
