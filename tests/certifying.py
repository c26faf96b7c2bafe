"""How are certified plans made for tests, and how is a certificate worked out slowly, by another way?

The plans come from linear programs by HiGHS and, for concave objectives, from cvxpy; both give prices. `Slowly` works out
value, bound and gap of any certified plan in fractions, straight from the definitions: the hull by trying all pairs of
points, the root of a level between neighbouring breakpoints, logarithms in 80 digits. It shares no code with the checker.
"""

import warnings
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from scipy.optimize import linprog

from apportion.domain.arrays import ints
from apportion.domain.certificate import Certificate
from apportion.domain.plan import Plan
from apportion.domain.situation import Situation
from apportion.solver.plans.certified import certified, whole_prices
from making import Case, Claim

MICRO = 10**6
HIGHS = {
    "simplex": {"method": "highs-ds"},
    "interior": {"method": "highs-ipm"},
    "no presolve": {"method": "highs", "options": {"presolve": False}},
}


def random_case(seed: int, minima: bool = False) -> Case:
    """Draw a small pool of up to three flavors and two resources, with caps that bind and places where claims cannot run."""
    chance = np.random.default_rng(seed)
    flavors, width, many = (int(chance.integers(1, top)) for top in (4, 3, 7))
    members = {f"m{k}": float(chance.integers(1, 4)) for k in range(3)}
    capacity = {f"f{k}": tuple(int(n) for n in chance.integers(2000, 9000, width)) for k in range(flavors)}
    claims = []
    for i in range(many + 1):
        speed = chance.integers(1, 40, flavors) / 10 * (chance.random(flavors) < 0.8)
        speed[chance.integers(flavors)] += 0.5
        bundle = tuple(int(n) for n in chance.integers(200, 3000, width))
        tasks = int(chance.integers(1, 9)) * MICRO
        least = tasks // 50 if minima and chance.random() < 0.5 else 0
        claim = Claim(f"c{i}", f"m{chance.integers(3)}", tasks, bundle, tuple(speed.tolist()), least)
        claims.append(replace(claim, priority=int(chance.integers(0, 4))))
    return Case(members, capacity, tuple(claims), seed=str(seed))


def rows_of(situation: Situation) -> tuple[np.ndarray, np.ndarray]:
    """The limits of a pool on x (M·F): first (F·R) capacities, then (M) most tasks; one task is one."""
    claims, (many, flavors) = situation.claims, situation.runs_on.shape
    width = claims.bundle.shape[1]
    use = np.zeros((flavors, width, many, flavors))
    for f, r in product(range(flavors), range(width)):
        use[f, r, :, f] = claims.bundle[:, r]
    total = np.kron(np.eye(many), np.ones(flavors))
    rows = np.vstack([use.reshape(flavors * width, -1), total])
    return rows, np.concatenate([situation.capacity.ravel(), claims.tasks_micro / MICRO]).astype(float)


def finished(situation: Situation, x, prices, policy: str, certificate: Certificate) -> Plan:
    """Floor a real division to micro-tasks and let the plan be certified."""
    tasks = np.floor(np.maximum(x, 0.0) * (1 - 1e-12) * MICRO).astype(np.int64)
    short = np.maximum(situation.claims.min_tasks_micro - tasks.sum(axis=1), 0)
    tasks[np.arange(len(tasks)), np.argmax(tasks, axis=1)] += short
    prices, denominator = whole_prices(np.asarray(prices, dtype=float))
    plan = Plan(policy, {}, situation.digest, tasks, prices=prices, price_denominator=denominator)
    return certified(situation, replace(plan, certificate=certificate))


def linear_plan(situation: Situation, weight, certificate: Certificate, setting: str = "simplex") -> Plan:
    """Maximise Σ weight·gain by HiGHS; weight (M, F)."""
    many, flavors = situation.runs_on.shape
    rows, right = rows_of(situation)
    least = situation.claims.min_tasks_micro / MICRO
    limits = [(0, None if at else 0) for at in situation.possible.ravel()]
    found = linprog(
        -(weight * situation.possible).ravel(),
        A_ub=np.vstack([rows, -rows[-many:]]),
        b_ub=np.concatenate([right, -least]),
        bounds=limits,
        **HIGHS[setting],
    )
    assert found.status == 0, found.message
    prices = -found.ineqlin.marginals[: situation.capacity.size].reshape(1, *situation.capacity.shape)
    return finished(situation, found.x.reshape(many, flavors), prices, "by HiGHS", certificate)


def utilitarian_plan(situation: Situation, setting: str = "simplex") -> Plan:
    """Maximise Σ w·z with the weights of standing."""
    weight = situation.weight[:, None] * situation.claims.speed
    return linear_plan(situation, weight, Certificate("linear"), setting)


def packed_plan(situation: Situation, setting: str = "simplex") -> Plan:
    """Maximise Σ priority · tasks."""
    weight = situation.claims.priority[:, None] * np.ones(situation.runs_on.shape)
    return linear_plan(situation, weight, Certificate("linear", gain="runs", weighing="priority"), setting)


def concave_plan(situation: Situation, alpha: str) -> Plan:
    """Maximise Σ ω·U(z) by cvxpy and Clarabel; alpha "1" is nash."""
    import cvxpy as cp

    many, flavors = situation.runs_on.shape
    rows, right = rows_of(situation)
    x = cp.Variable(many * flavors, nonneg=True)
    speed = np.where(situation.possible, situation.claims.speed, 0.0)
    z = cp.sum(cp.multiply(cp.reshape(x, (many, flavors), order="C"), speed), axis=1)
    scale = right[: situation.capacity.size]
    limit = rows[: situation.capacity.size] / scale[:, None] @ x <= 1
    claims, a = situation.claims, float(alpha)
    share = situation.standing.share[claims.member]
    weight = share * (situation.weight / np.where(share > 0, share, 1)) ** a
    gained = cp.log(z) if alpha == "1" else cp.power(z, 1 - a) / (1 - a)
    program = cp.Problem(cp.Maximize(weight @ gained), [limit, rows[situation.capacity.size :] @ x <= right[-many:]])
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", UserWarning
        )  # it may stop a little short; the certificate tells whether too short
        program.solve(solver=cp.CLARABEL, tol_gap_abs=1e-11, tol_gap_rel=1e-11, tol_feas=1e-11)
    prices = (np.maximum(limit.dual_value, 0) / scale).reshape(1, *situation.capacity.shape)
    certificate = Certificate("nash") if alpha == "1" else Certificate("alpha_fair", alpha=alpha)
    return finished(situation, x.value.reshape(many, flavors), prices, "by cvxpy", certificate)


def leximin_plan(situation: Situation, stated) -> Plan:
    """Raise all z/n together by HiGHS, hold who cannot rise, and go on; `stated` (M,) are the n in millionths."""
    many, flavors = situation.runs_on.shape
    rows, right = rows_of(situation)
    speed = np.where(situation.possible, situation.claims.speed, 0.0)
    rate = np.zeros((many, many * flavors))
    for i in range(many):
        rate[i, i * flavors : (i + 1) * flavors] = speed[i]
    n = np.asarray(stated) / MICRO
    cap = speed.max(axis=1) * right[-many:]
    level_of, reach, prices = np.full(many, -2), np.zeros(many), []
    while (level_of == -2).any():
        rising = level_of == -2
        top = (cap / n)[rising].min()
        level, price = _raised(rows, right, rate, np.where(rising, n, 0.0), np.where(rising, 0.0, reach), situation)
        if level >= top * (1 - 1e-9):
            capped = rising & (cap / n <= top * (1 + 1e-9))
            level_of[capped], reach[capped] = -1, cap[capped]
            continue
        held = rising.copy()
        for i in np.flatnonzero(rising):
            least = np.where(rising, level * n, reach) * (1 - 1e-10)
            more = linprog(
                -rate[i], A_ub=np.vstack([rows, -rate]), b_ub=np.concatenate([right, -least]), bounds=(0, None)
            )
            held[i] = -more.fun <= level * n[i] * (1 + 1e-7)
        level_of[held], reach[held] = len(prices), level * n[held]
        prices.append(price)
    found = linprog(
        -np.ones(many * flavors) * 1e-3,
        A_ub=np.vstack([rows, -rate]),
        b_ub=np.concatenate([right, -reach * (1 - 1e-12)]),
        bounds=[(0, None if at else 0) for at in situation.possible.ravel()],
    )
    shape = (len(prices), *situation.capacity.shape)
    certificate = Certificate("leximin", weighing="stated", stated=ints(stated), level_of=ints(level_of))
    prices = np.array(prices).reshape(shape)
    return finished(situation, found.x.reshape(many, flavors), prices, "by HiGHS", certificate)


def _raised(rows, right, rate, n, keep, situation):
    """The largest level at which everybody has level·n, or what it keeps, and the prices of capacity there."""
    most = np.hstack([np.vstack([rows, -rate]), np.concatenate([np.zeros(len(rows)), n])[:, None]])
    limits = [(0, None if at else 0) for at in situation.possible.ravel()] + [(0, None)]
    cost = np.zeros(most.shape[1])
    cost[-1] = -1.0
    found = linprog(cost, A_ub=most, b_ub=np.concatenate([right, -keep * (1 - 1e-12)]), bounds=limits)
    assert found.status == 0, found.message
    size = situation.capacity.size
    return found.x[-1], -found.ineqlin.marginals[:size].reshape(situation.capacity.shape)


def rounded(number: Fraction, way: int) -> str:
    """Write a number with 15 digits, rounded down (−1) or up (1)."""
    with localcontext(prec=15, rounding=ROUND_FLOOR if way < 0 else ROUND_CEILING):
        found = (Decimal(number.numerator) / number.denominator).normalize()
    return str(found) if found else "0"


class Slowly:
    """The certificate of a small plan, worked out from its definitions.

    Everything is a `Fraction`, in whole units: tasks, money, rates.
    """

    def __init__(self, situation: Situation, plan: Plan) -> None:
        self.situation, self.plan, self.of = situation, plan, plan.certificate
        self.many, self.flavors = situation.runs_on.shape
        self.capacity = [[Fraction(int(n)) for n in row] for row in situation.capacity]
        self.bundle = [[Fraction(int(n)) for n in row] for row in situation.claims.bundle]
        self.total = [sum(column) for column in zip(*self.capacity, strict=True)]
        self.least = [Fraction(int(n), MICRO) for n in situation.claims.min_tasks_micro]
        self.asked = [Fraction(int(n), MICRO) for n in situation.claims.tasks_micro]
        self.x = [[Fraction(int(n), MICRO) for n in row] for row in plan.tasks_micro]

    def usable(self, i: int, f: int) -> bool:
        """Whether a claim can hold anything on a flavor."""
        needs = zip(self.bundle[i], self.capacity[f], strict=True)
        return self.situation.claims.speed[i, f] > 0 and all(there for need, there in needs if need)

    def dominant(self, i: int) -> Fraction:
        """μ."""
        parts = (need / total for need, total in zip(self.bundle[i], self.total, strict=True) if total and need)
        return max(parts, default=Fraction(0))

    def wish(self, i: int) -> Fraction:
        """d."""
        return self.asked[i] * self.dominant(i) if any(self.usable(i, f) for f in range(self.flavors)) else Fraction(0)

    def wished(self, i: int) -> Fraction:
        """Σd of the claim's member."""
        member = self.situation.claims.member
        return sum((self.wish(k) for k in range(self.many) if member[k] == member[i]), Fraction(0))

    @cached_property
    def most(self) -> list[Fraction]:
        """n′."""
        if not self.of.ceiling:
            return self.asked
        part = Fraction(self.of.ceiling, 10**9)
        factor = [min(Fraction(1), part / self.wished(i)) if self.wished(i) else Fraction(1) for i in range(self.many)]
        lowered = [Fraction(int(self.asked[i] * factor[i] * MICRO), MICRO) for i in range(self.many)]
        return [max(least, most) for least, most in zip(self.least, lowered, strict=True)]

    @cached_property
    def gains(self) -> list[dict[int, Fraction]]:
        """v, where a claim can hold anything."""

        def gain(i: int, f: int) -> Fraction:
            speed = Fraction(repr(float(self.situation.claims.speed[i, f])))
            return {"speed": speed, "runs": Fraction(1), "dominant": self.dominant(i)}[self.of.gain]

        return [{f: gain(i, f) for f in range(self.flavors) if self.usable(i, f)} for i in range(self.many)]

    @cached_property
    def weight(self) -> list[Fraction]:
        """w, or leximin's n."""
        claims, of = self.situation.claims, self.of
        standing = [int(n) for n in (of.budget if of.weighing == "budget" else self.situation.standing.weight)]
        share = [Fraction(standing[m], sum(standing) or 1) for m in claims.member]
        if of.weighing in {"standing", "budget"}:
            parts = [self.wish(i) / (self.wished(i) or 1) for i in range(self.many)]
            return [a * b for a, b in zip(share, parts, strict=True)]
        if of.weighing == "member":
            return share
        if of.weighing == "stated":
            return [Fraction(int(n), of.per or MICRO) for n in of.stated]
        return [Fraction(repr(float(n))) for n in getattr(claims, of.weighing)]

    @cached_property
    def z(self) -> list[Fraction]:
        """Rates."""
        return [sum((v * self.x[i][f] for f, v in self.gains[i].items()), Fraction(0)) for i in range(self.many)]

    def inside(self, i: int) -> bool:
        """Whether the program is about this claim."""
        return self.weight[i] > 0 and self.most[i] > 0 and any(self.gains[i].values())

    def price(self, k: int, f: int) -> list[Fraction]:
        """p."""
        return [Fraction(int(n), self.plan.price_denominator) for n in self.plan.prices[k, f]]

    def worth(self, k: int) -> Fraction:
        """p·C."""
        rows = (zip(self.price(k, f), self.capacity[f], strict=True) for f in range(self.flavors))
        return sum((p * c for row in rows for p, c in row), Fraction(0))

    def points(self, k: int, i: int) -> list[tuple[Fraction, Fraction]]:
        """(rate, cost) of the least and of the most tasks on one flavor."""
        cost = {
            f: sum((p * b for p, b in zip(self.price(k, f), self.bundle[i], strict=True)), Fraction(0))
            for f in self.gains[i]
        }
        return [(n * v, n * cost[f]) for f, v in self.gains[i].items() for n in (self.least[i], self.most[i])]

    def hull(self, k: int, i: int, t: Fraction) -> Fraction:
        """The least cost of a rate of at least t: over all pairs of points."""
        points = self.points(k, i)
        costs = [h for rate, h in points if rate >= t]
        for (low, below), (high, above) in product(points, points):
            if low <= t <= high and low < high:
                costs.append(below + (above - below) * (t - low) / (high - low))
        return min(costs, default=Fraction(0)) if points else Fraction(0)

    def slopes(self, k: int, i: int) -> set[Fraction]:
        """All slopes between two points."""
        points = self.points(k, i)
        return {(b - a) / (s - r) for (r, a), (s, b) in product(points, points) if s > r and b > a}

    def responses(self, k: int, i: int, wishes) -> list[Fraction]:
        """Rates among which the best response is: points, and where a slope is met, within the claim's reach."""
        rates = [rate for rate, _ in self.points(k, i)]
        return [t for t in (*rates, *wishes) if 0 < t <= max(rates)]

    def outside(self, k: int) -> Fraction:
        """What claims outside the program pay at least."""
        who = (i for i in range(self.many) if not self.inside(i) and self.gains[i])
        return sum((self.hull(k, i, Fraction(0)) for i in who), Fraction(0))

    def numbers(self) -> tuple[Fraction, Fraction, Fraction] | None:
        """Objective, bound and gap, each to 10⁻⁴⁰ or exact; None if there is no bound."""
        return getattr(self, self.of.program)()

    def linear(self):
        """Σ w·z."""
        bound, value = self.worth(0) - self.outside(0), Fraction(0)
        for i in filter(self.inside, range(self.many)):
            value += self.weight[i] * self.z[i]
            bound += max(self.weight[i] * t - h for t, h in self.points(0, i))
        if not value:
            return (value, bound, Fraction(0)) if bound <= 0 else None
        return value, bound, bound / value - 1

    def nash(self):
        """Σ w·log z, with q for the logarithm of t/z."""
        who = [i for i in range(self.many) if self.inside(i)]
        if not all(self.z[i] for i in who):
            return None
        apart, value = self.worth(0) - self.outside(0), Fraction(0)
        for i in who:
            w = self.weight[i]
            found = self.responses(0, i, [w / slope for slope in self.slopes(0, i)])
            t = max(found, key=lambda t: self._log(t) * w - self.hull(0, i, t))
            y = t / self.z[i] - 1
            apart += w * (y - y**2 / 2 + y**3 / 3) - self.hull(0, i, t)
            value += w * self._log(self.z[i])
        total = sum((self.weight[i] for i in who), Fraction(0))
        return value, value + apart, apart / total if total else Fraction(0)

    def _log(self, t: Fraction) -> Fraction:
        with localcontext(prec=90):
            return Fraction((Decimal(t.numerator) / Decimal(t.denominator)).ln())

    def _power(self, t: Fraction, exponent: Fraction) -> Fraction:
        with localcontext(prec=90):
            return Fraction(
                (Decimal(t.numerator) / t.denominator) ** (Decimal(exponent.numerator) / exponent.denominator)
            )

    @property
    def alpha(self) -> Fraction:
        """α."""
        return Fraction(self.of.alpha)

    def weight_of(self, i: int) -> Fraction:
        """ω."""
        if self.of.weighing not in {"standing", "budget"}:
            return self.weight[i]
        part = self.wish(i) / self.wished(i)
        return self.weight[i] / part * self._power(part, self.alpha)

    def alpha_fair(self):
        """Σ ω·z^(1−α)/(1−α)."""
        alpha, who = self.alpha, [i for i in range(self.many) if self.inside(i)]
        if alpha > 1 and not all(self.z[i] for i in who):
            return None
        bound, value = self.worth(0) - self.outside(0), Fraction(0)
        for i in who:
            w = self.weight_of(i)

            def gained(t, w=w):
                return w * self._power(t, 1 - alpha) / (1 - alpha) if t else Fraction(0)

            wishes = [self._power(w / slope, 1 / alpha) for slope in self.slopes(0, i)]
            found = self.responses(0, i, wishes)
            bound += max(gained(t) - self.hull(0, i, t) for t in found)
            value += gained(self.z[i])
        if not value or bound / value <= 0:
            return None
        return value, bound, self._log(bound / value) / (1 - alpha)

    def leximin(self):
        """Level by level: the root between neighbouring breakpoints."""
        who = [i for i in range(self.many) if self.inside(i)]
        if not all(self.z[i] for i in who):
            return None
        n, level_of, many = self.weight, self.of.level_of, len(self.plan.prices)
        cap = {i: self.most[i] * max(self.gains[i].values()) for i in who}
        dust = {i: sum(self.gains[i].values()) / MICRO for i in who}
        gaps = [cap[i] / self.z[i] - 1 for i in who if level_of[i] < 0 and cap[i] > self.z[i] + dust[i]]
        reached, lasting, bounds, self.wide_levels = [], [], [], [(gap, Fraction(1, MICRO)) for gap in gaps]
        for k in range(many):
            above = [self.z[i] / n[i] for i in who if level_of[i] >= k]
            if not above:
                return None
            reached.append(min(above))
            lasting.append(min((self.z[i] + dust[i]) / n[i] for i in who if level_of[i] >= k))
            root, spare = self.root(k, reached, lasting, cap, dust, who)
            if root is None:
                return None
            bounds.append(root)
            gaps.append(root / reached[k] - 1)
            may = Fraction(1, MICRO) + (lasting[k] / reached[k] - 1) + spare / reached[k]
            self.wide_levels.append((gaps[-1], may))
        if not many:
            reached = [min((self.z[i] / n[i] for i in who), default=Fraction(0))]
            bounds = [min((cap[i] / n[i] for i in who), default=Fraction(0))]
        return reached[0], bounds[0], max(gaps, default=Fraction(0))

    def root(self, k, reached, lasting, cap, dust, who):
        """θ̄ of one level, and by how much two millionths of a task for everybody raise it."""
        n, level_of = self.weight, self.of.level_of
        rising = [i for i in who if not 0 <= level_of[i] < k]
        fixed, spare = self.outside(k), self.worth_of_dust(k, rising)
        for i in set(who) - set(rising):
            j = level_of[i]
            held = min(self.z[i], (lasting[j] + reached[j] / MICRO) * n[i] + dust[i])
            paid, more = self.hull(k, i, held), self.hull(k, i, min(held + dust[i], cap[i]))
            fixed, spare = fixed + paid, spare + max(more - paid, self.worth_of_dust(k, [i]))

        def spent(theta):
            return fixed + sum((self.hull(k, i, min(theta * n[i], cap[i])) for i in rising), Fraction(0))

        bends = {Fraction(0), *(rate / n[i] for i in rising for rate, _ in self.points(k, i))}
        worth = self.worth(k)
        top = self.spends(worth, spent, bends)
        if top is None:
            return None, 0
        less = min(worth, max(worth - 2 * spare, spent(reached[k])))
        return top, top - self.spends(less, spent, {*bends, reached[k]})

    def spends(self, money, spent, bends):
        """The highest level that costs no more than so much."""
        for low, high in pairwise(sorted(bends)):
            here, there = spent(low), spent(high)
            if here <= money < there:
                return low + (high - low) * (money - here) / (there - here)
        return None

    def worth_of_dust(self, k: int, who) -> Fraction:
        """What a millionth of a task for everybody on every flavor costs."""
        each = (
            (p, b) for i in who for f in self.gains[i] for p, b in zip(self.price(k, f), self.bundle[i], strict=True)
        )
        return sum((p * b for p, b in each), Fraction(0)) / MICRO

    def agrees(self) -> bool:
        """Whether the certificate states just these numbers: the objective rounded down, the others up, at 15 digits.

        The checker's sums are rounded outwards at 10⁻³⁰, which shows where a number has fewer digits than 15.
        """
        stated, found = (self.of.objective, self.of.bound, self.of.gap), self.numbers()
        if found is None or not all(stated):
            return found is None and not any(stated)
        return all(
            text in {rounded(number, way), rounded(number + way * (abs(number) + 1) / 10**25, way)}
            for text, number, way in zip(stated, found, (-1, 1, 1), strict=True)
        )

    def promise_kept(self) -> bool:
        """Whether the gap is at most a millionth and what a millionth of a task on every flavor is worth."""
        numbers = self.numbers()
        return numbers is not None and all(wide <= may for wide, may in self.wide(*numbers))

    def wide(self, value, _bound, gap):
        """Each gap, and how wide it may be."""
        who = [i for i in range(self.many) if self.inside(i)]
        dust = {i: sum(self.gains[i].values()) / MICRO for i in who}
        if self.of.program == "leximin":
            return self.wide_levels
        if self.of.program == "linear":
            lost, by = sum(self.weight[i] * dust[i] for i in who), value
        elif self.of.program == "nash":
            lost = sum(self.weight[i] * dust[i] / self.z[i] for i in who) + self.worth_of_dust(0, who)
            by = sum(self.weight[i] for i in who)
        else:
            held = {i: max(self.z[i], dust[i]) for i in who}
            lost = sum(self.weight_of(i) * self._power(held[i], 1 - self.alpha) * dust[i] / held[i] for i in who)
            lost += self.worth_of_dust(0, who)
            by = value * (1 - self.alpha)
        return [(gap, Fraction(1, MICRO) + (lost / by if by else 0))]
