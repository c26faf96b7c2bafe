"""What could a member say of a claim that is not true?

First the plain lies, one number at a time; then, without end, several numbers at once by chance, half of the time starting
from the lie that paid best so far. Priority, value and least tasks are not varied: where a rule looks at them, stating more
pays by definition, and what a value costs is paid in money, which no rate shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.situation import Situation
from apportion.proofs._changed import Changed, misreported

FACTORS = (2.0, 0.5, 10.0, 0.9, 1.25)
LARGEST = 2**50  # of any whole number in a lie, so that sums stay within 64 bits


@dataclass(frozen=True, eq=False)
class Statement:
    """What is said of a claim: tasks in millionths, bundle (R,) in thousandths, speed (F,)."""

    tasks: int
    bundle: Ints
    speed: Floats

    def by(self, tasks: float, bundle: Floats, speed: Floats) -> "Statement":
        """Multiply all numbers; what is positive stays so, and what is multiplied by 1 stays the same."""
        many = self.tasks if tasks == 1 else round(min(max(self.tasks * tasks, 1.0), LARGEST))
        need = np.clip(np.rint(self.bundle * bundle), self.bundle > 0, LARGEST).astype(np.int64)
        runs = np.array([float(f"{v:.9g}") for v in self.speed * speed])
        return Statement(many, np.where(bundle == 1, self.bundle, need), np.where(speed == 1, self.speed, runs))


class Liar:
    """A member that tries statement after statement about one of its claims, and learns which pays."""

    def __init__(self, situation: Situation, claim: int, chance: np.random.Generator) -> None:
        claims = situation.claims
        self.situation, self.claim, self.chance = situation, claim, chance
        self.truth = Statement(int(claims.tasks_micro[claim]), claims.bundle[claim], claims.speed[claim])
        self.last = self.best = self.truth
        self.paid = 0.0
        self.ahead = self._statements()

    def lie(self) -> Changed:
        """Say something else."""
        self.last = next(self.ahead)
        return misreported(self.situation, self.claim, self.last.tasks, self.last.bundle, self.last.speed)

    def learn(self, gain: float) -> None:
        """Hear what the last statement gained."""
        if gain > self.paid:
            self.best, self.paid = self.last, gain

    def _statements(self) -> Iterator[Statement]:
        yield from (said for said in self._plain() if not _same(said, self.truth))
        while True:
            said = self._by_chance()
            if not _same(said, self.truth):
                yield said

    def _plain(self) -> Iterator[Statement]:
        truth, width = self.truth, len(self.truth.bundle)
        same, alike = np.ones(width), np.ones(len(truth.speed))
        for factor in FACTORS:
            yield truth.by(factor, same, alike)
            for r in range(width):
                yield truth.by(1.0, np.where(np.arange(width) == r, factor, 1.0), alike)
        yield from self._padded()
        yield from self._other_places()

    def _padded(self) -> Iterator[Statement]:
        """Say that a task also needs what it does not, as much of the pool as of what it needs most."""
        truth, part = self.truth, min(float(self.situation.dominant[self.claim]), 1.0)
        for r in np.flatnonzero(truth.bundle == 0):
            pad = int(min(part * float(self.situation.capacity[:, r].sum()), LARGEST))
            stated = truth.bundle.copy()
            stated[r] = max(pad, 1)
            yield Statement(truth.tasks, stated, truth.speed)

    def _other_places(self) -> Iterator[Statement]:
        """Hide or invent a place to run, or state twice or half the speed there."""
        truth = self.truth
        for f, speed in enumerate(truth.speed):
            for other in (0.0 if speed else truth.speed.max(), 2 * speed, speed / 2):
                stated = truth.speed.copy()
                stated[f] = other
                if stated.any():
                    yield Statement(truth.tasks, truth.bundle, stated)

    def _by_chance(self) -> Statement:
        start = self.best if self.chance.random() < 0.5 else self.truth
        width, flavors = len(start.bundle), len(start.speed)
        powers = self.chance.uniform(-0.5, 0.5, 1 + width + flavors) * (self.chance.random(1 + width + flavors) < 0.5)
        tasks, bundle, speed = np.split(10**powers, [1, 1 + width])
        return start.by(float(tasks[0]) ** 2, bundle, speed)


def _same(one: Statement, other: Statement) -> bool:
    return bool(one.tasks == other.tasks and (one.bundle == other.bundle).all() and (one.speed == other.speed).all())
