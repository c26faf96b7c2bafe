"""Does the solver by prices come to its proof where prices are many, and some of them small?"""

import numpy as np
import pytest

from apportion.solver import solve


@pytest.mark.parametrize("seed", [1, 2])
def test_many_claims_on_flavors_of_three_resources_reach_the_gap(seed):
    """Some of the 24 prices are small beside the others of their flavor, so their own steps say little."""
    draw = np.random.default_rng(seed)
    many, flavors, resources = 60_000, 8, 3
    speed = draw.lognormal(0, 1, (many, 1)) * draw.lognormal(0, 0.5, (many, flavors)) * draw.uniform(0.5, 2, flavors)
    found = solve(
        "nash",
        speed=speed,
        bundle=draw.lognormal(0, 0.7, (many, resources)),
        capacity=draw.uniform(0.5, 1.5, (flavors, resources)) * (0.65 * many / flavors),
        tasks=draw.lognormal(0, 0.8, many),
        weight=draw.uniform(0.5, 2, many),
    )
    assert found.reached
    assert 0 <= found.gap <= 1e-8
