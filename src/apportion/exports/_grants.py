"""How much of everything does a member hold, in what a scheduler counts? Exact integers all the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Ints
from apportion.domain.plan import Plan, remarks
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation
from apportion.errors import Fault

ONE = MICRO * MILLI  # a whole unit, counted in millionths of a thousandth


def granted(situation: Situation, plan: Plan) -> Ints:
    """Add up exactly what a plan gives each member: (N, F, R) in millionths of a thousandth of a unit, Python integers."""
    claims = situation.claims
    held = np.zeros((len(situation.members), len(situation.flavors), len(situation.resources)), dtype=object)
    bundle = claims.bundle.astype(object)
    for f in range(len(situation.flavors)):
        np.add.at(held[:, f], claims.member, bundle * plan.tasks_micro[:, f, None].astype(object))
    return held


def beside(situation: Situation, plan: Plan) -> tuple[Fault, ...]:
    """Tell what a plan says beside its grants, who pays what above all: no scheduler knows of it."""
    return tuple(map(Fault, remarks(situation, plan)))


@dataclass(frozen=True)
class Counter:
    """Counts amounts of one resource in steps of 1/`steps` of its unit, down, and remembers what that loses.

    A grant is a whole number of micro-tasks, so an amount that was meant to be whole may lie a hair below: up to one
    micro-task a claim. Such an amount counts as whole, if all these hairs together are less than one step: as the capacity is
    whole steps too, the sum over members still fits.
    """

    resource: str
    steps: int
    hair: Sequence[int]

    def count(self, member: int, amount: int) -> int:
        """Turn millionths of a thousandth into whole steps."""
        hair = self.hair[member] if sum(self.hair) * self.steps < ONE else 0
        return (amount + hair) * self.steps // ONE


def counter(situation: Situation, r: int, steps: int = 1) -> Counter:
    """Make the counter of a resource (position)."""
    hair = np.zeros(len(situation.members), dtype=object)
    np.add.at(hair, situation.claims.member, situation.claims.bundle[:, r].astype(object))
    return Counter(situation.resources[r], steps, tuple(hair.tolist()))


def loss(resource: str, target: str, amounts: tuple[int, int], becomes: str = "goes to nobody") -> tuple[Fault, ...]:
    """Say how much of a resource counting down takes from members, and what becomes of it, if it is a thousandth or more.

    `amounts` is what is taken and what was granted, over all members.
    """
    lost, total = amounts
    if lost < MICRO:
        return ()
    name = resource.partition("_milli")[0]
    return (
        Fault(
            f"{lost / ONE:,.3f} of {total / ONE:,.3f} {name} granted {becomes}: each part is counted down to {target}",
            mend="whole tasks lose nothing, for example by --policy priority_packing",
        ),
    )
