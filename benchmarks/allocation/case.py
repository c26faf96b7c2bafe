"""What is one problem of division, what is a division worth in it, and how far are two worths apart?"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """One problem as `solve` takes it; `inside` is a division known to be feasible, where there are minima."""

    objective: str
    speed: np.ndarray
    bundle: np.ndarray
    capacity: np.ndarray
    weight: np.ndarray
    tasks: np.ndarray | None = None
    minimum: np.ndarray | None = None
    alpha: float | None = None
    inside: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def given(self) -> dict[str, Any]:
        """The arguments of `solve`, beside the objective."""
        names = ("speed", "bundle", "capacity", "weight", "tasks", "minimum", "alpha")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @property
    def most(self) -> np.ndarray:
        """Caps, infinite where there is none: (M,)."""
        return np.full(len(self.speed), np.inf) if self.tasks is None else self.tasks

    @property
    def least(self) -> np.ndarray:
        """Least tasks: (M,)."""
        return np.zeros(len(self.speed)) if self.minimum is None else self.minimum

    @cached_property
    def usable(self) -> np.ndarray:
        """Where a claim runs and finds all that it needs: (M, F)."""
        lacks = ((self.bundle > 0)[:, None, :] & (self.capacity <= 0)[None]).any(axis=2)
        return (self.speed > 0) & ~lacks

    @cached_property
    def gain(self) -> np.ndarray:
        """What a task counts for: its speed, or under drf its dominant share of the pool: (M, F)."""
        if self.objective != "drf":
            return np.where(self.usable, self.speed, 0.0)
        total = self.capacity.sum(axis=0)
        part = np.divide(self.bundle, total, out=np.zeros_like(self.bundle), where=total > 0)
        return np.where(self.usable, part.max(axis=1)[:, None], 0.0)

    @property
    def served(self) -> np.ndarray:
        """Which claims can reach more than nothing: (M,)."""
        return np.asarray((self.gain > 0).any(axis=1) & (self.most > 0))


def worth(made: Case, x: np.ndarray) -> float:
    """The objective at x, over the claims that can be served."""
    at = made.served
    rate, weight = (made.gain * x).sum(axis=1)[at], made.weight[at]
    if made.objective == "utilitarian":
        return float(weight @ rate)
    with np.errstate(divide="ignore"):
        utility = np.log(rate) if made.objective == "nash" else rate ** (1 - made.alpha) / (1 - made.alpha)
    return float(weight @ utility)


def distance(made: Case, more: float, less: float) -> float:
    """How much larger the first value is: log of the ratio of weighted α-means."""
    if made.objective == "nash":
        return (more - less) / float(made.weight[made.served].sum())
    if not more / less > 0:  # a bound on one side of zero, a value on the other
        return math.inf
    return math.log(more / less) / (1 - (made.alpha or 0))


def feasible(made: Case, x: np.ndarray) -> np.ndarray:
    """Move x towards a division that is surely feasible until it is feasible itself."""
    x = np.where(made.usable, np.maximum(x, 0), 0)
    inside = made.inside if made.inside.size else np.zeros_like(x)
    sides = [
        (x.T @ made.bundle, inside.T @ made.bundle, made.capacity * (1 - 1e-15)),
        (x.sum(axis=1), inside.sum(axis=1), made.most),
        (-x.sum(axis=1), -inside.sum(axis=1), -made.least),
    ]
    step = 1.0
    for there, here, limit in sides:
        over = there > limit
        step = min(step, float(((limit - here)[over] / (there - here)[over]).min(initial=1.0)))
    return inside + step * (x - inside)
