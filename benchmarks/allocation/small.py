"""Which small problems are tried? Every kind of difficulty, times every objective, from a seed."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from case import Case

OBJECTIVES = ("nash", "utilitarian", "alpha_fair", "max_min", "drf")
Draw = np.random.Generator


def plain(draw: Draw, objective: str) -> Case:
    """Continuous numbers, nobody capped."""
    many, flavors, resources = draw.integers(1, 11), draw.integers(1, 5), draw.integers(1, 4)
    alpha = float(draw.choice([0.5, 2.0, 4.0])) if objective == "alpha_fair" else None
    speed, bundle = draw.lognormal(0, 0.7, (many, flavors)), draw.lognormal(0, 0.7, (many, resources))
    capacity = draw.uniform(0.2, 1.0, (flavors, resources)) * many
    return Case(objective, speed, bundle, capacity, draw.uniform(0.3, 3, many), alpha=alpha)


def capped(draw: Draw, objective: str) -> Case:
    """About half of the claims are held by their cap."""
    made = plain(draw, objective)
    return replace(made, tasks=draw.lognormal(0, 1, len(made.speed)))


def loose(draw: Draw, objective: str) -> Case:
    """There is more than everybody asks for: all prices are zero."""
    made = capped(draw, objective)
    return replace(made, capacity=made.capacity + (made.tasks @ made.bundle) * draw.uniform(1, 3))


def zeros(draw: Draw, objective: str) -> Case:
    """Claims that do not run here or there, need nothing of this or that, want nothing; capacities that are absent."""
    made = capped(draw, objective)
    return replace(
        made,
        speed=np.where(draw.random(made.speed.shape) < 0.4, 0, made.speed),
        bundle=np.where(draw.random(made.bundle.shape) < 0.4, 0, made.bundle),
        capacity=np.where(draw.random(made.capacity.shape) < 0.15, 0, made.capacity),
        tasks=np.where(draw.random(len(made.speed)) < 0.15, 0, made.tasks),
    )


def ties(draw: Draw, objective: str) -> Case:
    """Case whole numbers and equal rows: many optimal divisions, many claims stopped at one moment."""
    made = plain(draw, objective)
    many = len(made.speed)
    same = draw.integers(0, max(many // 2, 1), many)
    return replace(
        made,
        speed=draw.integers(1, 4, made.speed.shape)[same].astype(float),
        bundle=draw.integers(1, 3, made.bundle.shape)[same].astype(float),
        capacity=draw.integers(1, 2 * many + 1, made.capacity.shape).astype(float),
        weight=draw.integers(1, 3, many)[same].astype(float),
        tasks=draw.integers(1, 4, many)[same].astype(float),
    )


def minima(draw: Draw, objective: str) -> Case:
    """Some claims must have half at least of what a random feasible division gives them."""
    made = capped(draw, objective)
    inside = draw.random(made.speed.shape) * made.usable
    inside *= np.minimum(made.tasks / np.maximum(inside.sum(axis=1), 1e-300), 1)[:, None]
    inside *= 0.9 * min(1.0, float((made.capacity / (inside.T @ made.bundle)).min()))
    return replace(made, minimum=inside.sum(axis=1) / 2 * (draw.random(len(inside)) < 0.6), inside=inside)


def wide(draw: Draw, objective: str) -> Case:
    """Speeds over ten orders of magnitude, from claim to claim and from flavor to flavor."""
    made = capped(draw, objective)
    apart = 10 ** draw.uniform(-5, 5, (len(made.speed), 1)) * 10 ** draw.uniform(-1, 1, made.speed.shape)
    return replace(made, speed=made.speed * apart)


def single(draw: Draw, objective: str) -> Case:
    """Every claim runs on one flavor only, and nobody on the last where there are several."""
    made = plain(draw, objective)
    many, flavors = made.speed.shape
    only = draw.integers(0, max(flavors - 1, 1), many)
    return replace(made, speed=np.where(np.arange(flavors) == only[:, None], made.speed, 0.0))


def mixed(draw: Draw, objective: str) -> Case:
    """Equal rows, zeros, caps and minima at once."""
    made = zeros(draw, objective)
    twice = np.concatenate([np.arange(len(made.speed))] * 2)
    both = replace(made, **{name: getattr(made, name)[twice] for name in ("speed", "bundle", "weight", "tasks")})
    inside = np.where(both.usable, 1.0, 0.0)
    inside *= np.minimum(both.tasks / np.maximum(inside.sum(axis=1), 1), 1)[:, None]
    use = inside.T @ both.bundle
    inside *= 0.5 * min(1.0, float(np.where(use > 0, both.capacity / np.where(use > 0, use, 1), np.inf).min()))
    return replace(both, minimum=inside.sum(axis=1) / 2 * (draw.random(len(inside)) < 0.5), inside=inside)


KINDS: dict[str, Callable[[Draw, str], Case]] = {
    made.__name__: made for made in (plain, capped, loose, zeros, ties, minima, wide, single, mixed)
}


def small(kind: str, objective: str, seed: int) -> Case:
    """Make one problem; the same arguments make the same problem."""
    return KINDS[kind](np.random.default_rng([seed, *kind.encode(), *objective.encode()]), objective)
