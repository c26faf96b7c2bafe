"""Do independent methods fill to the same levels, and make the same whole numbers of them?

Against progressive filling: leximin by one linear program a level (HiGHS) on one flavor, and a simulation of the rising
water in fractions, event by event, on several. Against rounding: the passes of its definition, one unit at a time.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from apportion.policies.max_min import own_plan
from apportion.solver.filling.fill import fill
from apportion.solver.integers.whole import whole
from making import MICRO, cases, situation_of

usual = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problems(draw, kinds=(1, 1), claims=5, minima=True):
    """rate (M, F), most, least, bundle, capacity in small whole numbers; least fits whatever is drawn on one flavor."""
    many, kind, width = draw(st.integers(1, claims)), draw(st.integers(*kinds)), draw(st.integers(1, 3))

    def table(rows, columns, *values):
        return np.array(
            draw(st.lists(st.sampled_from(values), min_size=rows * columns, max_size=rows * columns))
        ).reshape(rows, columns)

    rate = table(many, kind, 0, 1, 1, 2, 3, 7, 50).astype(np.float64)
    bundle = table(many, width, 0, 1, 1, 2, 5, 9)
    most = table(many, 1, 0, 1, 2, 3, 10, 40).ravel()
    capacity = table(kind, width, 0, 3, 10, 11, 50, 200)
    least = np.zeros(many, dtype=np.int64)
    if minima and kind == 1:
        least = np.minimum(table(many, 1, 0, 0, 1, 3).ravel(), most)
        least = np.where((rate[:, 0] > 0) & (least @ bundle <= capacity[0]).all(), least, 0)
    return rate, most, least, bundle, capacity


@usual
@given(problems())
def test_filling_one_flavor_is_leximin_by_linear_programs(problem):
    rate, most, least, bundle, capacity = problem
    rising = (rate[:, 0] > 0) & bundle.any(axis=1) & (most > 0)
    rate, most, least, bundle = rate[rising], most[rising], least[rising], bundle[rising]
    if not len(rate):
        return
    base = least[:, None] * float(MICRO)
    found = fill(rate, most * MICRO, bundle, capacity, base).tasks[:, 0] / MICRO
    assert found == pytest.approx(_leximin(rate[:, 0], most, least, bundle, capacity[0]), rel=1e-6, abs=1e-6)


def _leximin(rate, most, least, bundle, capacity):
    """Raise the least x / rate of the free claims as far as possible, fix whoever cannot be above it, and go on."""
    low, high = least.astype(float), most.astype(float)
    free = np.ones(len(rate), dtype=bool)
    while free.any():
        level = _highest(rate, low, high, bundle, capacity, free)
        at_level = np.where(free, np.maximum(low, level * rate), low)
        stuck = [
            i for i in np.flatnonzero(free) if _most(i, at_level, high, bundle, capacity) <= level * rate[i] + 1e-7
        ]
        low[stuck] = high[stuck] = level * rate[stuck]
        free[stuck] = False
    return low


def _highest(rate, low, high, bundle, capacity, free):
    """The largest t such that x ≥ t · rate for all free claims within the limits."""
    many, width = bundle.shape
    rows = np.block([[-np.eye(many)[free], rate[free, None]], [bundle.T, np.zeros((width, 1))]])
    right = np.concatenate([np.zeros(free.sum()), capacity])
    return -linprog(np.append(np.zeros(many), -1), rows, right, bounds=[*zip(low, high, strict=True), (0, None)]).fun


def _most(i, low, high, bundle, capacity):
    """The most that claim i can have while nobody goes below `low`; a hair of slack for the rounding of `low`."""
    cost = np.zeros(len(low))
    cost[i] = -1
    bounds = [*zip(np.maximum(low - 1e-9, 0), np.maximum(high, low), strict=True)]
    return -linprog(cost, bundle.T, capacity, bounds=bounds).fun


@usual
@given(problems(kinds=(1, 3)), st.booleans(), st.booleans())
def test_filling_is_the_simulation_of_rising_water_in_fractions(problem, steady, based):
    rate, most, _, bundle, capacity = problem
    base = (
        np.minimum(np.minimum(rate, 1), most[:, None] // rate.shape[1]).astype(np.int64)
        if based
        else np.zeros_like(rate)
    )
    base = base if (base.T @ bundle <= capacity).all() else np.zeros_like(base)
    rate[~bundle.any(axis=1)] = 0
    found = fill(rate, most * MICRO, bundle, capacity, base * float(MICRO), steady=steady)
    exact = _rising(rate, most, base, bundle, capacity, steady)
    assert found.tasks / MICRO == pytest.approx(np.array(exact, dtype=float), rel=1e-9, abs=1e-9)


def _rising(rate, most, base, bundle, capacity, steady):
    """Go from event to event: a claim starts, reaches its cap, or a resource is used up."""
    many, kinds = rate.shape
    a = [[Fraction(int(rate[i, f])) for f in range(kinds)] for i in range(many)]
    x = [[Fraction(int(base[i, f])) for f in range(kinds)] for i in range(many)]
    start = [sum(x[i]) / sum(a[i]) if any(a[i]) else Fraction(0) for i in range(many)]
    level = Fraction(0)
    while True:
        left = [
            [int(c) - sum(x[i][f] * int(bundle[i, r]) for i in range(many)) for r, c in enumerate(row)]
            for f, row in enumerate(capacity)
        ]
        pace = [
            [a[i][f] if _open(i, f, x, most, bundle, left) else Fraction(0) for f in range(kinds)] for i in range(many)
        ]
        if not any(any(row) for row in pace):
            return x
        if steady:
            pace = [[p * sum(a[i]) / sum(row) if p else p for p in row] for i, row in enumerate(pace)]
        begun = [start[i] <= level for i in range(many)]
        steps = [start[i] - level for i in range(many) if any(pace[i]) and not begun[i]]
        steps += [(int(most[i]) - sum(x[i])) / sum(pace[i]) for i in range(many) if any(pace[i]) and begun[i]]
        for f, row in enumerate(left):
            for r, rest in enumerate(row):
                speed = sum(pace[i][f] * int(bundle[i, r]) for i in range(many) if begun[i])
                steps += [rest / speed] if speed else []
        step = min(steps)
        level += step
        x = [[x[i][f] + pace[i][f] * step if begun[i] else x[i][f] for f in range(kinds)] for i in range(many)]


def _open(i, f, x, most, bundle, left):
    return sum(x[i]) < int(most[i]) and all(left[f][r] > 0 for r in np.flatnonzero(bundle[i]))


@usual
@given(problems(kinds=(1, 3), claims=8), st.integers(0, 999))
def test_rounding_is_its_definition_one_unit_at_a_time(problem, seed):
    rate, most, _, bundle, capacity = problem
    chance = np.random.default_rng(seed)
    phase, order = chance.integers(0, 2, len(rate)), chance.permutation(len(rate))
    rate[~bundle.any(axis=1)] = 0
    caps = most * MICRO + chance.integers(0, 3, len(most))
    real = fill(rate, caps, bundle, capacity, phase=phase).tasks
    may = rate > 0
    base = np.zeros(rate.shape, dtype=np.int64)
    found, loss = whole(real, base, caps, bundle, capacity, may, order, phase)
    assert found.tolist() == _by_definition(real, caps, bundle, capacity, may, order, phase)
    assert 0 <= loss <= 1
    huge = 10**12
    wide, _ = whole(real, base, caps, bundle * huge, capacity * huge, may, order, phase)
    assert wide.tolist() == found.tolist()


def _by_definition(real, most, bundle, capacity, may, order, phase):
    """Floor (but for a hair), then passes by phase, remainder and tie, one micro-task each, until nobody fits one more."""
    many, kinds = real.shape
    tasks = [[min(int(np.floor(real[i, f] + 1e-6)), int(most[i])) for f in range(kinds)] for i in range(many)]
    left = [
        [int(c) * MICRO - sum(tasks[i][f] * int(bundle[i, r]) for i in range(many)) for r, c in enumerate(row)]
        for f, row in enumerate(capacity)
    ]
    for now in sorted(set(phase.tolist())):
        pairs = [(i, f) for i in range(many) for f in range(kinds) if phase[i] == now and may[i, f]]
        pairs.sort(key=lambda pair: (-(real[pair] - tasks[pair[0]][pair[1]]), order[pair[0]], pair[1]))
        fitted = True
        while fitted:
            fitted = False
            for i, f in pairs:
                need = [int(b) for b in bundle[i]]
                if sum(tasks[i]) < most[i] and all(b <= rest for b, rest in zip(need, left[f], strict=True)):
                    tasks[i][f] += 1
                    left[f] = [rest - b for b, rest in zip(need, left[f], strict=True)]
                    fitted = True
    return tasks


@usual
@given(problems(kinds=(1, 2)), st.sampled_from([1e-15, 1e-12, 1e-6, 0.5]))
def test_what_is_over_a_capacity_is_taken_back(problem, excess):
    rate, most, _, bundle, capacity = problem
    rate[~bundle.any(axis=1)] = 0
    real = fill(rate, most * MICRO, bundle, capacity).tasks
    base = np.zeros(rate.shape, dtype=np.int64)
    order = np.arange(len(rate))
    tasks, _ = whole(real * (1 + excess), base, most * MICRO, bundle, capacity, rate > 0, order)
    left = capacity * MICRO - tasks.T @ bundle
    assert (left >= 0).all()
    assert (tasks.sum(axis=1) <= most * MICRO).all()
    open_ = (rate > 0) & (tasks.sum(axis=1) < most * MICRO)[:, None]
    assert not (open_ & (bundle[:, None] <= left[None]).all(axis=2)).any()


def test_an_own_plan_is_the_filling_of_one_member_at_a_time():
    chance = np.random.default_rng(7)
    for _ in range(30):
        many = 12
        who = [f"m{n}" for n in chance.integers(0, 3, many)]
        owned = {("f", f"m{n}"): tuple(chance.integers(0, 30, 3)) for n in range(3)}
        situation = situation_of(
            {},
            chance.choice([0, 1, 2, 5], (many, 3)),
            tasks=chance.integers(0, 9, many),
            members=who,
            owned=owned,
            weights=dict.fromkeys(["m0", "m1", "m2"], 1.0),
        )
        claims = situation.claims
        for m in range(3):
            mine = np.flatnonzero(claims.member == m)
            may = situation.possible[mine].any(axis=1) & claims.bundle[mine].any(axis=1)
            rate = np.where(may, claims.tasks_micro[mine], 0).astype(float)[:, None]
            alone = fill(rate, claims.tasks_micro[mine], claims.bundle[mine], situation.standing.entitlement[m])
            got = own_plan(situation)[mine]
            assert got[may] == pytest.approx(alone.tasks[may, 0], rel=1e-12)


@usual
@given(case=cases(flavors=(1, 1), minima=False))
def test_an_own_plan_fits_the_entitlement(case):
    situation = case.situation()
    own, claims = own_plan(situation), situation.claims
    use = np.zeros(situation.standing.entitlement[:, 0].shape)
    np.add.at(use, claims.member, own[:, None] * claims.bundle)
    assert (use <= situation.standing.entitlement[:, 0] * float(MICRO) * (1 + 1e-12)).all()
    assert (own <= claims.tasks_micro).all()
