"""Do branch and bound, linear programs and trying everything agree on which tasks are worth most, and on payments?"""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion import registry
from apportion.domain.verdict import Status
from apportion.policies import auction
from apportion.solver.integers import packing
from apportion.solver.integers.kinds import kinds, whole_claims, whole_lines
from apportion.solver.integers.packing import pack, relax
from making import cases, situation_of

usual = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problems(draw, kinds=4, most=3):
    """worth (K, F), bundle (K, R), most (K,), room (F, R), small enough to try everything."""
    many, flavors, width = draw(st.integers(1, kinds)), draw(st.integers(1, 2)), draw(st.integers(1, 2))

    def table(rows, columns, low, high):
        numbers = st.lists(st.integers(low, high), min_size=rows * columns, max_size=rows * columns)
        return np.array(draw(numbers), dtype=np.int64).reshape(rows, columns)

    bundle = table(many, width, 0, 5)
    bundle[~bundle.any(axis=1), 0] = 1
    return (
        table(many, flavors, 0, 9).astype(float),
        bundle,
        table(many, 1, 0, most).ravel(),
        table(flavors, width, 0, 12),
    )


def best_by_trying(worth, bundle, most, room):
    """Largest worth over all whole numbers, kind after kind."""
    left = {tuple(map(tuple, room)): 0.0}
    for k, n in enumerate(most):
        splits = [s for s in itertools.product(range(n + 1), repeat=worth.shape[1]) if sum(s) <= n]
        after: dict = {}
        for have, value in left.items():
            for split in splits:
                rest = np.array(have) - np.outer(split, bundle[k])
                if (rest >= 0).all():
                    key = tuple(map(tuple, rest))
                    after[key] = max(after.get(key, -1.0), value + float(worth[k] @ split))
        left = after
    return max(left.values())


def feasible(tasks, bundle, most, room):
    return (tasks >= 0).all() and (tasks.sum(axis=1) <= most).all() and (tasks.T @ bundle <= room).all()


@usual
@given(problems())
def test_the_search_finds_what_trying_everything_finds(problem):
    worth, bundle, most, room = problem
    found = pack(worth, bundle, most, room)
    assert found.proved
    assert feasible(found.tasks, bundle, most, room)
    assert (worth * found.tasks).sum() == pytest.approx(best_by_trying(*problem))


@usual
@given(problems())
def test_flooring_a_vertex_loses_at_most_a_task_for_each_resource_of_each_flavor(problem):
    worth, bundle, most, room = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "EXACT", -1)
        found = pack(worth, bundle, most, room).tasks
    assert feasible(found, bundle, most, room)
    assert (worth * found).sum() >= best_by_trying(*problem) - room.size * worth.max() - 1e-6


@usual
@given(problems(), st.booleans())
def test_prices_prove_that_no_division_is_worth_more(problem, cheapest):
    """Weak duality: p · room + Σ most · max(worth − cost, 0) is what x is worth, and whole tasks are worth no more."""
    worth, bundle, most, room = problem
    may = ((bundle[:, None, :] == 0) | (room[None] > 0)).all(axis=2) & (worth > 0)
    found = relax(worth, bundle, most.astype(float), room.astype(float), cheapest=cheapest)
    assert (found.tasks.T @ bundle <= room + 1e-6).all()
    assert (found.tasks.sum(axis=1) <= most + 1e-6).all()
    cost = (bundle[:, None, :] * found.price[None]).sum(axis=2)
    profit = np.where(may, worth - cost, 0.0).max(axis=1).clip(0)
    bound = (found.price * room).sum() + most @ profit
    assert (worth * found.tasks).sum() == pytest.approx(bound, abs=1e-6)
    assert bound >= best_by_trying(*problem) - 1e-6


@usual
@given(problems())
def test_the_cheapest_prices_cost_no_more_than_any_others(problem):
    """Against the price of a little more room, which no dual can undercut: V(room + ε) − V(room)."""
    worth, bundle, most, room = problem
    low = relax(worth, bundle, most.astype(float), room.astype(float), cheapest=True)
    more = 1e-4
    wide = relax(worth, bundle, most.astype(float), room * (1 + more))
    gain = ((worth * wide.tasks).sum() - (worth * low.tasks).sum()) / more
    assert (low.price * room).sum() == pytest.approx(gain, abs=1e-2)


@usual
@given(problems(kinds=12), st.booleans())
def test_a_program_in_parts_is_the_whole_program(problem, cheapest):
    worth, bundle, most, room = problem
    whole = relax(worth, bundle, most.astype(float), room.astype(float), cheapest=cheapest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "DIRECT", 3)
        parts = relax(worth, bundle, most.astype(float), room.astype(float), cheapest=cheapest)
    assert (parts.tasks.T @ bundle <= room + 1e-6).all()
    assert (parts.tasks.sum(axis=1) <= most + 1e-6).all()
    assert (worth * parts.tasks).sum() == pytest.approx((worth * whole.tasks).sum(), abs=1e-6)
    for found in (whole, parts):
        may = ((bundle[:, None, :] == 0) | (room[None] > 0)).all(axis=2) & (worth > 0)
        profit = np.where(may, worth - (bundle[:, None, :] * found.price[None]).sum(axis=2), 0.0).max(axis=1).clip(0)
        assert (found.price * room).sum() + most @ profit == pytest.approx((worth * whole.tasks).sum(), abs=1e-6)
    if cheapest:
        assert (parts.price * room).sum() == pytest.approx((whole.price * room).sum(), abs=1e-6)


@usual
@given(case=cases(most_claims=6), seed=st.integers(0, 99))
def test_lines_and_claims_get_exactly_what_their_kinds_were_granted(case, seed):
    situation = case.situation()
    chance = np.random.default_rng(seed)
    worth = np.where(situation.possible, 1.0, 0.0)
    of = kinds(situation, worth, np.zeros(situation.possible.shape, dtype=np.int64))
    granted = np.zeros(of.worth.shape, dtype=np.int64)
    for k, most in enumerate(of.whole):
        if granted.shape[1]:
            granted[k] = chance.multinomial(chance.integers(0, most + 1), np.ones(granted.shape[1]) / granted.shape[1])
    lines = whole_lines(of, granted)
    assert (of.sums(lines.sum(axis=1)) == granted.sum(axis=1)).all()
    assert (lines.sum(axis=1) <= of.asked_micro // 10**6).all()
    claims = whole_claims(of, lines, situation.order)
    assert (claims.sum(axis=1) <= of.spare).all()
    held = np.zeros(lines.shape, dtype=np.int64)
    np.add.at(held, of.line, claims)
    assert (np.abs(held - lines * 10**6) <= lines.shape[1]).all()


@st.composite
def auctions(draw):
    """Up to four members with a bid or two each on two goods."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 3),
                st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 1)]),
                st.integers(1, 9),
                st.integers(1, 2),
            ),
            min_size=1,
            max_size=5,
        )
    )
    who, bundles, values, tasks = zip(*rows, strict=True)
    members = [f"m{n}" for n in who]
    room = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    situation = situation_of(list(room), bundles, tasks=tasks, members=members, rule="equal")
    value = np.array(values, dtype=float)
    return replace(situation, claims=replace(situation.claims, value=value)), np.array(room)


def worth_of(situation, room, members):
    """What these members make of the pool, by trying everything."""
    claims = situation.claims
    mine = np.isin(claims.member, list(members))
    most = np.where(mine, claims.tasks_micro // 10**6, 0)
    return best_by_trying(claims.value[:, None], claims.bundle // 1000, most, room[None])


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(auctions())
def test_vcg_payments_and_the_core_by_trying_all_coalitions(drawn):
    situation, room = drawn
    plan = auction.divide(situation, "vcg")
    claims, everybody = situation.claims, range(len(situation.members))
    worth = np.bincount(claims.member, claims.value * plan.tasks_micro.ravel() / 1e6, len(situation.members))
    assert worth.sum() == pytest.approx(worth_of(situation, room, everybody))
    paid = plan.payments.amounts
    for m in everybody:
        others = worth_of(situation, room, set(everybody) - {m})
        assert paid[m] == pytest.approx(others - (worth.sum() - worth[m]), abs=1e-6)
    gain = worth - paid
    coalitions = itertools.chain.from_iterable(itertools.combinations(everybody, n) for n in range(1, len(worth) + 1))
    blocked = any(worth_of(situation, room, c) > paid.sum() + gain[list(c)].sum() + 1e-6 for c in coalitions)
    assert blocked == any(note.startswith("outside the core") for note in plan.notes)


def test_a_large_program_is_floored_alike_every_time():
    chance = np.random.default_rng(3)
    worth, bundle = chance.integers(1, 99, (3000, 2)).astype(float), chance.integers(1, 50, (3000, 3))
    most, room = chance.integers(1, 9, 3000), chance.integers(20_000, 40_000, (2, 3))
    first, second = pack(worth, bundle, most, room), pack(worth, bundle, most, room)
    assert not first.proved
    assert feasible(first.tasks, bundle, most, room)
    assert (first.tasks == second.tasks).all()
    real = relax(worth, bundle, most.astype(float), room.astype(float))
    assert (worth * first.tasks).sum() >= (worth * real.tasks).sum() - room.size * worth.max()


def _with_values(case, values):
    """The situation of a case whose claims bid what their name, without the mark of a cut, was dealt."""
    situation = case.situation()
    value = np.array([values[int(name[1:].split(".")[0]) % len(values)] for name in situation.claims.id], dtype=float)
    return replace(situation, claims=replace(situation.claims, value=value))


dealt = st.lists(st.sampled_from([0, 0.1, 1, 2.5, 2.5, 7, 40]), min_size=5, max_size=5)


@usual
@given(case=cases(), values=dealt, reserve=st.sampled_from([0.0, 0.0, 3.0, 50.0]))
def test_a_uniform_auction_keeps_what_it_promises(case, values, reserve):
    situation = _with_values(case, values)
    plan = auction.divide(situation, "uniform", reserve)
    for proof in auction.promises(situation, "uniform", reserve):
        verdict = registry.proof(proof).check(situation, plan)
        assert verdict.status == Status.HOLDS, verdict


@usual
@given(case=cases(minima=False), values=dealt, reserve=st.sampled_from([0.0, 5.0]), seed=st.integers(0, 99))
def test_a_vcg_auction_is_feasible_and_blind_to_rows_and_cuts(case, values, reserve, seed):
    case = case.in_hundreds()
    situation, mixed = _with_values(case, values), _with_values(case.shuffled(seed), values)
    plan = auction.divide(situation, "vcg", reserve)
    assert registry.proof("feasible").check(situation, plan).status == Status.HOLDS
    again = auction.divide(mixed, "vcg", reserve)
    assert (again.digest(mixed), again.notes) == (plan.digest(situation), plan.notes)
    halves = _with_values(case.cut(), values)
    parts = auction.divide(halves, "vcg", reserve)
    assert parts.notes == plan.notes
    assert parts.payments.paid.tolist() == plan.payments.paid.tolist()
    for member in range(len(situation.members)):
        mine = plan.tasks_micro[situation.claims.member == member].sum()
        theirs = parts.tasks_micro[halves.claims.member == member].sum()
        assert abs(mine - theirs) <= len(halves.claims) * len(halves.flavors)
