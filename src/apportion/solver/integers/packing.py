"""Which whole tasks are worth most together, and what could divided ones be worth at most?

    max Σ_k Σ_f worth[k,f] · n[k,f]    with    Σ_f n[k,f] ≤ most_k,    Σ_k bundle[k,r] · n[k,f] ≤ room[f,r]

over kinds k of tasks (`apportion.solver.integers.kinds`): `pack` in whole numbers, `relax` in real ones, with prices. Rows
are divided by the room and columns by their largest value, so units do not matter to the solver. A search is ended by
counting nodes, never by a clock, and what it found is checked in integers.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import exact_products
from apportion.errors import Failed

EXACT = 2_000  # pairs of kind and flavor up to which whole numbers are searched for, in place of flooring real ones
NODES = 2_000  # of that search
DIRECT = 5_000  # kinds up to which one linear program is solved at once
SCALE = 1e4  # the largest worth in the search, so that the solver's absolute tolerances are small beside it
NEAR = 1e-9  # of a number that a linear program gives: nearer to a limit than this is at it


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Real tasks of each kind on each flavor (K, F), and prices (F, R) for a thousandth of each resource."""

    tasks: Floats
    price: Floats


@dataclass(frozen=True, eq=False)
class Packed:
    """Whole tasks of each kind on each flavor (K, F), feasible in integers, and whether a search proved them best."""

    tasks: Ints
    proved: bool


@dataclass(frozen=True, eq=False)
class Charge:
    """What taking any task of a group costs besides: `of` (G,) for each group, `group` (K,) of each kind."""

    of: Floats
    group: Ints

    def added(
        self, rows: csr_array, right: Floats, upper: Floats, gain: Floats, kind: Ints
    ) -> tuple[csr_array, Floats, Floats, Floats]:
        """Add one yes or no a group to a program over pairs of these kinds: a pair's tasks need its group's yes."""
        pairs, groups = np.arange(len(kind)), len(self.of)
        yes = coo_array((-np.ones(len(kind)), (pairs, self.group[kind])), (len(kind), groups))
        needs = hstack([coo_array((1 / upper, (pairs, pairs)), (len(kind), len(kind))), yes])
        alone = hstack([rows, coo_array((rows.shape[0], groups))])
        return (
            csr_array(vstack([alone, needs])),
            np.concatenate([right, np.zeros(len(kind))]),
            np.concatenate([upper, np.ones(groups)]),
            np.concatenate([gain, -self.of]),
        )


@dataclass(frozen=True, eq=False)
class _Table:
    """The pairs that count, and their rows: use of room and of what is asked, both in parts of what there is."""

    kind: Ints
    flavor: Ints
    largest: Floats
    gain: Floats
    rows: csr_array
    asked: Ints

    def spread(self, values: Floats, shape: tuple[int, ...]) -> Floats:
        """Write values of pairs, in parts of their largest, as (K, F) tasks."""
        table = np.zeros(shape)
        table[self.kind, self.flavor] = values * self.largest
        return table


def _table(worth: Floats, bundle: Ints, most: Floats, room: Floats) -> _Table:
    k, f = np.nonzero((_bids(worth, bundle, room) > 0) & (most > 0)[:, None])
    need, have = bundle[k].astype(np.float64), room[f]
    fit = np.divide(have, need, out=np.full(need.shape, np.inf), where=need > 0).min(axis=1, initial=np.inf)
    largest = np.minimum(most[k], fit)
    part = np.divide(need * largest[:, None], have, out=np.zeros(need.shape), where=need > 0)
    width, pairs = room.shape[1], np.arange(len(k))
    at = (f[:, None] * width + np.arange(width)).ravel()
    use = coo_array((part.ravel(), (at, pairs.repeat(width))), (room.size, len(k)))
    asked = np.unique(k)
    of_kind = coo_array((largest / most[k], (np.searchsorted(asked, k), pairs)), (len(asked), len(k)))
    return _Table(k, f, largest, worth[k, f] * largest, csr_array(vstack([use, of_kind])), asked)


def relax(worth: Floats, bundle: Ints, most: Floats, room: Floats, *, cheapest: bool = False) -> Relaxed:
    """Solve with real numbers, (K, F), (K, R), (K,), (F, R); prices are the dual's, `cheapest` the lowest of them.

    Prices are a dual solution: whoever pays them for its bundle and takes what is worth it to him takes an optimum. Where a
    dual is not unique, the cheapest makes all that is for sale cost least; for one resource that is the highest value that
    is not served, as in the uniform-price auction.

    Raises
    ------
    Failed
        if the linear program is not solved, which only rounding errors of extreme numbers can cause.
    """
    solve = _solved if len(worth) <= DIRECT else _sifted
    return solve(worth, bundle, most, room, cheapest=cheapest)


def _sifted(worth: Floats, bundle: Ints, most: Floats, room: Floats, *, cheapest: bool) -> Relaxed:
    """Solve a large program exactly by small ones, since at given prices most kinds have but one best answer.

    Prices come first from a sample of the kinds. Those for which the best flavor, or none, is clear by most are held at it,
    and the program of the others in what is left gives new prices. Where these change the answer of a kind that was held, it
    is held no longer; when they change none, both programs have the same optimum, by complementary slackness.
    """
    bids, step = _bids(worth, bundle, room), -(-len(worth) // DIRECT)
    price = _solved(worth[::step], bundle[::step], most[::step], room / step, cheapest=False).price
    profit = bids - bundle @ price.T
    answer, clear = _answers(profit)
    top = bids.max(axis=1, initial=0.0)
    rank = np.argsort(np.divide(clear, top, out=np.full(len(top), np.inf), where=top > 0), kind="stable")
    free, many = np.zeros(len(worth), dtype=bool), DIRECT
    while True:
        free[rank[:many]] = True
        tasks = np.where((np.arange(worth.shape[1]) == answer[:, None]) & ~free[:, None], most[:, None], 0.0)
        left = room - tasks.T @ bundle
        many *= 2
        if ((left <= 0) & (room > 0)).any() and not free.all():
            continue  # what is used up by those held would have no price
        found = _solved(worth[free], bundle[free], most[free], left, cheapest=cheapest)
        profit = bids - bundle @ found.price.T
        now = np.where(answer >= 0, profit[np.arange(len(profit)), answer], 0.0)
        wrong = ~free & (np.maximum(profit.max(axis=1, initial=0.0), 0.0) > now + NEAR * top)
        if not wrong.any():
            tasks[free] = found.tasks
            return Relaxed(tasks, found.price)
        free |= wrong


def _answers(profit: Floats) -> tuple[Ints, Floats]:
    """Which flavor is best for each kind, −1 for none, and by how much it is better than the next: (K,) each."""
    with_none = np.column_stack([np.zeros(len(profit)), profit])
    ranked = np.sort(with_none, axis=1)
    return with_none.argmax(axis=1) - 1, ranked[:, -1] - ranked[:, -2]


def _bids(worth: Floats, bundle: Ints, room: Floats) -> Floats:
    """What each kind is worth where there is any of all that it needs, else 0: (K, F)."""
    absent = (room <= 0).astype(np.float64)
    return np.where((bundle > 0).astype(np.float64) @ absent.T == 0, np.maximum(worth, 0.0), 0.0)


def _solved(worth: Floats, bundle: Ints, most: Floats, room: Floats, *, cheapest: bool) -> Relaxed:
    """Solve one linear program."""
    table = _table(worth, bundle, most, room)
    if not len(table.kind):
        return Relaxed(np.zeros(worth.shape), np.zeros(room.shape))
    scale = table.gain.max()
    found = linprog(-table.gain / scale, A_ub=table.rows, b_ub=np.ones(table.rows.shape[0]), method="highs-ds")
    if found.status != 0:
        raise Failed(f"the linear program was not solved: {found.message}", mend="bring values nearer to each other")
    dual = _cheapest(table, found.x, scale, room.size) if cheapest else None
    if dual is None:
        dual = -found.ineqlin.marginals[: room.size]
    have = room.ravel()
    price = np.divide(dual * scale, have, out=np.zeros(room.size), where=have > 0)
    tasks = table.spread(np.clip(found.x, 0.0, 1.0), worth.shape)
    return Relaxed(tasks, np.maximum(price, 0.0).reshape(room.shape))


def _cheapest(table: _Table, x: Floats, scale: float, rooms: int) -> Floats | None:
    """Of all duals that fit an optimum, take one that makes all the room cost least: (F·R,); None if none is found.

    By complementary slackness they are the prices, 0 where room is left, at which every task served is worth its cost and no
    less than it would be on another flavor, and no task beyond those served is worth more than it costs. So one row says
    cost(here) − cost(there) ≤ worth(here) − worth(there), where *there* is where the kind is served most, or not at all.
    """
    use = csr_array(table.rows[:rooms].T.multiply(1 / table.largest[:, None]))
    worth = table.gain / table.largest / scale
    first = np.searchsorted(table.kind, table.asked)
    most = np.array([at + x[at:to].argmax() for at, to in zip(first, [*first[1:], len(x)], strict=True)])[
        np.searchsorted(table.asked, table.kind)
    ]
    slack = 1.0 - table.rows @ x
    full = (slack[rooms:] <= NEAR)[np.searchsorted(table.asked, table.kind)]
    served = x > NEAR
    there = csr_array(use[most].multiply(full[:, None]))
    rows, right = csr_array(there - use), np.where(full, worth[most], 0.0) - worth
    least = served & full & (most == np.arange(len(x)))
    found = linprog(
        np.ones(rooms),
        A_ub=vstack([rows, use[least]]),
        b_ub=np.concatenate([right, worth[least]]),
        A_eq=rows[served & ~least],
        b_eq=right[served & ~least],
        bounds=np.column_stack([np.zeros(rooms), np.where(slack[:rooms] > NEAR, 0.0, np.inf)]),
    )
    return np.asarray(found.x) if found.status == 0 else None


def pack(worth: Floats, bundle: Ints, most: Ints, room: Ints, charge: Charge | None = None) -> Packed:
    """Solve with whole numbers: (K, F), (K, R), (K,), (F, R).

    Up to `EXACT` pairs of kind and flavor it is a search by branch and bound (HiGHS), ended after `NODES` nodes if it has
    not found the optimum by then. Beyond, a vertex of the relaxation is floored, which loses at most one task for each
    resource of each flavor, and what then still fits is added, what is worth most for its dominant share first.
    """
    may = (bundle[:, None, :] <= room[None]).all(axis=2) & (worth > 0) & (most > 0)[:, None]
    pairs = int(may.sum())
    if not pairs:
        return Packed(np.zeros(may.shape, dtype=np.int64), proved=True)
    found = _searched(worth, bundle, most, room, may, charge) if pairs <= EXACT or charge else None
    if found is None:
        fitting = np.where(may, worth, 0.0)
        real = relax(fitting, bundle, most.astype(np.float64), room.astype(np.float64)).tasks
        found = Packed(np.floor(real * (1 + NEAR) + NEAR).astype(np.int64), proved=False)
    _trim(found.tasks, worth, bundle, most, room)
    if charge is None:
        _top_up(found.tasks, worth, bundle, most, room, may)
    return found


def _searched(worth: Floats, bundle: Ints, most: Ints, room: Ints, may: Bools, charge: Charge | None) -> Packed | None:
    """Search by branch and bound; None if the last node came before any solution."""
    k, f = np.nonzero(may)
    need, width = bundle[k], room.shape[1]
    fit = np.where(need > 0, room[f] // np.maximum(need, 1), np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    upper = np.minimum(most[k], fit).astype(np.float64)
    pairs = np.arange(len(k))
    at = (f[:, None] * width + np.arange(width)).ravel()
    use = coo_array((need.ravel().astype(np.float64), (at, pairs.repeat(width))), (room.size, len(k)))
    of_kind = coo_array((np.ones(len(k)), (k, pairs)), (len(worth), len(k)))
    rows, right = csr_array(vstack([use, of_kind])), np.concatenate([room.ravel(), most]).astype(np.float64)
    unit = np.maximum(rows.max(axis=1).toarray().ravel(), 1.0)
    rows, right = csr_array(rows.multiply(1 / unit[:, None])), right / unit
    gain = worth[k, f]
    if charge is not None:
        rows, right, upper, gain = charge.added(rows, right, upper, gain, k)
    found = milp(
        -gain * (SCALE / gain.max()),
        integrality=np.ones(len(gain)),
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(rows, ub=right),
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if found.x is None:
        return None
    tasks = np.zeros(may.shape, dtype=np.int64)
    tasks[k, f] = np.rint(found.x[: len(k)]).astype(np.int64)
    return Packed(tasks, proved=found.status == 0)


def _trim(tasks: Ints, worth: Floats, bundle: Ints, most: Ints, room: Ints) -> None:
    """Take tasks away, those worth least first, where rounding errors went beyond what there is; in place."""
    for k in np.flatnonzero(tasks.sum(axis=1) > most):
        tasks[k, tasks[k].argmax()] -= tasks[k].sum() - most[k]
    for f, r in np.argwhere(exact_products(tasks, bundle) > room):
        over = int(exact_products(tasks[:, [f]], bundle[:, [r]])[0, 0]) - int(room[f, r])
        users = np.flatnonzero((tasks[:, f] > 0) & (bundle[:, r] > 0))
        for k in users[np.argsort(worth[users, f], kind="stable")]:
            if over > 0:
                less = min(int(tasks[k, f]), -(-over // int(bundle[k, r])))
                tasks[k, f] -= less
                over -= less * int(bundle[k, r])


def _top_up(tasks: Ints, worth: Floats, bundle: Ints, most: Ints, room: Ints, may: Bools) -> None:
    """Add whole tasks that still fit, what is worth most for its dominant share first; in place."""
    left = (room - exact_products(tasks, bundle)).astype(np.int64)
    spare = most - tasks.sum(axis=1)
    k, f = np.nonzero(may & (spare > 0)[:, None] & (bundle[:, None, :] <= left[None]).all(axis=2))
    part = np.divide(bundle[k], room[f], out=np.zeros((len(k), room.shape[1])), where=bundle[k] > 0)
    dense = worth[k, f] / np.maximum(part.max(axis=1, initial=0.0), np.finfo(float).tiny)
    for pair in np.argsort(-dense, kind="stable"):
        i, g = k[pair], f[pair]
        uses = bundle[i] > 0
        units = min(spare[i], (left[g, uses] // bundle[i, uses]).min(initial=spare[i]))
        tasks[i, g] += units
        spare[i] -= units
        left[g] -= units * bundle[i]
