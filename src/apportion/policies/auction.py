"""Whoever bids more is served first, and pays a price that his own bid does not set.

    bid of claim i for a task on flavor f:  value_i · speed[i,f],    money a second

An agent is a member; its bids are its claims. `reserve` is the least price of the whole pool for a second: a task pays
at least reserve · μ_i, μ_i its dominant share, and bids below that are not served.

``uniform`` (default): tasks can be divided. What is sold is an optimum of

    max Σ_i Σ_f (value_i · speed[i,f] − reserve · μ_i) · x[i,f]    with caps and capacities

and everybody pays the same price for the same resource of the same flavor, p[f,r], on top of the reserve: the lowest prices
at which nobody wants more or less. For one resource that is the highest bid that is not served, or the reserve. What then is
left goes to bids of exactly the reserve.

``vcg``: whole tasks only. Of all ways to serve whole tasks the one worth most is found exactly, and a winner pays what his
presence costs the others, at least the reserve; so to bid what a task is worth is best whatever others bid. A member's
claims with the same bundle and bids are one line of tasks, as in `priority_packing`, so cutting one in two changes nothing.
What is unsold stays so. The payments can be so low that some bidders and the pool do better among themselves; then the
outcome is outside the core, and a note names them.

Minima are placed before anything is sold, and pay as the rest does under ``uniform``, the reserve under ``vcg``. Standing
does not count. Money is a second's, in the unit of `value`; the plan's `payments` say who pays what.

Ties: bids of one kind by what they ask for, whole tasks then by SHA-256(seed ‖ member). Cost: a linear program over kinds
of claims (``uniform``); a search for each winner, up to 2,000 pairs of kind and flavor (``vcg``).
Source: Vickrey, *Counterspeculation, auctions, and competitive sealed tenders*, Journal of Finance 16 (1961); Clarke 1971
and Groves 1973; Krishna, *Auction Theory*, 2nd ed., 2010; Ausubel and Milgrom, *The lovely but lonely Vickrey
auction*, in Combinatorial Auctions, 2006, on the core; the search for who blocks is that of Day and Raghavan, *Fair payments
for efficient allocations in public sector combinatorial auctions*, Management Science 53 (2007).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.certificate import Certificate
from apportion.domain.payments import Payments, rounded
from apportion.domain.plan import Plan
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.errors import BadInput, nearest
from apportion.solver.filling.rates import by_demand
from apportion.solver.integers.kinds import Kinds, kinds, left_micro, real_claims, whole_claims, whole_lines
from apportion.solver.integers.minima import place_minima
from apportion.solver.integers.packing import EXACT, Charge, pack, relax
from apportion.solver.integers.whole import whole
from apportion.solver.plans.certified import certified, whole_prices
from apportion.solver.plans.filled import filled_plan

GUARDS: frozenset[str] = frozenset()
CERTIFICATE = Certificate("linear", gain="speed", weighing="value")


def divide(situation: Situation, kind: str = "uniform", reserve: float = 0.0) -> Plan:
    """Sell what there is.

    Raises
    ------
    BadInput
        if `kind` is unknown, `reserve` negative or not finite, the claims' least tasks do not fit, or a ``vcg`` auction is
        larger than can be searched.
    """
    if kind not in KINDS:
        raise BadInput(
            f'an auction of kind "{kind}" is not known', "charter.toml, policy.kind", nearest(kind, [*KINDS])
        )
    if not 0 <= reserve < np.inf:
        raise BadInput(f"a reserve of {reserve:g} is no price", "charter.toml, policy.reserve", "give 0 or more")
    plan = KINDS[kind](situation, reserve, place_minima(situation))
    plan = replace(plan, parameters={"kind": kind, "reserve": reserve}, situation=situation.digest)
    return plan if plan.certificate is None or situation.passing else certified(situation, plan)


def promises(situation: Situation, kind: str = "uniform", reserve: float = 0.0) -> tuple[str, ...]:
    """Name what holds: always feasible; where ``uniform`` sells to every bid, non-wasteful, and on one flavor Pareto.

    Bids below the reserve, and what is left of a pool of whole tasks, go unserved. Without a reserve what is sold is the most
    that bids are worth, unless minima were placed on several flavors before.
    """
    if kind != "uniform" or (_net(situation, reserve)[situation.possible] < 0).any():
        return ("feasible",)
    one = len(situation.flavors) <= 1
    pareto = ("pareto",) if one else ()
    optimal = ("optimal",) if not reserve and (one or not situation.claims.min_tasks_micro.any()) else ()
    return ("feasible", "non_wasteful", *pareto, *optimal)


def _net(situation: Situation, reserve: float) -> Floats:
    """What each claim bids for a task beyond the reserve: (M, F)."""
    claims = situation.claims
    return np.asarray(claims.value[:, None] * claims.speed - _least(situation, reserve)[:, None])


def _least(situation: Situation, reserve: float) -> Floats:
    """What a task of each claim pays at least: (M,)."""
    return reserve * np.where(np.isfinite(situation.dominant), situation.dominant, 0.0)


def _bids(situation: Situation, reserve: float, base: Ints) -> Kinds:
    """Bids above the reserve for tasks that use something up, by kind."""
    sold = situation.possible & _uses(situation)
    return kinds(situation, np.where(sold, np.maximum(_net(situation, reserve), 0.0), 0.0), base)


def _uniform(situation: Situation, reserve: float, base: Ints) -> Plan:
    claims, bids, room = (
        situation.claims,
        _bids(situation, reserve, base),
        (left_micro(situation, base) / MICRO).astype(np.float64),
    )
    sale = relax(bids.worth, bids.bundle, bids.tasks, room, cheapest=True)
    real = real_claims(bids, sale.tasks)
    sold, loss = whole(
        base + real, base, claims.tasks_micro, claims.bundle, situation.capacity, real > 0, situation.order
    )
    plan = _closed(situation, sold, _net(situation, reserve) >= 0)
    per_task = (claims.bundle[:, None, :] * sale.price[None]).sum(axis=2) + _least(situation, reserve)[:, None]
    paid = _by_member(situation, (plan.tasks_micro * per_task).sum(axis=1) / MICRO)
    prices, denominator = whole_prices(sale.price[None])
    return replace(
        plan,
        rounding_loss=max(loss, plan.rounding_loss),
        payments=_payments(paid),
        prices=prices,
        price_denominator=denominator,
        certificate=None if reserve else CERTIFICATE,
    )


def _vcg(situation: Situation, reserve: float, base: Ints) -> Plan:
    bids = _bids(situation, reserve, base)
    pairs = int((bids.worth > 0).sum())
    if pairs > EXACT:
        raise BadInput(
            f"a vcg auction searches all ways to serve up to {EXACT} kinds of bids on a flavor, and here are {pairs}",
            "charter.toml, policy.kind",
            'use kind = "uniform"',
        )
    room = (left_micro(situation, base) // MICRO).astype(np.int64)
    found = pack(bids.worth, bids.bundle, bids.whole, room)
    lines = whole_lines(bids, found.tasks)
    plan = _closed(situation, base + whole_claims(bids, lines, situation.order), ~_uses(situation))
    served = (bids.worth[bids.kind] * lines).sum(axis=1)
    worth = np.asarray(np.bincount(bids.member, served, len(situation.members)), dtype=np.float64)
    cost = np.array([_cost(bids, room, worth, m) if worth[m] > 0 else 0.0 for m in range(len(worth))])
    least = _by_member(situation, plan.tasks_micro.sum(axis=1) * _least(situation, reserve) / MICRO)
    outside = _outside(situation, bids, room, worth - cost, cost.sum())
    early = (
        () if found.proved else ("the search ended before the best way to serve was proved, so payments may be off",)
    )
    return replace(plan, payments=_payments(cost + least), notes=(*plan.notes, *outside, *early))


KINDS: dict[str, Callable[[Situation, float, Ints], Plan]] = {"uniform": _uniform, "vcg": _vcg}


def _closed(situation: Situation, sold: Ints, open_: Bools) -> Plan:
    """Make a plan of what is sold (M, F); what is left goes to claims where they are `open_` (M, F), by what they ask."""
    narrow = replace(situation.claims, speed=np.where(open_, situation.claims.speed, 0.0))
    left = replace(situation, claims=narrow, passing=True)
    return filled_plan(left, "auction", by_demand(left), steady=True, granted=sold)


def _uses(situation: Situation) -> Bools:
    """Whether a claim uses anything up: (M, 1)."""
    return np.asarray((situation.claims.bundle > 0).any(axis=1, keepdims=True))


def _cost(bids: Kinds, room: Ints, worth: Floats, member: int) -> float:
    """What a member's presence costs the others: what they would have without him, less what they have."""
    others = bids.without(member)
    best = (others.worth * pack(others.worth, others.bundle, others.whole, room).tasks).sum()
    return float(np.clip(best - (worth.sum() - worth[member]), 0.0, worth[member]))


def _outside(situation: Situation, bids: Kinds, room: Ints, gain: Floats, revenue: float) -> tuple[str, ...]:
    """Name the bidders who could pay the pool most more than it gets and still gain as much as now, if there are any."""
    worth, charge = bids.worth[bids.kind], Charge(np.maximum(gain, 0.0), bids.member)
    found = pack(worth, bids.bundle[bids.kind], bids.asked_micro // MICRO, room, charge).tasks
    among = np.unique(bids.member[found.any(axis=1)])
    offer = float((worth * found).sum() - charge.of[among].sum())
    if offer <= revenue + SLACK * max(offer, 1.0):
        return ()
    names = ", ".join(map(str, situation.members.id[among]))
    return (f"outside the core: {names} could pay {offer - revenue:.10g} more than is paid now, and gain no less",)


SLACK = 1e-9  # of an offer; less than this is rounding


def _payments(paid: Floats) -> Payments:
    try:
        return rounded(paid)
    except OverflowError as error:
        raise BadInput(str(error), "claims.csv, column value", "give values in a larger unit of money") from None


def _by_member(situation: Situation, each: Floats) -> Floats:
    return np.asarray(np.bincount(situation.claims.member, each, len(situation.members)))
