"""Do the claims rules walk their paths to the same end as their definition in fractions, whatever is scarce?

Each claim's award is a function of one level, written down from the rule itself. Going from kink to kink of these functions,
the earliest level at which a resource is used up stops all that need it; the others go on to the end.
"""

import itertools
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apportion.policies import constrained_equal_awards, constrained_equal_losses, talmud
from making import granted, situation_of

usual = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def equal_awards(level, claim, _largest):
    return min(claim, level)


def equal_losses(level, claim, largest):
    return min(max(claim - (largest - level), 0), claim)


def contested(level, claim, largest):
    """Half by equal awards, then half by equal losses."""
    half = claim / 2
    return min(half, level) if level <= largest / 2 else half + min(max(half - (largest - level), 0), half)


RULES = [(constrained_equal_awards, equal_awards), (constrained_equal_losses, equal_losses), (talmud, contested)]


@st.composite
def problems(draw):
    """Tasks (N,), bundles (N, R) and capacity (R,) in whole numbers; one claim a member."""
    many, width = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    row = st.tuples(*[st.sampled_from([0, 0, 1, 1, 2, 5])] * width)
    bundles = draw(st.lists(row.filter(any), min_size=many, max_size=many))
    tasks = draw(st.lists(st.integers(1, 30), min_size=many, max_size=many))
    return tasks, bundles, draw(st.tuples(*[st.integers(1, 60)] * width))


@pytest.mark.parametrize(("rule", "award"), RULES)
@usual
@given(problems())
def test_a_rule_s_path_in_fractions(rule, award, problem):
    tasks, bundles, capacity = problem
    situation = situation_of(list(capacity), bundles, tasks=tasks, rule="equal")
    assert granted(rule.divide(situation)) == pytest.approx(
        [float(x) for x in _walked(award, tasks, bundles, capacity)], abs=2e-5
    )


def _walked(award, tasks, bundles, capacity):
    dominant = [max(Fraction(b, c) for b, c in zip(row, capacity, strict=True)) for row in bundles]
    claims = [n * share for n, share in zip(tasks, dominant, strict=True)]
    largest = max(claims)
    kinks = sorted(
        {Fraction(0), largest / 2, largest} | {k for c in claims for k in (c / 2, c, largest - c, largest - c / 2)}
    )
    held: dict[int, Fraction] = {}

    def at(level):
        return [held.get(i, award(level, c, largest) / dominant[i]) for i, c in enumerate(claims)]

    def use(level, r):
        return sum(x * row[r] for x, row in zip(at(level), bundles, strict=True))

    for begin, high in itertools.pairwise(kinks):
        low = begin
        while any(use(high, r) > capacity[r] for r in range(len(capacity))):
            stops = []
            for r, have in enumerate(capacity):
                first, last = use(low, r), use(high, r)
                if last > have:
                    stops.append((low + (have - first) * (high - low) / (last - first), r))
            low = max(low, min(stops)[0])
            now = at(low)
            for level, r in stops:
                if level <= low:
                    held.update({i: now[i] for i, row in enumerate(bundles) if row[r] and i not in held})
    return at(largest)
