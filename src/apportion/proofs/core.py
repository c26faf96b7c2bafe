"""Could some members do better by leaving, together, with what they are entitled to?

A coalition S blocks the plan if Σ_{m∈S} E[m] alone serves, to every member of S at once, one micro-task more for each claim
that is served, and one for some claim of a member that has nothing. The plan is in the core if no coalition blocks it: with
divisible tasks one micro-task would be any amount, in whole ones it is the least that rounding cannot have taken. Members
whose claims use nothing, or of whose served claims one is within one micro-task of its most, are in no blocking coalition.

Any prices show that S does not block if what it must serve costs more than its entitlements are worth,

    Σ_{m∈S} Σ_{i∈m} hull_i(z_i + one micro-task) > Σ_{m∈S} p·E[m].

- The plan's prices, and up to 100,000 claims times prices one price alone for each resource of each flavor, come first: if
  they show it of every member, they show it of every coalition, however many there are.
- Otherwise all coalitions of up to 12 such members are looked at. One that no known prices settle becomes a linear program:
  either its division blocks the plan, or its prices settle it and most others. With more members it is *not shown*.

Exact in integers. Cost: O(M·F·R) for each set of prices.
Source: Shapley and Scarf, *On Cores and Indivisibility*, Journal of Mathematical Economics 1, 1974; that a
division which every budget just pays for is in the core: Debreu and Scarf, International Economic Review 4, 1963.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion import checker
from apportion.domain.arrays import Floats, Ints
from apportion.domain.plan import Plan
from apportion.domain.quantity import fraction
from apportion.domain.situation import Situation
from apportion.domain.verdict import Status, Verdict
from apportion.proofs._amounts import micro, misshapen, tasks_text
from apportion.proofs._programs import LARGEST, Claims, largest_factor, rates, runs_within
from apportion.solver.plans.certified import question, whole_prices

MOST = 12  # members, in 4,095 coalitions
PROGRAMS = 300  # a few seconds
CLAIMS = 100_000  # some seconds for each set of prices
MEANING = "no members could give each of their claims a micro-task more by leaving with what they are entitled to"
EVERYBODY = checker.Claimed("linear", "speed", "member", "", (), (), (), 0, (), 1)  # only to see the claims by


@dataclass(frozen=True, eq=False)
class Case:
    """The members that might gain, what they must be served, and what they would bring.

    Attributes
    ----------
    members : (K,) positions
    terms : for each of them, its claims as a program sees them, without minima
    brought : (K, F, R) millionths of thousandths
    """

    situation: Situation
    plan: Plan
    columns: checker.Question
    members: list[int]
    terms: list[list[checker.Term]]
    brought: Any


def check(situation: Situation, plan: Plan) -> Verdict:
    """Confirm or refute that no coalition blocks the plan; the figure is how many members might be in one."""
    wrong = misshapen("core", situation, plan)
    if wrong:
        return wrong
    if len(situation.claims) > CLAIMS:
        return Verdict("core", Status.NOT_SHOWN, True, None, f"more than {CLAIMS} claims")
    case = _case(situation, plan)
    many = len(case.members)
    known = [_balance(case, prices) for prices in _simple_prices(situation, plan)]
    if any(all(balance < 0 for balance in each) for each in known) or not many:
        return Verdict(
            "core", Status.HOLDS, True, float(many), f"{MEANING}, as prices show; the figure is who might gain"
        )
    if many > MOST:
        meaning = f"{many} members might gain by leaving, and no prices show that none does: too many coalitions to try"
        return Verdict("core", Status.NOT_SHOWN, True, float(many), meaning)
    return _search(case, known)


def _case(situation: Situation, plan: Plan) -> Case:
    columns = question(situation, plan)
    served: dict[int, list[checker.Term]] = {}
    out: set[int] = set()
    for term in checker.terms(columns, EVERYBODY, checker.standing(columns)):
        m, fastest = columns.member[term.claim], max(term.rate, default=0)
        if term.most and fastest and any(columns.bundle[term.claim]):
            served.setdefault(m, []).append(term._replace(least=0, heavy=1, of=1))
            if term.reached and term.reached + fastest >= term.most * fastest:
                out.add(m)
    members = [m for m in served if m not in out]
    brought = micro(situation.standing.entitlement[members])
    return Case(situation, plan, columns, members, [served[m] for m in members], brought)


def _simple_prices(situation: Situation, plan: Plan) -> Iterator[Ints]:
    """Prices (F, R) at hand: the plan's, and one for each resource alone."""
    if plan.prices is not None and plan.prices.shape[1:] == situation.capacity.shape:
        yield from plan.prices
    if len(situation.claims) * situation.capacity.size > CLAIMS:
        return
    for at in np.argwhere(situation.capacity > 0):
        alone = np.zeros(situation.capacity.shape, dtype=np.int64)
        alone[tuple(at)] = 1
        yield alone


def _balance(case: Case, prices: Ints) -> list[int]:
    """What each member's entitlement is worth beyond what it must be served: (K,) in parts of `checker.UNIT`."""
    rows = [[max(price, 0) for price in row] for row in prices.tolist()]
    worth = (case.brought.astype(object) * np.array(rows, dtype=object)).sum(axis=(1, 2))
    return [checker.UNIT * int(w) // checker.MICRO - _cost(case, k, rows) for k, w in enumerate(worth)]


def _cost(case: Case, k: int, prices: list[list[int]]) -> int:
    """The least that a member's claims cost with a micro-task more; of a member that has nothing, its cheapest one."""
    each = []
    for term in case.terms[k]:
        cost = checker.costs(case.columns, prices, term)
        least = checker.cost_curve(term, cost, (term.reached + max(term.rate)) * checker.UNIT, checker.MICRO)[0]
        each.append((term.reached > 0, least))
    some = [least for served, least in each if served]
    return sum(some) if some else min(least for _, least in each)


def _search(case: Case, known: list[list[int]]) -> Verdict:
    """Look at all coalitions; those that prices settle are done."""
    many = len(case.members)
    inside = (np.arange(1, 2**many)[:, None] >> np.arange(many)) & 1
    open_ = np.ones(len(inside), dtype=bool)
    for each in known:
        open_ &= _may_block(inside, each)
    unsettled = 0
    for _ in range(PROGRAMS):
        if not open_.any():
            break
        at = int(np.argmax(open_))
        group = np.flatnonzero(inside[at]).tolist()
        found = _together(case, group)
        if found.witness:
            meaning = "some members could do better by leaving"
            return Verdict("core", Status.REFUTED, True, float(many), meaning, found.witness)
        if found.prices is not None:
            open_ &= _may_block(inside, _balance(case, found.prices))
        unsettled += bool(open_[at]) and not found.settled
        open_[at] = False
    unsettled += int(open_.sum())
    if unsettled:
        meaning = f"{unsettled} coalitions of {many} members could be told neither to block the plan nor not to"
        return Verdict("core", Status.NOT_SHOWN, True, float(many), meaning)
    return Verdict("core", Status.HOLDS, True, float(many), f"{MEANING}; the figure is who might gain")


def _may_block(inside: Ints, balance: list[int]) -> Any:
    """Tell which coalitions can pay for what they must be served, by some prices."""
    return np.asarray(inside.astype(object) @ np.array(balance, dtype=object) >= 0, dtype=bool)


@dataclass(frozen=True, eq=False)
class Found:
    """What one coalition comes to: a witness if it blocks the plan, or that it does not, and prices that may show more."""

    witness: dict[str, Any]
    settled: bool = False
    prices: Ints | None = None


def _together(case: Case, group: list[int]) -> Found:
    """Let a coalition divide what it brings."""
    budget = case.brought[group].sum(axis=0)
    at = np.array([term.claim for k in group for term in case.terms[k] if term.reached], dtype=np.int64)
    tasks, prices = np.zeros((len(at), len(budget)), dtype=np.int64), None
    if len(at):
        claims = _claims(case, at, budget)
        if not claims.speed.any(axis=1).all():
            return Found({}, settled=True)
        found = largest_factor(claims) if (claims.speed > 0).sum() <= LARGEST else None
        if found is None:
            return Found({})
        tasks, prices = found.tasks, _unit_prices(found.prices, budget)
        if any(new < old for new, old in zip(rates(claims.speed, tasks), claims.rate, strict=True)):
            return Found({}, found.high < 1, prices)
    left = budget - tasks.astype(object).T @ case.situation.claims.bundle[at].astype(object)
    hungry = [k for k in group if not any(term.reached for term in case.terms[k])]
    fed = _feed(case, hungry, left)
    if fed is None:
        return Found({}, any(_feed(case, [k], budget) is None for k in hungry), prices)
    return Found(_witness(case, group, [*zip(at, tasks, strict=True), *fed]))


def _claims(case: Case, at: Ints, budget: Any) -> Claims:
    """The served claims of a coalition, with one micro-task more than they have."""
    table = case.situation.claims
    speed = np.where(runs_within(table.speed[at], table.bundle[at], budget), table.speed[at], 0.0)
    fastest = np.where(case.situation.possible[at], table.speed[at], 0.0).max(axis=1)
    rate = [z + fraction(v) for z, v in zip(rates(table.speed[at], case.plan.tasks_micro[at]), fastest, strict=True)]
    return Claims(speed, table.bundle[at], np.zeros(len(at), dtype=np.int64), table.tasks_micro[at], budget, rate)


def _unit_prices(whole: Floats, budget: Any) -> Ints:
    """Turn prices for all that a coalition brings into prices for a thousandth; what it brings none of is dear."""
    amount = budget.astype(np.float64)
    each = np.divide(np.maximum(whole, 0.0), amount, out=np.zeros(amount.shape), where=amount > 0)
    return whole_prices(np.where(amount > 0, each, each.max(initial=0.0) * 1e4))[0]


def _feed(case: Case, hungry: list[int], left: Any) -> list[tuple[int, Ints]] | None:
    """Give one micro-task to each member that has nothing; None if that does not fit."""
    fed = []
    for k in hungry:
        pairs = ((term.claim, f) for term in case.terms[k] for f in term.where)
        fit = next(((i, f) for i, f in pairs if (case.situation.claims.bundle[i] <= left[f]).all()), None)
        if fit is None:
            return None
        i, f = fit
        left = left.copy()
        left[f] = left[f] - case.situation.claims.bundle[i]
        row = np.zeros(len(left), dtype=np.int64)
        row[f] = 1
        fed.append((i, row))
    return fed


def _witness(case: Case, group: list[int], division: list[tuple[int, Ints]]) -> dict[str, Any]:
    """Say who leaves, and what each claim would have, and has."""
    claims, flavors = case.situation.claims, case.situation.flavors

    def told(row: Any) -> dict[str, str]:
        return {flavors[f]: tasks_text(row[f]) for f in np.flatnonzero(row)}

    return {
        "coalition": [str(case.situation.members.id[case.members[k]]) for k in group],
        "could_have": {str(claims.id[i]): told(row) for i, row in division},
        "has": {str(claims.id[i]): told(case.plan.tasks_micro[i]) for i, _ in division},
    }
