"""Does the kernel of fair_share play as the reference does, flat and as a tree, counted and on nodes?"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.simulation.disciplines import fair_share
from on_kernels import MEMBERS, by_hand, levelled, played, settled, trace_of_world, tried
from reference.shares import FairShare
from reference.worlds import worlds

many = tried(250)
every = pytest.mark.parametrize("placement", ["counting", "consolidated", "any"])
weights = st.lists(st.integers(0, 3), min_size=MEMBERS + 2, max_size=MEMBERS + 2)
names = [f"member {m}" for m in range(MEMBERS + 2)]


def both(world, placement, weight, parent, level, rule):
    """By the kernel and by hand; a user goes by its number, which is all that a trace knows of it."""
    jobs, *rest = levelled(settled(world), placement)
    trace = trace_of_world((jobs, *rest), placement, weight, np.array(parent))
    named = [replace(job, user=str(user)) for job, user in zip(jobs, trace.user.tolist(), strict=True)]
    found = played(fair_share.open_queue(trace, level=level), jobs)
    return found, by_hand(rule, (named, *rest), placement)


@every
@many
@given(world=worlds(), weight=weights)
def test_flat(placement, world, weight):
    rule = FairShare(dict(zip(names, weight, strict=True)))
    found, expected = both(world, placement, weight, [-1] * len(weight), "member", rule)
    assert found == expected


@every
@many
@given(world=worlds(), weight=weights, above=st.lists(st.sampled_from((-1, 3, 4)), min_size=MEMBERS, max_size=MEMBERS))
def test_tree(placement, world, weight, above):
    """Members 3 and 4 have no jobs, and weigh as much as all below them and they themselves."""
    parent = [*above, -1, -1]
    total = [w + sum(weight[m] for m in range(MEMBERS) if parent[m] == k) for k, w in enumerate(weight)]
    parents = {names[m]: names[parent[m]] if parent[m] >= 0 else names[m] for m in range(MEMBERS)}
    rule = FairShare(dict(zip(names, total, strict=True)), parents=parents)
    found, expected = both(world, placement, weight, parent, "tree", rule)
    assert found == expected
