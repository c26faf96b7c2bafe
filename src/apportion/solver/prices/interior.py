"""How is a small or thinned-out problem solved to the last digits? A structured primal–dual interior point method.

    max Σ_i w_i U(z_i),   z_i = Σ_f speed[i,f] · x[i,f],   minimum_i ≤ Σ_f x[i,f] ≤ tasks_i,   x ≥ 0
    Σ_i bundle[i,r] · x[i,f] ≤ room[f,r] − others[f,r](p),    others(p) = others(p⁰) − H · (p − p⁰)

`others` stands for claims that are not part of the problem and use less when prices rise. Each claim brings only the
pairs (claim, flavor) that it may use. Its block of the Newton system, diag(ζ/x) + a·s sᵀ + k·1 1ᵀ, is factored on
its own by two rank-one updates that only add to the pivots (Woodbury would cancel, and so would a
Cholesky factorisation where a cap binds), and what remains is a system in the F·R prices. Mehrotra's predictor and corrector.
Cost an iteration: O(Σ_i d_i³ + d_i²·R²) for d_i flavors of claim i, and O((F·R)³).

Source: Wright, *Primal-Dual Interior-Point Methods*, SIAM 1997.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.solver.compiled import compiled

ROUNDS = 80
ALMOST = 1e-6  # below which iterations that gain nothing show the limit of floats
NEAR = 1e-15  # complementarity, as a part of the objective's scale, at which nothing more can be gained in floats


@dataclass(frozen=True, eq=False)
class Sparse:
    """Claims with the pairs they may use: claim k has the pairs start[k] … start[k+1] − 1.

    Attributes
    ----------
    start : (K + 1,)
    flavor, speed : (P,) of each pair
    bundle, tasks, weight, minimum : (K, R), (K,), (K,), (K,)
    """

    start: Ints
    flavor: Ints
    speed: Floats
    bundle: Floats
    tasks: Floats
    weight: Floats
    minimum: Floats


class _Begin(NamedTuple):
    """Of the resources that may be scarce, one an entry: room, prices, others' use and its fall, positions, price unit."""

    room: Floats
    prices: Floats
    use: Floats
    falls: Floats
    at: Ints
    unit: Floats


def interior(
    claims: Sparse,
    room: Floats,
    alpha: float,
    scale: float,
    capacity: Floats,
    prices: Floats | None = None,
    others: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Solve: the pairs' tasks (P,), and prices (F, R).

    Parameters
    ----------
    room : (F, R) what there is for these claims and the others
    scale : what a good division pays in all, Σ w z^(1−α): the size of the objective
    capacity : (F, R) how large each resource is, for scaling
    prices : p⁰, where the search begins
    others : (F, R) what the others use at p⁰, and (F·R, F·R) how that falls as prices rise

    A resource that these claims could not use up if they had all they ask for, and where nobody else uses less when prices
    rise, is left out and has the price 0.
    """
    flavors = len(room)
    most = _most_use(claims, flavors)
    use, falls = (np.zeros_like(room), np.zeros((room.size, room.size))) if others is None else others
    rows = np.flatnonzero((np.diag(falls) > 0) | (most + use > room).ravel())
    found = np.zeros(room.size)
    x = _all_asked(claims)
    if not len(rows):
        return x, found.reshape(room.shape)
    places = np.full(room.size, -1)
    places[rows] = np.arange(len(rows))
    at: Ints = places.reshape(room.shape)
    paying = _paying(claims, at)
    if not paying.all():
        rest, prices = interior(_only(claims, paying), room, alpha, scale, capacity, prices, others)
        x[np.repeat(paying, np.diff(claims.start))] = rest
        return x, prices
    size = np.maximum(capacity.ravel()[rows], 1e-300)
    p: Floats = np.asarray(scale / len(rows) / size if prices is None else prices.ravel()[rows])
    begin = _Begin(room.ravel()[rows], p, use.ravel()[rows], falls[np.ix_(rows, rows)], at, scale / len(rows) / size)
    x, priced, off = _started(claims, begin, alpha, scale, centred=False)
    if off > ALMOST:
        again, other, still = _started(claims, begin, alpha, scale, centred=True)
        if still < off:
            x, priced = again, other
    found[rows] = priced
    return x, found.reshape(room.shape)


def _started(
    claims: Sparse, begin: _Begin, alpha: float, scale: float, *, centred: bool
) -> tuple[Floats, Floats, float]:
    return _iterate(
        claims.start,
        claims.flavor,
        claims.speed,
        claims.bundle,
        claims.tasks,
        claims.weight,
        claims.minimum,
        begin.room,
        begin.prices,
        begin.use,
        begin.falls,
        begin.at,
        begin.unit,
        alpha,
        scale,
        centred,
    )


def _paying(claims: Sparse, at: Ints) -> Bools:
    """Which claims need anything scarce on the fastest of their flavors: (K,). The others have all they ask for there."""
    scarce = (claims.bundle > 0).astype(np.float64) @ (at >= 0).astype(np.float64).T > 0
    fastest = claims.flavor[_fastest(claims.start, claims.speed)]
    return np.asarray(scarce[np.arange(len(fastest)), fastest])


def _only(claims: Sparse, which: Bools) -> Sparse:
    pairs = np.repeat(which, np.diff(claims.start))
    begin = np.concatenate([[0], np.cumsum(np.diff(claims.start)[which])])
    each = (column[which] for column in (claims.bundle, claims.tasks, claims.weight, claims.minimum))
    return Sparse(begin, claims.flavor[pairs], claims.speed[pairs], *each)


def _most_use(claims: Sparse, flavors: int) -> Floats:
    """What the claims would use if each had all it asks for on every flavor it may use: (F, R)."""
    owner = np.repeat(np.arange(len(claims.tasks)), np.diff(claims.start))
    most = np.zeros((flavors, claims.bundle.shape[1]))
    with np.errstate(invalid="ignore"):
        each = np.where(claims.bundle > 0, claims.bundle * claims.tasks[:, None], 0.0)
    np.add.at(most, claims.flavor, each[owner])
    return most


def _all_asked(claims: Sparse) -> Floats:
    """Everybody's whole cap on its fastest flavor: (P,)."""
    x = np.zeros(len(claims.flavor))
    fastest = _fastest(claims.start, claims.speed)
    x[fastest] = claims.tasks
    return x


@compiled
def _fastest(start: Ints, speed: Floats) -> Ints:
    """The pair of each claim's fastest flavor: (K,)."""
    at = start[:-1].copy()
    for k in range(len(at)):
        for e in range(start[k], start[k + 1]):
            if speed[e] > speed[at[k]]:
                at[k] = e
    return at


@compiled
def _begin(  # noqa: C901, PLR0912  # one compiled kernel
    start: Ints, flavor: Ints, speed: Floats, bundle: Floats, tasks: Floats, w: Floats, least: Floats,
    p: Floats, at: Ints, alpha: float,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:  # fmt: skip
    """Begin near the response to the prices, well inside: x and ζ (P,), λ, κ and worths (K,)."""
    width = bundle.shape[1]
    x, zeta = np.empty(len(flavor)), np.empty(len(flavor))
    lam, kappa, worths = np.zeros(len(tasks)), np.zeros(len(tasks)), np.empty(len(tasks))
    for k in range(len(tasks)):
        a, b = start[k], start[k + 1]
        cheap, dear = np.inf, 0.0
        for e in range(a, b):
            cost = 0.0
            for r in range(width):
                if at[flavor[e], r] >= 0:
                    cost += p[at[flavor[e], r]] * bundle[k, r]
            cheap, dear = min(cheap, cost / speed[e]), max(dear, cost / speed[e])
        fast = speed[a:b].max()
        goal = (w[k] / max(cheap, 1e-300)) ** (1.0 / max(alpha, 0.5))
        goal = min(goal, tasks[k] * fast)
        for e in range(a, b):
            x[e] = min(goal, 1e150) / speed[a:b].sum()
        total = x[a:b].sum()
        top = tasks[k] * 0.9 if tasks[k] < np.inf else np.inf
        low = least[k] * 1.1 if least[k] * 1.1 < top else 0.5 * (least[k] + tasks[k])
        factor = 1.0
        if total > top:
            factor = top / total
        elif total < low:
            factor = low / total
        rate = 0.0
        for e in range(a, b):
            x[e] *= factor
            rate += x[e] * speed[e]
        worth = w[k] * rate ** (-alpha)
        if alpha > 1.0:  # a power of a rate that is off by little may be far from what it will be worth
            worth = min(max(worth, 0.1 * cheap, 1e-6 * dear), 10.0 * dear)
        worths[k] = worth
        rent, loss = 0.0, 0.0
        for e in range(a, b):
            cost = 0.0
            for r in range(width):
                if at[flavor[e], r] >= 0:
                    cost += p[at[flavor[e], r]] * bundle[k, r]
            zeta[e] = cost - worth * speed[e]
            rent = max(rent, -zeta[e])
            loss = max(loss, abs(zeta[e]) + 0.01 * cost + 0.01 * worth * speed[e])
        if tasks[k] < np.inf:
            lam[k] = rent + 0.1 * loss
        if least[k] > 0.0:
            kappa[k] = 0.1 * loss
        for e in range(a, b):
            zeta[e] = max(zeta[e] + lam[k] - kappa[k], 0.1 * loss)
    return x, zeta, lam, kappa, worths


@compiled
def _missing(w: float, alpha: float, z: float, worth: float) -> float:
    """What a worth lacks to be w · z^−α, to first order; beyond α = 1 as z · worth^(1/α) = w^(1/α) tells it.

    The larger α, the less a power of the worth bends, and the more one of the rate: so Newton's steps stay long.
    """
    if alpha <= 1.0:
        return w * z ** (-alpha) - worth  # type: ignore[no-any-return]  # floats
    return alpha * worth * ((w / worth) ** (1.0 / alpha) / z - 1.0)  # type: ignore[no-any-return]  # floats


@compiled
def _between(value: float, middle: float) -> float:
    """Keep a slack or multiplier near the centre, so that no product is far smaller or larger than the others."""
    return min(max(value, 0.1 * middle), 10.0 * middle)


@compiled
def _fit_in(start: Ints, flavor: Ints, bundle: Floats, x: Floats, room: Floats, at: Ints) -> None:
    """Scale the tasks on each flavor down until nine tenths of what there is suffice."""
    used, part = np.zeros(len(room)), np.ones(len(at))
    for k in range(len(start) - 1):
        for e in range(start[k], start[k + 1]):
            for r in range(bundle.shape[1]):
                if at[flavor[e], r] >= 0:
                    used[at[flavor[e], r]] += bundle[k, r] * x[e]
    for f in range(len(at)):
        for r in range(bundle.shape[1]):
            q = at[f, r]
            if q >= 0 and room[q] > 0.0 and used[q] > 0.9 * room[q]:
                part[f] = min(part[f], 0.9 * room[q] / used[q])
    for e in range(len(x)):
        x[e] *= part[flavor[e]]


@compiled
def _iterate(  # noqa: C901, PLR0912, PLR0915  # one compiled kernel
    start: Ints, flavor: Ints, speed: Floats, bundle: Floats, tasks: Floats, w: Floats, least: Floats,
    room: Floats, p: Floats, use: Floats, falls: Floats, at: Ints, unit: Floats, alpha: float, scale: float, centred: bool,
) -> tuple[Floats, Floats, float]:  # fmt: skip
    many, pairs, size, width = len(tasks), len(flavor), len(room), bundle.shape[1]
    p0 = p.copy()
    p = np.maximum(p, 1e-3 * unit)
    room = room - use
    x, zeta, lam, kappa, worth = _begin(start, flavor, speed, bundle, tasks, w, least, p, at, alpha)
    if centred:
        _fit_in(start, flavor, bundle, x, room, at)
    y = np.maximum(0.05 * np.abs(room), 1e-3 * scale / size / p)
    u, low = np.empty(many), np.empty(many)
    # how far slacks are from what they stand for; carried along: recomputing it would lose the digits of a small slack
    off, below = np.zeros(many), np.zeros(many)
    for k in range(many):
        total = x[start[k] : start[k + 1]].sum()
        u[k] = max(tasks[k] - total, 0.05 * tasks[k]) if tasks[k] < np.inf else np.inf
        off[k] = tasks[k] - total - u[k] if tasks[k] < np.inf else 0.0
        low[k] = max(total - least[k], 0.05 * total)
        below[k] = total - least[k] - low[k]
    if centred:
        mu = 0.1 * scale / (size + 2.0 * pairs)
        for q in range(size):
            y[q] = _between(y[q], mu / p[q])
        for k in range(many):
            if tasks[k] < np.inf:
                lam[k] = _between(lam[k], mu / u[k])
            if least[k] > 0.0:
                kappa[k] = _between(kappa[k], mu / low[k])
            for e in range(start[k], start[k + 1]):
                zeta[e] = _between(zeta[e], mu / x[e])
    # z^α · g = w ties the rate z to its worth g; kept as a pair, like a slack and its multiplier, Newton's steps stay long
    z = np.empty(many)
    for k in range(many):
        z[k] = (speed[start[k] : start[k + 1]] * x[start[k] : start[k + 1]]).sum()
        if alpha <= 1.0:
            worth[k] = w[k] * z[k] ** (-alpha)
    off_worth, aw, dw = np.zeros(many), np.zeros(many), np.zeros(many)
    wide = 1
    for k in range(many):
        wide = max(wide, start[k + 1] - start[k])
    factor = np.empty((many, wide, wide))
    h, dx, dz = np.empty(pairs), np.empty(pairs), np.empty(pairs)
    back = np.empty((wide, wide))
    vec = np.empty(wide)
    rd = np.empty(pairs)
    ax, al, ak, ay = np.zeros(pairs), np.zeros(many), np.zeros(many), np.zeros(size)
    du, dl, dm, dk, dy = np.zeros(many), np.zeros(many), np.zeros(many), np.zeros(many), np.zeros(size)
    dp = np.zeros(size)
    bestx, bestp, best, stale = x.copy(), p.copy(), np.inf, 0
    for _ in range(ROUNDS):
        # residuals, and how complementary everything is
        gap, count = 0.0, size + pairs
        wrong = 0.0
        short = room - y
        system = np.zeros((size, size))
        for q in range(size):
            gap += p[q] * y[q]
            for j in range(size):
                short[q] += falls[q, j] * (p[j] - p0[j])
                system[q, j] = falls[q, j]
            system[q, q] += y[q] / p[q]
        for k in range(many):
            z[k] = 0.0
            for e in range(start[k], start[k + 1]):
                z[k] += speed[e] * x[e]
            off_worth[k] = _missing(w[k], alpha, z[k], worth[k])
            wrong += abs(off_worth[k]) * z[k]
            for e in range(start[k], start[k + 1]):
                cost = 0.0
                for r in range(width):
                    q = at[flavor[e], r]
                    if q >= 0:
                        cost += p[q] * bundle[k, r]
                        short[q] -= bundle[k, r] * x[e]
                rd[e] = worth[k] * speed[e] - cost - lam[k] + kappa[k] + zeta[e]
                wrong += abs(rd[e]) * x[e]
                gap += x[e] * zeta[e]
            if tasks[k] < np.inf:
                gap += lam[k] * u[k]
                count += 1
            if least[k] > 0.0:
                gap += kappa[k] * low[k]
                count += 1
        miss = 0.0
        for q in range(size):
            miss += abs(short[q]) * max(p[q], unit[q])  # what is used beyond its room costs, though it has no price
        total_wrong = (gap + wrong + miss) / scale
        if not total_wrong < 1e300:
            break
        if total_wrong < best:
            stale = 0 if total_wrong < 0.9 * best else stale + 1
            best = total_wrong
            bestx[:] = x
            bestp[:] = p
        else:
            stale += 1
        if best < NEAR * (1.0 + many) or (stale > 6 and best < ALMOST):
            break
        mu = gap / count
        # factor each claim's block and add it to the system of the prices
        for k in range(many):
            a, b = start[k], start[k + 1]
            d = b - a
            bend = alpha * worth[k] / z[k]
            stiff = (lam[k] / u[k] if tasks[k] < np.inf else 0.0) + (kappa[k] / low[k] if least[k] > 0.0 else 0.0)
            chol = factor[k]
            for i in range(d):
                chol[i, i] = zeta[a + i] / x[a + i]
                for j in range(i):
                    chol[i, j] = 0.0
                vec[i] = speed[a + i]
            _add_rank_one(chol, bend, vec, d)
            vec[:d] = 1.0
            _add_rank_one(chol, stiff, vec, d)
            # back = L⁻¹, so that the inverse of the block is backᵀ · D⁻¹ · back
            for i in range(d):
                back[i, i] = 1.0
                for j in range(i):
                    v = -chol[i, j]
                    for m in range(j + 1, i):
                        v -= chol[i, m] * back[m, j]
                    back[i, j] = v
            for i in range(d):
                for j in range(i + 1):
                    v = 0.0
                    for m in range(i, d):
                        v += back[m, i] * back[m, j] / chol[m, m]
                    for r in range(width):
                        q = at[flavor[a + i], r]
                        if q < 0:
                            continue
                        for s in range(width):
                            o = at[flavor[a + j], s]
                            if o < 0:
                                continue
                            each = v * bundle[k, r] * bundle[k, s]
                            system[q, o] += each
                            if i != j:
                                system[o, q] += each
        _factor(system)
        if not np.isfinite(system).all():
            break
        sigma, step_x, step_p = 0.0, 1.0, 1.0
        ax[:], al[:], ak[:], ay[:], aw[:] = 0.0, 0.0, 0.0, 0.0, 0.0
        for turn in range(2):
            right = np.zeros(size)
            for q in range(size):
                right[q] = (sigma * mu - p[q] * y[q] - ay[q]) / p[q] - short[q]
            for k in range(many):
                a, b = start[k], start[k + 1]
                d = b - a
                pull = 0.0
                if tasks[k] < np.inf:
                    pull -= (sigma * mu - lam[k] * u[k] - al[k] - lam[k] * off[k]) / u[k]
                if least[k] > 0.0:
                    pull += (sigma * mu - kappa[k] * low[k] - ak[k] - kappa[k] * below[k]) / low[k]
                chol = factor[k]
                for i in range(d):
                    e = a + i
                    h[e] = (
                        rd[e] + (sigma * mu - x[e] * zeta[e] - ax[e]) / x[e] + pull + speed[e] * (off_worth[k] - aw[k])
                    )
                    vec[i] = h[e]
                _solve(chol, vec, d)
                for i in range(d):
                    for r in range(width):
                        q = at[flavor[a + i], r]
                        if q >= 0:
                            right[q] += bundle[k, r] * vec[i]
            if not np.isfinite(right).all():
                return bestx, bestp, best
            dp[:] = right
            _solve_dense(system, dp)
            for q in range(size):
                dy[q] = (sigma * mu - p[q] * y[q] - ay[q] - y[q] * dp[q]) / p[q]
            step_x, step_p = 1.0, 1.0
            for q in range(size):
                if dy[q] < 0.0:
                    step_x = min(step_x, -y[q] / dy[q])
                if dp[q] < 0.0:
                    step_p = min(step_p, -p[q] / dp[q])
            for k in range(many):
                a, b = start[k], start[k + 1]
                d = b - a
                for i in range(d):
                    e = a + i
                    v = h[e]
                    for r in range(width):
                        q = at[flavor[e], r]
                        if q >= 0:
                            v -= bundle[k, r] * dp[q]
                    vec[i] = v
                _solve(factor[k], vec, d)
                total, faster = 0.0, 0.0
                for i in range(d):
                    e = a + i
                    dx[e] = vec[i]
                    total += vec[i]
                    faster += speed[e] * vec[i]
                    dz[e] = (sigma * mu - x[e] * zeta[e] - ax[e] - zeta[e] * dx[e]) / x[e]
                    if dx[e] < 0.0:
                        step_x = min(step_x, -x[e] / dx[e])
                    if dz[e] < 0.0:
                        step_p = min(step_p, -zeta[e] / dz[e])
                dw[k] = off_worth[k] - aw[k] - alpha * worth[k] / z[k] * faster
                if dw[k] < 0.0:
                    step_p = min(step_p, -worth[k] / dw[k])
                if turn == 0 and alpha <= 1.0:
                    aw[k] = alpha * faster / z[k] * dw[k]
                elif turn == 0:
                    aw[k] = faster / z[k] * dw[k] - 0.5 * (1.0 - 1.0 / alpha) * dw[k] ** 2 / worth[k]
                if tasks[k] < np.inf:
                    du[k] = off[k] - total
                    dl[k] = (sigma * mu - lam[k] * u[k] - al[k] - lam[k] * du[k]) / u[k]
                    if du[k] < 0.0:
                        step_x = min(step_x, -u[k] / du[k])
                    if dl[k] < 0.0:
                        step_p = min(step_p, -lam[k] / dl[k])
                if least[k] > 0.0:
                    dm[k] = below[k] + total
                    dk[k] = (sigma * mu - kappa[k] * low[k] - ak[k] - kappa[k] * dm[k]) / low[k]
                    if dm[k] < 0.0:
                        step_x = min(step_x, -low[k] / dm[k])
                    if dk[k] < 0.0:
                        step_p = min(step_p, -kappa[k] / dk[k])
            if turn == 1:
                break
            # how far the predictor comes decides how much to centre
            after = 0.0
            for q in range(size):
                after += (y[q] + step_x * dy[q]) * (p[q] + step_p * dp[q])
                ay[q] = dy[q] * dp[q]
            for e in range(pairs):
                after += (x[e] + step_x * dx[e]) * (zeta[e] + step_p * dz[e])
                ax[e] = dx[e] * dz[e]
            for k in range(many):
                if tasks[k] < np.inf:
                    after += (u[k] + step_x * du[k]) * (lam[k] + step_p * dl[k])
                    al[k] = du[k] * dl[k]
                if least[k] > 0.0:
                    after += (low[k] + step_x * dm[k]) * (kappa[k] + step_p * dk[k])
                    ak[k] = dm[k] * dk[k]
            sigma = min(max((after / max(gap, 1e-300)) ** 3, 1e-8), 1.0)
        near = max(0.9, 1.0 - 10.0 * mu * count / scale) if mu * count < 0.01 * scale else 0.9
        near = min(near, 0.9995)
        step_x, step_p = min(1.0, near * step_x), min(1.0, near * step_p)
        for q in range(size):
            y[q] += step_x * dy[q]
            p[q] += step_p * dp[q]
        for e in range(pairs):
            x[e] += step_x * dx[e]
            zeta[e] += step_p * dz[e]
        for k in range(many):
            worth[k] += step_p * dw[k]
            if tasks[k] < np.inf:
                u[k] += step_x * du[k]
                off[k] *= 1.0 - step_x
                lam[k] += step_p * dl[k]
            if least[k] > 0.0:
                low[k] += step_x * dm[k]
                below[k] *= 1.0 - step_x
                kappa[k] += step_p * dk[k]
    return bestx, bestp, best


@compiled
def _factor(system: Floats) -> None:
    """Cholesky in place, lower triangle; a direction in which nothing resists is left alone (Wright)."""
    size = len(system)
    for q in range(size):
        whole = system[q, q]
        for m in range(q):
            system[q, q] -= system[q, m] * system[q, m]
        system[q, q] = np.sqrt(system[q, q]) if system[q, q] > 1e-15 * whole else 1e150
        for o in range(q + 1, size):
            v = system[o, q]
            for m in range(q):
                v -= system[o, m] * system[q, m]
            system[o, q] = v / system[q, q]


@compiled
def _solve_dense(chol: Floats, vec: Floats) -> None:
    """Solve chol · cholᵀ · v = vec in place."""
    size = len(vec)
    for q in range(size):
        for m in range(q):
            vec[q] -= chol[q, m] * vec[m]
        vec[q] /= chol[q, q]
    for q in range(size - 1, -1, -1):
        for m in range(q + 1, size):
            vec[q] -= chol[m, q] * vec[m]
        vec[q] /= chol[q, q]


@compiled
def _add_rank_one(chol: Floats, size: float, vec: Floats, d: int) -> None:
    """Factor L·D·Lᵀ + size · vec·vecᵀ anew, in place; only positive numbers are added to the pivots. Uses up `vec`."""
    for j in range(d):
        if size == 0.0:
            return
        lead = vec[j]
        pivot = chol[j, j] + size * lead * lead
        beta = size * lead / pivot
        size *= chol[j, j] / pivot
        chol[j, j] = pivot
        for i in range(j + 1, d):
            vec[i] -= lead * chol[i, j]
            chol[i, j] += beta * vec[i]


@compiled
def _solve(chol: Floats, vec: Floats, d: int) -> None:
    """Solve L · D · Lᵀ · v = vec in place."""
    for i in range(d):
        for m in range(i):
            vec[i] -= chol[i, m] * vec[m]
    for i in range(d - 1, -1, -1):
        v = vec[i] / chol[i, i]
        for m in range(i + 1, d):
            v -= chol[m, i] * vec[m]
        vec[i] = v
