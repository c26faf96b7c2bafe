"""Which large problems are measured? Continuous random numbers, so that merging equal rows cannot help.

Capacity is scarce on every flavor, so all are wanted, and caps are spread around what a claim would get, so some bind.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from case import Case

FLAVORS = RESOURCES = 8


def nash(claims: int, draw: np.random.Generator) -> Case:
    """Weighted proportional fairness over 8 flavors, one unit a task, with caps."""
    return _flavors("nash", claims, draw)


def max_min(claims: int, draw: np.random.Generator) -> Case:
    """Weighted leximin over 8 flavors, with caps."""
    return _flavors("max_min", claims, draw)


def utilitarian(claims: int, draw: np.random.Generator) -> Case:
    """Largest weighted sum of rates over 8 flavors, with caps."""
    return _flavors("utilitarian", claims, draw)


def drf(claims: int, draw: np.random.Generator) -> Case:
    """Weighted dominant resource fairness over 8 resources of one flavor, with caps; each claim needs six of them or so."""
    bundle = draw.lognormal(0, 1, (claims, RESOURCES)) * (draw.random((claims, RESOURCES)) < 0.75)
    bundle[np.arange(claims), draw.integers(0, RESOURCES, claims)] += 0.1
    weight = draw.uniform(0.5, 2.0, claims)
    part = bundle.max(axis=1)
    capacity = (weight / part) @ bundle * draw.uniform(0.4, 1.0, RESOURCES)
    tasks = weight / part * draw.lognormal(0, 0.7, claims)
    return Case("drf", np.ones((claims, 1)), bundle, capacity[None], weight, tasks)


def _flavors(objective: str, claims: int, draw: np.random.Generator) -> Case:
    speed = (
        draw.lognormal(0, 1, (claims, 1)) * draw.lognormal(0, 0.5, (claims, FLAVORS)) * draw.uniform(0.5, 2, FLAVORS)
    )
    capacity = draw.uniform(0.5, 1.5, (FLAVORS, 1)) * (0.5 * claims / FLAVORS)
    tasks = draw.lognormal(0, 0.8, claims)
    return Case(objective, speed, np.ones((claims, 1)), capacity, draw.uniform(0.5, 2.0, claims), tasks)


LARGE: dict[str, Callable[[int, np.random.Generator], Case]] = {
    made.__name__: made for made in (nash, max_min, drf, utilitarian)
}


def large(name: str, claims: int, seed: int) -> Case:
    """Make one problem; the same arguments make the same problem."""
    return LARGE[name](claims, np.random.default_rng([seed, claims, *name.encode()]))


def changed(case: Case, seed: int) -> Case:
    """The same problem after one claim in a hundred became another: its speeds, cap and weight are drawn anew."""
    draw = np.random.default_rng([seed, len(case.speed)])
    rows = draw.choice(len(case.speed), max(len(case.speed) // 100, 1), replace=False)
    speed, tasks, weight = case.speed.copy(), case.tasks.copy(), case.weight.copy()
    speed[rows] *= draw.lognormal(0, 0.5, (len(rows), speed.shape[1]))
    tasks[rows] = draw.lognormal(0, 0.8, len(rows))
    weight[rows] = draw.uniform(0.5, 2.0, len(rows))
    return replace(case, speed=speed, tasks=tasks, weight=weight)


def first(case: Case, claims: int) -> Case:
    """The first claims before their part of the capacities: what compilation is warmed up on."""
    part = min(claims / len(case.speed), 1)
    rows = {name: getattr(case, name)[:claims] for name in ("speed", "bundle", "weight", "tasks")}
    return replace(case, capacity=case.capacity * part, **rows)


def keep(case: Case, folder: Path) -> None:
    """Write a problem down, so that every solver in its own process reads the same numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "objective.json").write_text(json.dumps(case.objective), "utf-8")
    for name, array in case.given().items():
        np.save(folder / f"{name}.npy", array)


def kept(folder: Path) -> Case:
    """Read a problem back."""
    arrays = {name: np.load(folder / f"{name}.npy") for name in ("speed", "bundle", "capacity", "weight", "tasks")}
    return Case(json.loads((folder / "objective.json").read_text("utf-8")), **arrays)
