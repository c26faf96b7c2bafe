"""Vuppalapati, Fikioris, Agarwal, Cidon, Khandelwal, Tardos: Karma, OSDI 2023.

Demands and answers of the first test are those of the authors' own code (github.com/resource-disaggregation/karma,
scripts/test/test_allocator.py, test_inflation). The ledger below is the paper's algorithm 1, one slice after the other.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.domain.verdict import Status
from apportion.errors import BadInput
from apportion.policies import credits, proportional  # noqa: A004  # the name of the policy
from apportion.proofs import pareto
from making import granted, situation_of

WINDOW_S = 3600
usual = settings(deadline=None, max_examples=25)


def quanta(demands, slices, guarantee, weights=None):
    """Let windows follow one another, each knowing what was used before: grants (T, N) and the credits after each."""
    names = [f"m{i}" for i in range(len(demands[0]))]
    used = np.zeros(len(names), dtype=np.int64)
    grants, left = [], []
    for demand in demands:
        situation = _situation(demand, slices, names, weights, used)
        plan = credits.divide(situation, guarantee)
        assert pareto.check(situation, plan).status == Status.HOLDS
        used = used + plan.tasks_micro.ravel() * WINDOW_S // 1000
        grants.append(granted(plan))
        left.append(credits.balances(_situation(demand, slices, names, weights, used)))
    return np.array(grants), np.array(left)


def _situation(demand, slices, names, weights, used):
    return situation_of(
        [slices],
        [(1,)] * len(names),
        tasks=demand,
        weights=dict(zip(names, weights or [1] * len(names), strict=True)),
        used=dict(zip(names, used.tolist(), strict=True)),
    )


EXAMPLE = [(6, 6, 0), (12, 0, 0), (0, 12, 0), (6, 6, 18), (6, 6, 12)]


def test_the_authors_example_every_user_ends_with_the_same():
    """18 slices, half of each share guaranteed: 24 slices each after five quanta."""
    grants, _ = quanta(EXAMPLE, 18, 0.5)
    assert grants.tolist() == [[6, 6, 0], [12, 0, 0], [0, 12, 0], [3, 3, 12], [3, 3, 12]]
    assert grants.sum(axis=0).tolist() == [24, 24, 24]


def test_the_authors_example_without_a_memory_ends_unequal():
    """Periodic max-min on the same demands: the third user, who came late, ends with half of the others."""
    names = ["m0", "m1", "m2"]
    none = np.zeros(3, dtype=np.int64)
    grants = [granted(proportional.divide(_situation(demand, 18, names, None, none))) for demand in EXAMPLE]
    assert np.sum(grants, axis=0).tolist() == [30, 30, 12]


def test_the_authors_example_program_three_quanta():
    """algorithm/example/example.cpp of the same code: 6 slices, α = 0.5."""
    grants, _ = quanta([(4, 1, 1), (0, 3, 0), (2, 2, 5)], 6, 0.5)
    assert grants.tolist() == [[4, 1, 1], [0, 3, 0], [1, 1, 4]]


def ledger(demands, fair, guarantee):
    """Slice by slice: donors with least credits lend first, borrowers with most credits take first."""
    many = len(demands[0])
    sure = round(guarantee * fair)
    credit = [10**9] * many
    history = []
    for demand in demands:
        credit = [each + fair - sure for each in credit]
        given_ = [min(d, sure) for d in demand]
        donated = [max(sure - d, 0) for d in demand]
        shared = (fair - sure) * many
        while (sum(donated) or shared) and any(given_[i] < demand[i] for i in range(many)):
            taker = max((i for i in range(many) if given_[i] < demand[i]), key=lambda i: credit[i])
            if sum(donated):
                giver = min((i for i in range(many) if donated[i]), key=lambda i: credit[i])
                donated[giver] -= 1
                credit[giver] += 1
            else:
                shared -= 1
            given_[taker] += 1
            credit[taker] -= 1
        history.append(given_)
    return np.array(history), np.array(credit)


streams = st.lists(st.tuples(*[st.integers(0, 200)] * 4), min_size=1, max_size=6)


@usual
@given(streams)
def test_without_a_guarantee_it_is_the_ledger_to_a_slice(demands):
    grants, left = quanta(demands, 200, 0.0)
    slices, credit = ledger(demands, 50, 0.0)
    assert np.abs(grants - slices).max() <= 3
    ours = left[-1] * 200 / WINDOW_S
    assert ours - ours[0] == pytest.approx(credit - credit[0], abs=6)


@usual
@given(streams.map(lambda rows: [tuple(d + 50 for d in row) for row in rows]), st.sampled_from([0.2, 0.5, 1.0]))
def test_where_the_pool_is_always_used_up_it_is_the_ledger_for_every_guarantee(demands, guarantee):
    grants, left = quanta(demands, 200, guarantee)
    slices, credit = ledger(demands, 50, guarantee)
    assert np.abs(grants - slices).max() <= 3
    ours = left[-1] * 200 / WINDOW_S
    assert ours - ours[0] == pytest.approx(credit - credit[0], abs=6)


@usual
@given(streams, st.sampled_from([0.0, 0.5, 1.0]), st.lists(st.sampled_from([1, 2, 5]), min_size=4, max_size=4))
def test_credits_are_conserved_and_what_some_gain_in_a_window_others_pay(demands, guarantee, weights):
    grants, left = quanta(demands, 200, guarantee, weights)
    part = np.array(weights) / sum(weights)
    before = np.zeros(4)
    for grant, after in zip(grants, left, strict=True):
        lent = part * grant.sum() - grant
        assert after - before == pytest.approx(lent * WINDOW_S / 200, abs=1e-3)
        assert after.sum() == pytest.approx(0, abs=1e-6)
        before = after


def test_whoever_waited_comes_first_and_the_guarantee_is_kept():
    used = {"m0": 100 * 1000 * WINDOW_S, "m1": 0}
    situation = situation_of([10], [(1,)] * 2, tasks=[10, 10], used=used)
    assert granted(credits.divide(situation)) == [2.5, 7.5]
    assert granted(credits.divide(situation, 0.0)) == [0, 10]
    assert granted(credits.divide(situation, 1.0)) == [5, 5]


def test_weights_make_credits_go_further():
    """Parts ¾ and ¼ of 8, no guarantee: after a window in which m0 had 2 and m1 had 6, m0 is owed 4 of what follows."""
    grants, left = quanta([(2, 8), (99, 99), (99, 99)], 8, 0.0, [3, 1])
    assert grants.tolist() == [[2, 6], [8, 0], [8, 0]]
    assert left[0] * 8 / WINDOW_S == pytest.approx([4, -4])
    assert left[2] * 8 / WINDOW_S == pytest.approx([0, 0])


@pytest.mark.parametrize("guarantee", [-0.1, 1.5, float("nan")])
def test_a_guarantee_beyond_a_share_is_refused(guarantee):
    with pytest.raises(BadInput, match="not a part of a share"):
        credits.divide(situation_of([1], [(1,)]), guarantee)
