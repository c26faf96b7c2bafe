"""What would another method make of the same pool? One second way a policy, which shares no code with the solver.

    rising water    the rule's definition in fractions, event by event (`rising`)
    programs        HiGHS and Clarabel (cvxpy) on the tables as they are, without classes, prices or samples
    levels          one linear program a level, and one a claim to see who is stuck
    everything      all ways to grant whole tasks, one after the other

Each way is a function of a situation and the policy's plan, and yields what is wrong with the plan, in words. What it cannot
decide it answers with `Unable`.
"""

import itertools
import warnings
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.integers.minima import place_minima
from certifying import rows_of
from rising import NONE, Layer, Tables, risen

MICRO = 10**6
Way = Callable[..., Iterator[str]]


class Unable(Exception):
    """The second way cannot decide: the peer stopped short, or the pool is too large to try all."""


# ── rising water ──────────────────────────────────────────────────────────────────────────────────────────────────────


def rules() -> dict[str, Callable[[Tables], tuple[list[Layer], bool]]]:
    """The layers by which each rule raises the claims, and whether a claim keeps its speed when a flavor is used up."""
    return {
        "equal": lambda t: (_by_share(t, [Fraction(1)] * len(t.weight)), False),
        "proportional": lambda t: (_by_share(t, _standing(t)), False),
        "drf": lambda t: (_by_share(t, _standing(t)), False),
        "demand_priority": lambda t: (_by_priority(t), True),
        "max_min": lambda t: (_by_own_plan(t), False),
        "constrained_equal_awards": lambda t: (_claims_rule(t, lambda _c, _top: ((NONE, 1),)), True),
        "constrained_equal_losses": lambda t: (_claims_rule(t, lambda c, top: ((top - c, 1),)), True),
        "talmud": lambda t: (
            _claims_rule(t, lambda c, top: ((NONE, Fraction(1, 2)), (top - c / 2, Fraction(1, 2)))),
            True,
        ),
        "credits": lambda t: (_by_credits(t, Fraction(1, 2)), True),
    }


def by_rising_water(situation: Situation, plan: Plan) -> Iterator[str]:
    """Compare grants with the rule's path in fractions, up to what rounding can move."""
    tables = Tables(situation)
    base = [[Fraction(int(n), MICRO) for n in row] for row in place_minima(situation)]
    for i in range(len(base)):
        if any(tables.may[i]) and not any(tables.bundle[i]):
            fastest = int(np.argmax(situation.claims.speed[i]))
            base[i] = [tables.tasks[i] if f == fastest else NONE for f in range(len(base[i]))]
    layers, steady = rules()[plan.policy](tables)
    layers = [layer for layer in layers if any(tables.bundle[layer.claim])]
    exact = np.array([[float(n) for n in row] for row in risen(tables, layers, base, steady)]).reshape(
        plan.tasks_micro.shape
    )
    far = np.abs(plan.tasks_micro / MICRO - exact)
    for i, f in np.argwhere(far > movable(situation)[:, None]):
        where = f"claim {situation.claims.id[i]} on {situation.flavors[f]}"
        yield f"{where}: {plan.tasks_micro[i, f] / MICRO}, in fractions {exact[i, f]}"


def movable(situation: Situation) -> np.ndarray:
    """Tasks that rounding can add to a claim or take from it: what is left of a micro-task of everybody, in its own tasks."""
    bundle = situation.claims.bundle
    once = bundle.sum(axis=0) * 2 * max(len(situation.flavors), 1)
    return np.where(bundle > 0, once / np.maximum(bundle, 1) + 2, 2).max(axis=1, initial=2) / MICRO


def _standing(t: Tables) -> list[Fraction]:
    return [weight / (sum(t.weight) or 1) for weight in t.weight]


def _by_share(t: Tables, speed: list[Fraction], phase: int = 0) -> list[Layer]:
    return [
        Layer(i, t.by_share(i, speed[m]) if speed[m] else t.by_demand(i), t.tasks[i], phase=phase + (not speed[m]))
        for i, m in enumerate(t.member)
    ]


def _by_priority(t: Tables) -> list[Layer]:
    rank = [(not t.weight[m], -int(t.situation.claims.priority[i])) for i, m in enumerate(t.member)]
    order = sorted(set(rank))
    return [Layer(i, t.by_demand(i), t.tasks[i], phase=order.index(key)) for i, key in enumerate(rank)]


def _by_own_plan(t: Tables) -> list[Layer]:
    """Alone on its entitlement a member's claims rise by the same fraction; in the pool by what they had alone."""
    own = [NONE] * len(t.tasks)
    for m, entitled in enumerate(t.situation.standing.entitlement.tolist()):
        room = [[Fraction(n) for n in row] for row in entitled]
        mine = [Layer(i, [t.tasks[i]], t.tasks[i]) for i in t.of(m) if t.may[i][0] and any(t.bundle[i])]
        alone = risen(t, mine, [[NONE] for _ in t.tasks], steady=False, capacity=room)
        for layer in mine:
            own[layer.claim] = alone[layer.claim][0]
    later = _by_share(t, _standing(t), phase=1)
    return [Layer(i, [n], t.tasks[i]) if n else later[i] for i, n in enumerate(own)]


def _claims_rule(t: Tables, cut: Callable[[Fraction, Fraction], tuple]) -> list[Layer]:
    """Layers of a rule that cuts a member's claim c, the largest being `top`: where each begins, and which part it is."""
    wish = [t.wish(m) for m in range(len(t.weight))]
    layers = []
    for i, m in enumerate(t.member):
        for begin, part in cut(wish[m], max(wish)):
            layers.append(Layer(i, t.by_wish(i, Fraction(1)), t.tasks[i] * part, begin, int(not t.weight[m])))
    return layers


def _by_credits(t: Tables, guarantee: Fraction) -> list[Layer]:
    share = _standing(t)
    total = [sum(column) for column in zip(*t.capacity, strict=True)]
    use = [
        max((Fraction(n) / max(c, 1) for n, c in zip(row, total, strict=True)), default=NONE)
        for row in t.situation.used.tolist()
    ]
    credit = {m: (w * sum(use) - use[m]) / w for m, w in enumerate(share) if w}
    length = max(t.situation.window.length_s, 1)
    layers = []
    for i, m in enumerate(t.member):
        if not share[m]:
            layers.append(Layer(i, t.by_demand(i), t.tasks[i], phase=2))
            continue
        sure = t.tasks[i] * min(guarantee * share[m] / t.wish(m), 1) if t.wish(m) else NONE
        pace = t.by_wish(i, share[m])
        layers.append(Layer(i, pace, sure))
        layers.append(Layer(i, pace, t.tasks[i] - sure, (max(credit.values()) - credit[m]) / length, 1))
    return layers


# ── programs ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def limits(situation: Situation) -> tuple[np.ndarray, np.ndarray, list]:
    """Rows ≤ right of x (M·F), minima included, and bounds: 0 where a claim can hold nothing."""
    rows, right = rows_of(situation)
    many = len(situation.claims)
    least = situation.claims.min_tasks_micro / MICRO
    scale = np.where(right > 0, right, 1.0)
    rows, right = rows / scale[:, None], right / scale
    both = np.vstack([rows, -rows[-many:]]), np.concatenate([right, -least / scale[-many:]])
    return *both, [(0, None if at else 0) for at in situation.possible.ravel()]


def linear_best(situation: Situation, gain: np.ndarray) -> float:
    """The most that Σ gain · x can be; gain (M, F)."""
    rows, right, bounds = limits(situation)
    if not gain.size:
        return 0.0
    found = linprog(-gain.ravel(), rows, right, bounds=bounds, method="highs")
    if found.status:
        raise Unable(found.message)
    return float(-found.fun)


def near(one: float, other: float, what: str, far: float = 2e-6) -> Iterator[str]:
    """Say so if two numbers differ."""
    if abs(one - other) > far * (1 + abs(other)):
        yield f"{what}: {one!r}, by the second way {other!r}"


def by_linear_program(situation: Situation, plan: Plan) -> Iterator[str]:
    """The objective is the optimum of one linear program, less what whole millionths lose, and the bound is no less."""
    share = situation.standing.share[situation.claims.member]
    gain = share[:, None] * situation.claims.speed * situation.possible
    reached, best = float((gain * plan.tasks_micro).sum() / MICRO), linear_best(situation, gain)
    yield from near(reached, best, "sum of rates", 1e-5)
    if plan.bound is not None and plan.bound < best * (1 - 1e-7) - 1e-9:
        yield f"the bound {plan.bound!r} is below {best!r}, which can be reached"


def by_clarabel(situation: Situation, plan: Plan) -> Iterator[str]:
    """The plan's Σ ω U(z) is that of Clarabel, in the weighted mean of rates."""
    alpha, weight = _weights(situation, plan)
    speed = np.where(situation.possible, situation.claims.speed, 0.0)
    inside = (
        (weight > 0)
        & (speed.max(axis=1, initial=0) * situation.claims.tasks_micro > 0)
        & situation.claims.bundle.any(axis=1)
    )
    if not inside.any():
        return
    x = clarabel(situation, speed[inside], inside, weight[inside], alpha)
    ours, theirs = (
        _mean(weight[inside], (speed * one)[inside].sum(axis=1), alpha) for one in (plan.tasks_micro / MICRO, x)
    )
    if ours < theirs * (1 - 1e-5):
        yield f"mean of rates {ours!r}, Clarabel reaches {theirs!r}"
    if plan.bound is not None:
        top = _mean_of(plan.bound, weight[inside].sum(), alpha)
        if top < theirs * (1 - 1e-9):
            yield f"the bound is a mean of {top!r}, and Clarabel reaches {theirs!r}"


def _weights(situation: Situation, plan: Plan) -> tuple[float, np.ndarray]:
    """α and ω of the three policies that have one, from the tables."""
    t, alpha = Tables(situation), float(plan.parameters.get("alpha", 1.0))
    budget = t.weight
    if plan.policy == "market" and plan.parameters["budgets"] == "equal":
        budget = [Fraction(1)] * len(budget)
    part = [float(t.tasks[i] * t.dominant(i) / t.wish(m)) if t.wish(m) else 0.0 for i, m in enumerate(t.member)]
    share = [float(budget[m] / (sum(budget) or 1)) for m in t.member]
    return alpha, np.array([w * p**alpha if p else 0.0 for w, p in zip(share, part, strict=True)])


def clarabel(
    situation: Situation, speed: np.ndarray, inside: np.ndarray, weight: np.ndarray, alpha: float
) -> np.ndarray:
    """The best division x (M, F) by Clarabel, moved until it is feasible."""
    import cvxpy as cp

    rows, right, bounds = limits(situation)
    x = cp.Variable(situation.possible.shape, nonneg=True)
    z = cp.sum(cp.multiply(x[np.flatnonzero(inside)], speed), axis=1)
    gained = cp.log(z) if alpha == 1 else cp.power(z, 1 - alpha) / (1 - alpha)
    shut = np.array([high == 0 for _, high in bounds]).astype(float)
    within = [rows @ cp.vec(x, order="C") <= right, cp.multiply(shut, cp.vec(x, order="C")) == 0]
    _solved(cp.Problem(cp.Maximize((weight / weight.sum()) @ gained), within))
    found = np.where(situation.possible, np.maximum(x.value, 0.0), 0.0).ravel()
    over = max(1.0, *(rows[right > 0] @ found / right[right > 0]), 1.0)
    return (found / over).reshape(x.shape)


def _solved(problem) -> None:
    import cvxpy as cp

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it may stop a little short; then it is only a weaker peer
        try:
            problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
        except cp.SolverError as error:
            raise Unable(str(error)) from None
    if problem.status not in {"optimal", "optimal_inaccurate"}:
        raise Unable(problem.status)


def _mean(weight: np.ndarray, z: np.ndarray, alpha: float) -> float:
    if (z <= 0).any() and alpha >= 1:
        return 0.0
    worth = np.log(z) if alpha == 1 else z ** (1 - alpha) / (1 - alpha)
    return _mean_of(float(weight @ worth), float(weight.sum()), alpha)


def _mean_of(value: float, weight: float, alpha: float) -> float:
    """The rate that all would have, had they one rate and this objective."""
    return float(np.exp(value / weight)) if alpha == 1 else float(((1 - alpha) * value / weight) ** (1 / (1 - alpha)))


# ── levels ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def by_levels(situation: Situation, plan: Plan) -> Iterator[str]:
    """z over its reference, claim by claim, is what a sequence of linear programs gives; references likewise."""
    claims, drf = situation.claims, plan.policy == "drf"
    if claims.min_tasks_micro.any():
        raise Unable("minima are placed before")
    gain = np.where(situation.possible, situation.dominant[:, None] if drf else claims.speed, 0.0)
    n = situation.weight if drf else _own_rates(situation)
    uses = claims.bundle.any(axis=1)
    if not drf:
        stated = plan.certificate.stated / MICRO
        for i in np.flatnonzero((np.abs(stated - n) > 2e-5 * n + 2e-6) & uses):
            yield f"claim {claims.id[i]}: alone {stated[i]}, by programs {n[i]}"
        n = stated  # whole millionths of a rate, which is what the levels are over
    inside = (n > 0) & uses & (gain.max(axis=1, initial=0) * claims.tasks_micro > 0)
    if not inside.any():
        return
    most = claims.tasks_micro / MICRO
    found = levels(gain[inside] / n[inside, None], claims.bundle[inside], situation.capacity, most[inside])
    ours = ((gain * plan.tasks_micro / MICRO).sum(axis=1)[inside]) / n[inside]
    dust = gain[inside].sum(axis=1) / n[inside] * movable(situation)[inside]
    for i in np.flatnonzero(np.abs(ours - found) > 2e-5 * found + 2 * dust):
        yield f"claim {claims.id[np.flatnonzero(inside)[i]]}: level {ours[i]}, by programs {found[i]}"


def _own_rates(situation: Situation) -> np.ndarray:
    """Rates on the entitlement alone: leximin of the part of what its fastest flavor would give."""
    claims, own = situation.claims, np.zeros(len(situation.claims))
    fastest = np.where(situation.possible, claims.speed, 0.0).max(axis=1, initial=0.0)
    for m, entitled in enumerate(situation.standing.entitlement):
        able = ~((claims.bundle[:, None, :] > 0) & (entitled[None] == 0)).any(axis=2) & (claims.speed > 0)
        at = np.flatnonzero(
            (claims.member == m) & able.any(axis=1) & (claims.tasks_micro > 0) & claims.bundle.any(axis=1)
        )
        if len(at):
            most, wish = claims.tasks_micro[at] / MICRO, claims.tasks_micro[at] / MICRO * fastest[at]
            ratio = np.where(able, claims.speed, 0.0)[at] / wish[:, None]
            own[at] = levels(ratio, claims.bundle[at], entitled, most) * wish
    return own


def levels(ratio: np.ndarray, bundle: np.ndarray, capacity: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Leximin of Σ_f ratio · x: raise all that can rise, hold who cannot, go on (Ogryczak and Śliwiński, EJOR 2003)."""
    many, flavors = ratio.shape
    owner = (np.arange(many)[:, None] == np.repeat(np.arange(many), flavors)).astype(float)
    use = np.einsum("ir,fg->frig", bundle.astype(float), np.eye(flavors)).reshape(-1, many * flavors)
    there = np.where(capacity.ravel() > 0, capacity.ravel(), 1.0)
    rows, right = np.vstack([owner, use / there[:, None]]), np.concatenate([most, capacity.ravel() / there])
    bounds = [(0, None if at else 0) for at in (ratio > 0).ravel()]

    def highest(goal: np.ndarray, floor: np.ndarray) -> float:
        table = np.vstack(
            [np.column_stack([rows, np.zeros(len(rows))]), np.column_stack([-owner * ratio.ravel(), goal])]
        )
        cost = np.append(np.zeros(many * flavors), -1.0)
        found = linprog(cost, table, np.concatenate([right, -floor]), bounds=[*bounds, (0, None)], method="highs")
        if found.status:
            raise Unable(found.message)
        return float(found.x[-1])

    held, rising = np.zeros(many), (most * ratio.max(axis=1)) > 0
    while rising.any():
        level = highest(rising.astype(float), np.where(rising, 0.0, held * (1 - 1e-9)))
        floor = np.where(rising, level, held) * (1 - 1e-9)
        stuck = [i for i in np.flatnonzero(rising) if highest(np.eye(many)[i], floor) < 1e-6 * max(level, 1e-9)]
        if not stuck:
            raise Unable("no program finds who is stuck")
        held[stuck], rising[stuck] = level, False
    return held


# ── everything ────────────────────────────────────────────────────────────────────────────────────────────────────────


def best_of_all(worth: np.ndarray, bundle: np.ndarray, most: np.ndarray, room: np.ndarray) -> float:
    """The most that whole tasks can be worth, by trying all; worth (M, F)."""
    left = {tuple(map(tuple, room.tolist())): 0.0}
    for i, n in enumerate(most.tolist()):
        ways = [way for way in itertools.product(range(n + 1), repeat=worth.shape[1]) if sum(way) <= n]
        after: dict = {}
        for have, value in left.items():
            for way in ways:
                rest = np.array(have) - np.outer(way, bundle[i])
                if (rest >= 0).all():
                    key = tuple(map(tuple, rest.tolist()))
                    after[key] = max(after.get(key, -1.0), value + float(worth[i] @ way))
        left = after
        if len(left) > 20_000:
            raise Unable("too many ways to try")
    return max(left.values())


def by_trying_all_packings(situation: Situation, plan: Plan) -> Iterator[str]:
    """The whole tasks granted are worth as much as any whole tasks can be; parts of tasks come on top, below the bound."""
    claims = situation.claims
    standing = situation.standing.weight[claims.member] > 0
    useful = situation.possible & claims.bundle.any(axis=1)[:, None]
    worth = np.where(useful, np.maximum(claims.priority, 0)[:, None], 0).astype(float)
    tasks = np.where(standing & useful.any(axis=1), claims.tasks_micro // MICRO, 0)
    best = best_of_all(worth * standing[:, None], claims.bundle, tasks, situation.capacity)
    reached = float((worth * plan.tasks_micro).sum() / MICRO)
    if reached < best - 1e-5:
        yield f"priorities of {reached!r}, and whole tasks alone can have {best!r}"
    if plan.bound is not None and plan.bound < best - 1e-9:
        yield f"the bound {plan.bound!r} is below {best!r}"


def by_trying_all_auctions(situation: Situation, plan: Plan) -> Iterator[str]:
    """Who wins, who pays what, and whether some would rather leave: from the worth of every coalition."""
    claims = situation.claims
    everybody = range(len(situation.members))
    useful = situation.possible & claims.bundle.any(axis=1)[:, None]
    worth = np.where(useful, claims.value[:, None] * claims.speed, 0.0)

    def of(members) -> float:
        mine = np.isin(claims.member, list(members))
        tasks = np.where(mine & (worth > 0).any(axis=1), claims.tasks_micro // MICRO, 0)
        return best_of_all(worth, claims.bundle, tasks, situation.capacity)

    each = np.bincount(claims.member, (worth * plan.tasks_micro).sum(axis=1) / MICRO, len(everybody))
    yield from near(float(each.sum()), of(everybody), "worth of all that is sold")
    paid = plan.payments.amounts
    for m in everybody:
        others = of(set(everybody) - {m})
        yield from near(float(paid[m]), others - (each.sum() - each[m]), f"payment of {situation.members.id[m]}", 1e-5)
    gain = each - paid
    groups = itertools.chain.from_iterable(itertools.combinations(everybody, n) for n in range(1, len(everybody) + 1))
    blocked = any(of(group) > paid.sum() + gain[list(group)].sum() + 1e-5 for group in groups)
    if blocked != any(note.startswith("outside the core") for note in plan.notes):
        yield f"outside the core: {blocked}"


def by_two_programs(situation: Situation, plan: Plan) -> Iterator[str]:
    """A uniform price: the optimum is sold, for the least that optimal prices can cost, and nobody wants anything else."""
    claims = situation.claims
    if claims.min_tasks_micro.any():
        raise Unable("minima are placed before")
    useful = situation.possible & claims.bundle.any(axis=1)[:, None]
    worth = np.where(useful, claims.value[:, None] * claims.speed, 0.0)
    best = linear_best(situation, worth)
    yield from near(float((worth * plan.tasks_micro).sum() / MICRO), best, "worth of all that is sold", 1e-5)
    yield from near(float(plan.payments.amounts.sum()), _least_revenue(situation, worth, best), "all payments", 2e-5)
    cost = (claims.bundle[:, None, :] * (plan.prices[0] / plan.price_denominator)[None]).sum(axis=2)
    for i, f in np.argwhere(
        useful & (plan.tasks_micro > 2 * movable(situation)[:, None] * MICRO) & (worth < cost - 1e-6 * (1 + cost))
    ):
        yield f"claim {claims.id[i]} holds what costs {cost[i, f]} and bids {worth[i, f]}"
    short = claims.tasks_micro - plan.tasks_micro.sum(axis=1) > 2 * movable(situation) * MICRO
    for i, f in np.argwhere(useful & short[:, None] & (worth > cost + 1e-6 * (1 + cost))):
        yield f"claim {claims.id[i]} bids {worth[i, f]} for what costs {cost[i, f]} and wants more"


def _least_revenue(situation: Situation, worth: np.ndarray, best: float) -> float:
    """Of all optimal dual prices those that cost least: min p·C with p·C + tasks·π at the optimum."""
    claims, capacity = situation.claims, situation.capacity
    many, size = len(claims), capacity.size
    tasks = claims.tasks_micro / MICRO
    pairs = np.argwhere(worth > 0)
    if not len(pairs):
        return 0.0
    scale = np.where(capacity > 0, capacity, 1).astype(float)  # a price is that of all there is
    rows = np.zeros((len(pairs), size + many))
    for k, (i, f) in enumerate(pairs):
        rows[k, f * capacity.shape[1] : (f + 1) * capacity.shape[1]] = -claims.bundle[i] / scale[f]
        rows[k, size + i] = -1.0
    right = -worth[tuple(pairs.T)]
    there = (capacity > 0).ravel().astype(float)
    total = np.concatenate([there, tasks])
    found = linprog(
        np.concatenate([there, np.zeros(many)]),
        np.vstack([rows, total]),
        np.append(
            right, best * (1 + 1e-12)
        ),  # a looser optimum could cost far less: here the two trade nearly one for one
        method="highs",
    )
    if found.status:
        raise Unable(found.message)
    return float(found.fun)


# ── capability ────────────────────────────────────────────────────────────────────────────────────────────────────────


def by_clarabel_over_grants(situation: Situation, plan: Plan) -> Iterator[str]:
    """The best of all grants, by Clarabel, lies between what the plan reaches and its bound; on one resource it is both."""
    if plan.objective is None or plan.bound is None:
        return
    yield from near(plan.objective, worth_of_compute(situation, plan), "objective", 1e-9)
    best = capable(situation, plan)
    slack = 1e-5 * (1 + abs(best))
    if plan.objective > best + slack:
        yield f"objective {plan.objective!r}, and the most there can be is {best!r}"
    if plan.bound < best - slack:
        yield f"the bound {plan.bound!r} is below {best!r}"
    textbook = situation.capacity.size == 1 and not situation.claims.min_tasks_micro.any()
    if textbook and plan.objective < best - 10 * slack:
        yield f"objective {plan.objective!r} on one resource, where Clarabel reaches {best!r}"


class Compute:
    """How much compute members ask for and hold, from the tables, by the first of GPU and CPU that there is.

    Attributes
    ----------
    rows : (N, M·F) units at full speed that a task is
    part : (N,) who takes part
    room : (F,) units at full speed; high : (N,) most that a member can hold
    """

    def __init__(self, situation: Situation) -> None:
        claims, names = situation.claims, list(situation.resources)
        there = [
            name
            for name in ("gpu_milli", "cpu_milli")
            if name in names and situation.capacity[:, names.index(name)].any()
        ]
        self.resource = r = names.index(there[0]) if there else 0
        able = situation.possible & (claims.bundle[:, r] > 0)[:, None]
        wish = np.where(able, (claims.tasks_micro * claims.bundle[:, r].astype(float))[:, None], 0.0)
        top = np.where(able, claims.speed, 0.0).max(axis=1, initial=0.0)
        relative = claims.speed / np.where(top > 0, top, 1.0)[:, None]
        self.speed = (wish * relative).sum(axis=0) / np.where(wish.sum(axis=0) > 0, wish.sum(axis=0), 1.0)
        each = np.where(able, self.speed, 0.0) * claims.bundle[:, r, None] / 1000
        mine = claims.member[None, :] == np.arange(len(situation.members))[:, None]
        self.rows = (mine[:, :, None] * each[None]).reshape(len(mine), -1)
        self.room = self.speed * situation.capacity[:, r] / 1000
        asked = mine @ (each.max(axis=1, initial=0.0) * claims.tasks_micro / MICRO)
        self.high = np.minimum(asked, ((mine @ able) > 0) @ self.room)
        self.part = (self.high > 0) & (situation.standing.weight > 0)


def capable(situation: Situation, plan: Plan) -> float:
    """The best objective of a capability policy over all grants, for the square root, by Clarabel."""
    import cvxpy as cp

    rows, right, bounds = limits(situation)
    compute = Compute(situation)
    x = cp.Variable(len(bounds), nonneg=True)
    shut = np.array([high == 0 for _, high in bounds]).astype(float)
    within = [rows @ x <= right, cp.multiply(shut, x) == 0]
    part = compute.part
    C = compute.rows[part] @ x
    gained = cp.sum(cp.multiply(scales_of(situation, plan)[part], cp.sqrt(C)))
    if plan.policy == "equality_power":
        if situation.claims.min_tasks_micro.any():
            raise Unable("minima shift what is equal")
        mean = min(compute.room.sum(), compute.high[part].sum()) / part.sum()
        gained = float(plan.parameters["mu"]) * gained - cp.sum_squares(C - mean)
        within.append(cp.sum(C) == (compute.rows[part] @ plan.tasks_micro.ravel()).sum() / MICRO)
    if plan.policy == "least_cost":
        within.append(gained >= float(plan.parameters["target"]))
        bundle = situation.claims.bundle[:, compute.resource] / 1000
        gained = (
            -np.repeat(bundle, len(situation.flavors)) @ x
        )  # the tables have no prices: a unit costs one everywhere
    problem = cp.Problem(cp.Maximize(gained), within)
    _solved(problem)
    return float(problem.value)


def worth_of_compute(situation: Situation, plan: Plan) -> float:
    """What the policy counts, of the grants as they are; by `least_cost` nothing if they miss the target."""
    compute, tasks = Compute(situation), plan.tasks_micro / MICRO
    C = compute.rows[compute.part] @ tasks.ravel()
    gained = float(scales_of(situation, plan)[compute.part] @ np.sqrt(C))
    if plan.policy == "equality_power":
        mean = min(compute.room.sum(), compute.high[compute.part].sum()) / compute.part.sum()
        return float(plan.parameters["mu"]) * gained - float(((C - mean) ** 2).sum())
    if plan.policy == "least_cost":
        units = tasks.sum(axis=1) @ situation.claims.bundle[:, compute.resource] / 1000
        return -float(units) if gained >= float(plan.parameters["target"]) * (1 - 1e-6) else 0.0
    return gained


def scales_of(situation: Situation, plan: Plan) -> np.ndarray:
    """What the curve of each member is multiplied by."""
    told = dict(pair.split("=") for pair in str(plan.parameters["scales"]).split(", ") if pair)
    return np.array([float(told.get(str(name), 1.0)) for name in situation.members.id])


# ── which policy is tried in which way ────────────────────────────────────────────────────────────────────────────────

SCALES = "m0=2, m1=0.5"


class Trial:
    """A policy with parameters, its second way, and where it is tried: `whole` pools, or only on `flavors` of one."""

    def __init__(self, way: Way, whole: bool = False, flavors: tuple[int, int] = (1, 9), **parameters) -> None:
        self.way, self.whole, self.flavors, self.parameters = way, whole, flavors, parameters

    def parameters_for(self, situation: Situation) -> dict:
        """Name only members that there are, and a target that can be reached."""
        given = dict(self.parameters)
        if "scales" in given:
            names = set(map(str, situation.members.id))
            given["scales"] = ", ".join(pair for pair in SCALES.split(", ") if pair.split("=")[0] in names)
        return given


TRIALS = {
    **{
        name: Trial(by_rising_water)
        for name in (
            "equal",
            "proportional",
            "demand_priority",
            "constrained_equal_awards",
            "constrained_equal_losses",
            "talmud",
            "credits",
        )
    },
    "drf, one flavor": Trial(by_rising_water, flavors=(1, 1)),
    "drf, several flavors": Trial(by_levels, flavors=(2, 9)),
    "max_min, one flavor": Trial(by_rising_water, flavors=(1, 1)),
    "max_min, several flavors": Trial(by_levels, flavors=(2, 9)),
    "utilitarian": Trial(by_linear_program),
    "nash": Trial(by_clarabel),
    "alpha_fair, 1/2": Trial(by_clarabel, alpha=0.5),
    "alpha_fair, 2": Trial(by_clarabel, alpha=2.0),
    "market": Trial(by_clarabel, budgets="standing"),
    "market, equal budgets": Trial(by_clarabel, budgets="equal"),
    "priority_packing": Trial(by_trying_all_packings, whole=True),
    "auction, uniform": Trial(by_two_programs),
    "auction, vcg": Trial(by_trying_all_auctions, whole=True, kind="vcg"),
    "max_capability": Trial(by_clarabel_over_grants, scales=SCALES),
    "equality_power": Trial(by_clarabel_over_grants, scales=SCALES, mu=1.0),
    "least_cost": Trial(by_clarabel_over_grants, scales=SCALES, target=1.0),
}
