"""How high can the demands of some claims rise, each with the flavors left to it? A structured interior point method.

    max φ   with   Σ_e speed_e · x_e ≥ base_k + φ · lift_k,   minimum_k ≤ Σ_e x_e ≤ tasks_k,   x ≥ 0,
                   Σ_k bundle[k,r] · x_e ≤ room[f,r] − φ · drain[f,r]

over the pairs e = (claim k, flavor f). The dual has y_k for demands, λ_k and κ_k for most and least tasks, prices p. What
belongs to a claim is eliminated on its own: diag(ζ/x) + E·1 1ᵀ + (y/g)·v vᵀ is factored by two rank-one updates that only add
to the pivots, so nothing cancels where a cap binds; what remains is a system in the F·R prices and φ. Mehrotra's predictor
and corrector. The limit is strictly complementary, so the prices tell who is held. Cost an iteration: O(Σ_k d_k³ + d_k²·R²)
for d_k flavors of claim k, and O((F·R)³).

Source: Wright, *Primal-Dual Interior-Point Methods*, SIAM 1997, chapters 5 and 10; Gill, Golub, Murray and Saunders,
*Methods for modifying matrix factorizations*, Mathematics of Computation 1974, method C1.
"""

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.solver.compiled import compiled

ROUNDS = 100
NEAR = 1e-13  # complementarity as a part of φ at which nothing more can be gained in floats
SHORT = 0.9995  # part of the way to the boundary
LEAST = 1e-3  # of the way to the centre that each step keeps
ALMOST = 1e-6  # below which few more iterations are tried
PATIENCE, LONG = 4, 20


def interior(
    start: Ints, at: Ints, v: Floats, use: Floats, most: Floats, least: Floats, base: Floats, lift: Floats,
    room: Floats, drain: Floats, shape: Floats, near: float = NEAR,
) -> tuple[Floats, Floats, Floats, float, float]:  # fmt: skip
    """Solve, all in units in which demands and capacities are about one.

    Parameters
    ----------
    start : (K + 1,) claim k has the pairs start[k] … start[k+1] − 1
    at : (P, R) position of the pair's flavor's resources among the J resources
    v, use : (P,), (P, R) speeds and needs
    most, least, base, lift : (K,)
    room, drain : (J,)
    shape : (J,) > 0, what the prices may be like, up to a factor
    near : complementarity as a part of φ at which to stop

    Returns
    -------
    tasks (P,), prices (J,) and slack (J,), all positive, φ, and what is left of complementarity
    """
    return _iterate(start, at, v, use, most, least, base, lift, room, drain, shape, near)


@compiled
def _update(low: Floats, pivot: Floats, z: Floats, alpha: float, d: int) -> None:
    """L D Lᵀ + α z zᵀ in place; z is used up."""
    for j in range(d):
        here, old = z[j], pivot[j]
        pivot[j] = old + alpha * here * here
        part = alpha * here / pivot[j]
        alpha *= old / pivot[j]
        for i in range(j + 1, d):
            z[i] -= here * low[i, j]
            low[i, j] += part * z[i]


@compiled
def _solve(low: Floats, pivot: Floats, z: Floats, d: int) -> None:
    """Z⁻¹ z in place."""
    for j in range(d):
        for i in range(j + 1, d):
            z[i] -= low[i, j] * z[j]
    for j in range(d):
        z[j] /= pivot[j]
    for j in range(d - 1, -1, -1):
        for i in range(j + 1, d):
            z[j] -= low[i, j] * z[i]


@compiled
def _block(
    v: Floats,
    ratio: Floats,
    stiff: float,
    pull: float,
    inverse: Floats,
    c: Floats,
    low: Floats,
    pivot: Floats,
    z: Floats,
) -> float:
    """One claim's (diag(ζ/x) + E·1 1ᵀ + (y/g)·v vᵀ)⁻¹ into `inverse` (d·d), (diag + E·1 1ᵀ)⁻¹ v into c; returns τ."""
    d = len(v)
    for i in range(d):
        pivot[i], z[i] = ratio[i], 1.0
        for j in range(i):
            low[i, j] = 0.0
    if stiff > 0.0:
        _update(low, pivot, z, stiff, d)
    c[:] = v
    _solve(low, pivot, c, d)
    eta = 0.0
    for i in range(d):
        eta += c[i] * v[i]
        z[i] = v[i]
    _update(low, pivot, z, pull, d)
    for j in range(d):
        column = inverse[j * d : j * d + d]
        column[:] = 0.0
        column[j] = 1.0
        _solve(low, pivot, column, d)
    return 1.0 / (1.0 / pull + eta)


@compiled
def _assemble(
    start: Ints, at: Ints, v: Floats, use: Floats, lift: Floats, most: Floats, least: Floats, primal: Floats, dual: Floats,
    square: Ints, inverse: Floats, c: Floats, tau: Floats, schur: Floats, q: Floats,
) -> float:  # fmt: skip
    """Factor every claim's block, and add up what they bring to the system in prices and φ."""
    many = 1
    for k in range(len(lift)):
        many = max(many, start[k + 1] - start[k])
    low, pivot, z = np.empty((many, many)), np.empty(many), np.empty(many)
    width, heavy, claims, pairs = use.shape[1], 0.0, len(lift), len(v)
    ratio = dual / primal
    for k in range(claims):
        a, b = start[k], start[k + 1]
        stiff = ratio[pairs + claims + k] if most[k] < np.inf else 0.0
        if least[k] > 0.0:
            stiff += ratio[pairs + 2 * claims + k]
        own = inverse[square[k] : square[k + 1]]
        tau[k] = _block(v[a:b], ratio[a:b], stiff, ratio[pairs + k], own, c[a:b], low, pivot, z)
        heavy += lift[k] * lift[k] * tau[k]
        for e in range(a, b):
            for r in range(width):
                i, each = at[e, r], use[e, r]
                if each == 0.0:
                    continue
                q[i] += lift[k] * tau[k] * c[e] * each
                for h in range(a, b):
                    part = own[(e - a) * (b - a) + h - a] * each
                    for o in range(width):
                        if use[h, o] != 0.0:
                            schur[i, at[h, o]] += part * use[h, o]
    return heavy


@compiled
def _cost(at: Ints, use: Floats, e: int, p: Floats) -> float:
    """What a task of a pair costs."""
    total = 0.0
    for r in range(use.shape[1]):
        if use[e, r] != 0.0:
            total += use[e, r] * p[at[e, r]]
    return total


@compiled
def _limit(a: Floats, da: Floats, limit: float) -> float:
    """The largest step ≤ `limit` that keeps a ≥ 0."""
    for i in range(len(a)):
        if da[i] < 0.0 and -a[i] > limit * da[i]:
            limit = min(limit, -a[i] / da[i])
    return limit


@compiled
def _after(a: Floats, da: Floats, b: Floats, db: Floats, primal: float, dual: float) -> float:
    """Σ (a + primal·da)(b + dual·db)."""
    total = 0.0
    for i in range(len(a)):
        total += (a[i] + primal * da[i]) * (b[i] + dual * db[i])
    return total


@compiled
def _begin(  # noqa: C901  # one compiled pass
    start: Ints, at: Ints, v: Floats, use: Floats, most: Floats, least: Floats, base: Floats, lift: Floats,
    room: Floats, drain: Floats, shape: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Begin with φ = ½ and prices of that shape: the primal variables one after the other, and the dual ones beside them.

    Order: x (P), then for claims surplus, room to the cap, excess over the minimum (K each), then slack (J).
    """
    claims, pairs, many = len(lift), len(v), len(room)
    primal, dual = np.ones(pairs + 3 * claims + many), np.zeros(pairs + 3 * claims + many)
    dual[pairs + 3 * claims :] = shape
    weight = (drain * shape).sum()
    for k in range(claims):
        cheap = np.inf
        for e in range(start[k], start[k + 1]):
            cheap = min(cheap, _cost(at, use, e, dual[pairs + 3 * claims :]) / v[e])
        weight += lift[k] * cheap
    price = 1.0 / max(weight, 1e-300)
    dual[pairs + 3 * claims :] = price * shape
    used = np.zeros(many)
    for k in range(claims):
        a, b = start[k], start[k + 1]
        need, cheap = base[k] + 0.5 * lift[k], np.inf
        for e in range(a, b):
            cheap = min(cheap, _cost(at, use, e, dual[pairs + 3 * claims :]) / v[e])
        floor = 0.1 * max(cheap, 1e-3 * price)
        for e in range(a, b):
            primal[e] = max(need, 0.1) / v[e] / (b - a)
            dual[e] = max(_cost(at, use, e, dual[pairs + 3 * claims :]) - 0.9 * cheap * v[e], floor)
        primal[pairs + k], dual[pairs + k] = 0.3, max(0.9 * cheap, floor)
        total = primal[a:b].sum()
        if most[k] < np.inf:
            primal[pairs + claims + k], dual[pairs + claims + k] = max(most[k] - total, 0.3), floor
        if least[k] > 0.0:
            primal[pairs + 2 * claims + k], dual[pairs + 2 * claims + k] = max(total - least[k], 0.3), floor
        for e in range(a, b):
            for r in range(use.shape[1]):
                if use[e, r] != 0.0:
                    used[at[e, r]] += use[e, r] * primal[e]
    for i in range(many):
        primal[pairs + 3 * claims + i] = max(room[i] - 0.5 * drain[i] - used[i], 0.1 * max(room[i], used[i]) + 1e-9)
    return primal, dual


@compiled
def _direction(  # noqa: C901, PLR0912  # one compiled pass
    start: Ints, at: Ints, v: Floats, use: Floats, most: Floats, least: Floats, base: Floats, lift: Floats,
    room: Floats, drain: Floats, primal: Floats, dual: Floats, phi: float, schur: Floats, q: Floats, heavy: float,
    square: Ints, inverse: Floats, c: Floats, tau: Floats, aim: Floats, up: Floats, down: Floats,
) -> float:  # fmt: skip
    """One Newton step towards products `aim`: fills `up` (primal) and `down` (dual), returns the step of φ."""
    claims, pairs, many = len(lift), len(v), len(room)
    width, end = use.shape[1], pairs + 3 * claims
    p, s = dual[end:], primal[end:]
    right, used = np.zeros(many), np.zeros(many)
    first = 1.0
    for i in range(many):
        first -= drain[i] * p[i]
    rho = np.empty(8)
    for k in range(claims):
        a, b = start[k], start[k + 1]
        if b - a > len(rho):
            rho = np.empty(b - a)
        y, g = dual[pairs + k], primal[pairs + k]
        t, lam = primal[pairs + claims + k], dual[pairs + claims + k]
        u, kap = primal[pairs + 2 * claims + k], dual[pairs + 2 * claims + k]
        total, rate = 0.0, 0.0
        for e in range(a, b):
            total += primal[e]
            rate += v[e] * primal[e]
        short = base[k] + phi * lift[k] - rate + g + aim[pairs + k] / y
        push = 0.0
        if most[k] < np.inf:
            push += aim[pairs + claims + k] / t - lam / t * (most[k] - total - t)
        if least[k] > 0.0:
            push -= aim[pairs + 2 * claims + k] / u + kap / u * (least[k] - total + u)
        first -= lift[k] * y
        dot = 0.0
        for e in range(a, b):
            off = _cost(at, use, e, p) + lam - kap - y * v[e] - dual[e]
            rho[e - a] = aim[e] / primal[e] - off - push
            dot += c[e] * rho[e - a]
        first += lift[k] * tau[k] * (dot - short)
        own = inverse[square[k] : square[k + 1]]
        for e in range(a, b):
            value = tau[k] * c[e] * short
            for h in range(b - a):
                value += own[(e - a) * (b - a) + h] * rho[h]
            up[e] = value
            for r in range(width):
                if use[e, r] != 0.0:
                    used[at[e, r]] += use[e, r] * primal[e]
                    right[at[e, r]] += use[e, r] * value
    for i in range(many):
        right[i] += aim[end + i] / p[i] - (room[i] - phi * drain[i] - used[i] - s[i])
    dphi = _prices(schur, q, heavy, right, first, down[end:])
    _spread(start, at, v, use, most, least, base, lift, primal, dual, phi, dphi, square, inverse, c, tau, aim, up, down)
    for i in range(many):
        up[end + i] = (aim[end + i] - s[i] * down[end + i]) / p[i]
    return dphi


@compiled
def _prices(schur: Floats, q: Floats, heavy: float, right: Floats, first: float, dp: Floats) -> float:
    """Solve S·dp − q·dφ = right, q·dp + heavy·dφ = first; fills dp, returns dφ.

    Near the end S all but vanishes along the prices, so that a multiple of the second equation is added to the first.
    """
    scale = 1.0 / np.sqrt(np.diag(schur))
    unit = q * scale
    tie = 1.0 / max((unit * unit).sum(), 1e-300)
    system = schur * scale[:, None] * scale + tie * unit[:, None] * unit
    firm = system + 1e-15 * np.eye(len(q))
    both = np.empty((len(q), 2))
    if not (np.isfinite(right).all() and np.isfinite(first) and np.isfinite(firm).all()):
        return np.nan
    both[:, 0], both[:, 1] = right * scale + tie * first * unit, unit
    if not np.isfinite(both).all():
        return np.nan
    solved = np.linalg.solve(firm, both)
    for _ in range(2):
        off = both - system @ solved
        if not np.isfinite(off).all():
            return np.nan
        solved += np.linalg.solve(firm, off)
    stiff = (unit * solved[:, 1]).sum()
    dphi = (first - (unit * solved[:, 0]).sum()) / (heavy * max(1.0 - tie * stiff, 0.0) + stiff)
    dp[:] = scale * (solved[:, 0] + solved[:, 1] * ((1.0 - tie * heavy) * dphi))
    return dphi  # type: ignore[no-any-return]  # a float


@compiled
def _spread(
    start: Ints, at: Ints, v: Floats, use: Floats, most: Floats, least: Floats, base: Floats, lift: Floats,
    primal: Floats, dual: Floats, phi: float, dphi: float,
    square: Ints, inverse: Floats, c: Floats, tau: Floats, aim: Floats, up: Floats, down: Floats,
) -> None:  # fmt: skip
    """What the steps of prices and φ mean to each claim."""
    claims, pairs = len(lift), len(v)
    dp = down[pairs + 3 * claims :]
    dear = np.empty(8)
    for k in range(claims):
        a, b = start[k], start[k + 1]
        if b - a > len(dear):
            dear = np.empty(b - a)
        for e in range(a, b):
            dear[e - a] = _cost(at, use, e, dp)
        own = inverse[square[k] : square[k + 1]]
        rate, total, now, here = 0.0, 0.0, 0.0, 0.0
        for e in range(a, b):
            value = up[e] + tau[k] * c[e] * lift[k] * dphi
            for h in range(b - a):
                value -= own[(e - a) * (b - a) + h] * dear[h]
            up[e] = value
            down[e] = (aim[e] - dual[e] * value) / primal[e]
            total += value
            rate += v[e] * value
            here += primal[e]
            now += v[e] * primal[e]
        i = pairs + k
        up[i] = rate - lift[k] * dphi - (base[k] + phi * lift[k] - now + primal[i])
        down[i] = (aim[i] - dual[i] * up[i]) / primal[i]
        i += claims
        if most[k] < np.inf:
            up[i] = most[k] - here - primal[i] - total
            down[i] = (aim[i] - dual[i] * up[i]) / primal[i]
        i += claims
        if least[k] > 0.0:
            up[i] = total - (least[k] - here + primal[i])
            down[i] = (aim[i] - dual[i] * up[i]) / primal[i]


@compiled
def _iterate(  # noqa: C901  # the whole iteration, compiled
    start: Ints, at: Ints, v: Floats, use: Floats, most: Floats, least: Floats, base: Floats, lift: Floats,
    room: Floats, drain: Floats, shape: Floats, near: float,
) -> tuple[Floats, Floats, Floats, float, float]:  # fmt: skip
    """All in units in which demands are one; see `interior`."""
    claims, pairs, many = len(lift), len(v), len(room)
    primal, dual = _begin(start, at, v, use, most, least, base, lift, room, drain, shape)
    end, phi = pairs + 3 * claims, 0.5
    square = np.zeros(claims + 1, dtype=np.int64)
    for k in range(claims):
        square[k + 1] = square[k] + (start[k + 1] - start[k]) ** 2
    inverse, c, tau = np.empty(square[-1]), np.empty(pairs), np.empty(claims)
    up, down = np.zeros(len(primal)), np.zeros(len(primal))
    count = np.count_nonzero(dual)
    best, stale, amiss, kept = np.inf, 0, 1.0, phi
    kept_primal, kept_dual = primal.copy(), dual.copy()
    for _ in range(ROUNDS):
        total = _after(primal, up, dual, down, 0.0, 0.0)
        merit = max(total, amiss)
        if merit < best:
            best, stale = merit, 0
            kept_primal[:], kept_dual[:], kept = primal, dual, phi
        else:
            stale += 1
        if best <= near * abs(kept) or stale > (PATIENCE if best < ALMOST * abs(kept) else LONG):
            break
        schur, q = np.zeros((many, many)), drain.copy()
        heavy = _assemble(start, at, v, use, lift, most, least, primal, dual, square, inverse, c, tau, schur, q)
        for i in range(many):
            schur[i, i] += primal[end + i] / dual[end + i]
        if not (np.isfinite(schur).all() and np.isfinite(q).all() and np.isfinite(heavy)):
            break
        aim = -primal * dual
        for half in range(2):
            dphi = _direction(
                start, at, v, use, most, least, base, lift, room, drain, primal, dual, phi, schur, q, heavy,
                square, inverse, c, tau, aim, up, down,
            )  # fmt: skip
            if not np.isfinite(dphi):
                break
            if half == 0:
                after = _after(primal, up, dual, down, _limit(primal, up, 1.0), _limit(dual, down, 1.0))
                centre = total / count * max((after / total) ** 3, LEAST)
                aim = centre - primal * dual - up * down
        if not np.isfinite(dphi):
            break
        first = min(_limit(primal, up, 1.0 / SHORT) * SHORT, 1.0)
        second = min(_limit(dual, down, 1.0 / SHORT) * SHORT, 1.0)
        phi += first * dphi
        primal += first * up
        dual += second * down
        amiss *= 1.0 - min(first, second)
    return kept_primal[:pairs], kept_dual[end:], kept_primal[end:], kept, best
