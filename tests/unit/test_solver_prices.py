"""Does the solver by prices come to its proof where prices are many, some of them small, or the objective steep?"""

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


def steep(many, *, capped):
    draw = np.random.default_rng(many)
    return {
        "speed": draw.lognormal(0, 0.3, (many, 1)) * draw.lognormal(0, 0.5, (many, 6)),
        "capacity": draw.uniform(0.3, 0.9, 6) * many / 6,
        "tasks": draw.uniform(0.7, 2, many) if capped else None,
        "weight": draw.uniform(0.5, 2, many),
    }


@pytest.mark.parametrize("capped", [False, True])
@pytest.mark.parametrize("alpha", [20.0, 60.0, 200.0])
@pytest.mark.parametrize("many", [150, 700, 5_000])
def test_a_steep_objective_reaches_the_gap(many, alpha, capped):
    """The claims that no cap holds are bounded once more alone: those with small caps outweigh them by many powers of ten."""
    made = steep(many, capped=capped)
    found = solve("alpha_fair", alpha=alpha, **made)
    assert found.reached
    top = np.inf if made["tasks"] is None else made["tasks"] * made["speed"].max(axis=1)
    free = found.rate < top * (1 - 1e-8)
    assert capped == (not free.all())
    paid = _best_responses(made, free, found.prices[:, 0], alpha)
    left = made["capacity"] - found.x[~free].sum(axis=0)
    worth = (made["weight"] * found.rate ** (1 - alpha))[free].sum() / (1 - alpha)
    assert found.prices[:, 0] @ left + paid == pytest.approx(worth, rel=1e-7 * alpha)


def _best_responses(made, free, prices, alpha):
    """Σ max_t [w U(t) − hull(t)] of claims that no cap holds, by trying every flavor and every pair of flavors."""
    speed, weight = made["speed"][free], made["weight"][free]
    most = np.full(len(speed), np.inf) if made["tasks"] is None else made["tasks"][free]
    best = np.full(len(speed), -np.inf)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        for f in range(speed.shape[1]):
            t = np.minimum((weight * speed[:, f] / prices[f]) ** (1 / alpha), most * speed[:, f])
            best = np.maximum(best, weight * t ** (1 - alpha) / (1 - alpha) - prices[f] * t / speed[:, f])
            for g in range(speed.shape[1] if np.isfinite(most).all() else 0):
                ahead, dearer = speed[:, g] - speed[:, f], prices[g] - prices[f]
                if dearer <= 0:
                    continue
                t = np.clip((weight * ahead / dearer) ** (1 / alpha), most * speed[:, f], most * speed[:, g])
                mixed = prices[f] * most + (t - most * speed[:, f]) / ahead * dearer
                worth = weight * t ** (1 - alpha) / (1 - alpha) - mixed
                best = np.where(ahead > 0, np.maximum(best, worth), best)
    return float(best.sum())


@pytest.mark.parametrize("alpha", [60.0, 300.0])
@pytest.mark.parametrize("half", [60, 4_000])
def test_who_is_far_above_the_level_is_divided_as_if_alone(half, alpha):
    """One half runs on a flavor of which there is twice as much; beside the other it counts for nothing that floats see."""
    speed, none = np.random.default_rng(half).uniform(0.5, 1, (2, half, 1)), np.zeros((half, 1))
    both = solve(
        "alpha_fair", speed=np.block([[speed[0], none], [none, speed[1]]]), capacity=[half, 2 * half], alpha=alpha
    )
    alone = solve("alpha_fair", speed=speed[1], capacity=[2 * half], alpha=alpha)
    assert both.rate[half:] == pytest.approx(alone.rate, rel=1e-6)
    assert both.x.sum(axis=0) == pytest.approx([half, 2 * half], rel=1e-9)


def test_the_smallest_rate_nears_the_highest_level():
    """The sum Σ z^(1−α) is at most M θ^(1−α), θ the max-min level; so the smallest rate is at least θ M^(−1/(α−1))."""
    made = steep(400, capped=False) | {"weight": None}
    level = solve("max_min", **made).levels[0]
    for alpha in (10.0, 100.0, 900.0):
        least = solve("alpha_fair", alpha=alpha, **made).rate.min()
        assert level * 400 ** (-1 / (alpha - 1)) * (1 - 1e-8) <= least <= level * (1 + 1e-8)


@pytest.mark.parametrize("alpha", [2.0, 50.0])
def test_earlier_prices_lead_to_the_same_division(alpha):
    made = steep(6_000, capped=True)
    first = solve("alpha_fair", alpha=alpha, **made)
    again = solve("alpha_fair", alpha=alpha, start=first.prices, **made)
    assert again.reached
    assert again.rate == pytest.approx(first.rate, rel=1e-5)
