"""How much compute does each member ask for, and hold?

Compute is one resource of the pool: GPUs if it has any, else CPU, else its first resource, or the one that is named. Flavors
count by how fast they are: v_f is the mean, over all tasks that are asked for and may run on f, of the claim's speed there
as a part of its speed on its fastest flavor, each task weighing what it needs. So

    C_m = Σ_{i∈m} Σ_f v_f · bundle[i,r] · x[i,f]        in whole units of r at full speed,

on one flavor, or where no speeds are given, simply the units held. One v_f for all members, and not each claim's own speed,
because speeds of different programs cannot be compared and the pool's total Σ_f v_f · capacity[f,r] must be one number.

Least and most compute, low_m and high_m, come from least and most tasks; no plan leaves these bounds. Members without
standing, and those who can use no compute, take no part in the program; the least that the former need is taken off the
total.
"""

import re
from dataclasses import dataclass

import numpy as np

from apportion.capability.curve import Curve
from apportion.capability.spread import Program
from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import MICRO, MILLI
from apportion.domain.situation import Situation
from apportion.errors import BadInput, Faults, nearest

FIRST = ("gpu_milli", "cpu_milli")
WHERE = "charter.toml, policy"


@dataclass(frozen=True, eq=False)
class Holding:
    """Compute asked for, as a program over members needs it.

    Attributes
    ----------
    resource : position of the resource r that counts as compute
    speed : (F,) v_f
    asked : (N,) units, all that the member's tasks could use
    low, high : (N,) units, between which every plan lies
    room : (F,) units there are on each flavor
    total : units for the members that take part
    part : positions of the members that take part: (P,)
    """

    situation: Situation
    resource: int
    speed: Floats
    asked: Floats
    low: Floats
    high: Floats
    room: Floats
    total: float
    part: Ints

    def held(self, tasks_micro: Ints | Floats) -> Floats:
        """C_m of a plan, for the members that take part: (P,)."""
        claims = self.situation.claims
        each = (tasks_micro @ self.speed) * (claims.bundle[:, self.resource] / (MICRO * MILLI))
        return np.asarray(np.bincount(claims.member, each, len(self.situation.members))[self.part])

    def aims(self, compute: Floats) -> tuple[Floats, Floats]:
        """Compute meant for those who take part, as parts of what there is and of what each asks for: (P,) → (N,), (N,)."""
        fraction, part = np.zeros((2, len(self.asked)))
        fraction[self.part] = compute / self.room.sum()
        part[self.part] = np.minimum(compute / self.asked[self.part], 1.0)
        return fraction, part

    def program(self, curve: Curve, scales: str) -> Program:
        """Put a curve over what members ask; `scales` as in `member_scales`."""
        own = member_scales(self.situation, scales)[self.part]
        order = self.situation.member_order[self.part]
        return Program(curve, own, self.low[self.part], self.high[self.part], self.total, order)


def holding(situation: Situation, resource: str = "") -> Holding:
    """Add up what members ask of the resource that counts as compute.

    Raises
    ------
    BadInput
        if the pool has no such resource.
    """
    r = _compute(situation, resource)
    claims, many = situation.claims, len(situation.members)
    able = situation.possible & np.asarray(claims.bundle[:, r] > 0)[:, None]
    speed = flavor_speed(situation, able, r)
    each = np.where(able, speed, 0.0) * (claims.bundle[:, r] / (MICRO * MILLI))[:, None]
    fastest, slowest = each.max(axis=1, initial=0.0), np.where(able, each, np.inf).min(axis=1, initial=np.inf)
    slowest = np.where(np.isfinite(slowest), slowest, 0.0)
    asked = np.bincount(claims.member, claims.tasks_micro * fastest, many).astype(np.float64)
    low = np.bincount(claims.member, claims.min_tasks_micro * slowest, many).astype(np.float64)
    reach = np.zeros((many, len(speed)), dtype=bool)
    np.logical_or.at(reach, claims.member, able)
    room = speed * situation.capacity[:, r] / MILLI
    high: Floats = np.minimum(asked, reach @ room)
    takes = (situation.standing.weight > 0) & (high > 0)
    left = max(float(room.sum() - low[~takes].sum()), 0.0)
    return Holding(situation, r, speed, asked, np.minimum(low, high), high, room, left, np.flatnonzero(takes))


def flavor_speed(situation: Situation, able: Bools, resource: int) -> Floats:
    """Mean relative speed of each flavor: (F,) in [0, 1]; 0 where nobody who uses compute can run."""
    claims = situation.claims
    wish = np.where(able, (claims.tasks_micro.astype(np.float64) * claims.bundle[:, resource])[:, None], 0.0)
    fastest = np.where(able, claims.speed, 0.0).max(axis=1, initial=0.0)
    relative = claims.speed / np.where(fastest > 0, fastest, 1.0)[:, None]
    total = wish.sum(axis=0)
    return np.asarray(np.divide((wish * relative).sum(axis=0), total, out=np.zeros(len(total)), where=total > 0))


def member_scales(situation: Situation, scales: str) -> Floats:
    """Read ``"univ-a=2, univ-b=0.5"``: what the curve is multiplied by for each member, 1 if not named: (N,).

    Raises
    ------
    BadInput
        for an unknown member, or a scale that is not a number from 1e-12 to 1e12; all at once.
    """
    names = [str(name) for name in situation.members.id]
    result, faults = np.ones(len(names)), Faults()
    for part in filter(None, re.split(r"[,;\s]+", scales.strip())):
        name, _, number = part.rpartition("=")
        if name not in names:
            mend = nearest(name, names[:20]) if name else 'write scales = "member=2, other=0.5"'
            faults.add(f'scale for "{name or part}", who is not a member', f"{WHERE}.scales", mend)
            continue
        try:
            result[names.index(name)] = float(number)
        except ValueError:
            result[names.index(name)] = np.nan
        if not 1e-12 <= result[names.index(name)] <= 1e12:
            faults.add(f'scale "{number}" of {name} is out of range', f"{WHERE}.scales", "give a number above 0")
    faults.raise_any()
    return result


def _compute(situation: Situation, resource: str) -> int:
    names = situation.resources
    there = np.asarray(situation.capacity.any(axis=0))
    if resource:
        for name in (resource, f"{resource}_milli"):
            if name in names:
                return names.index(name)
        raise BadInput(f'the pool has no resource "{resource}"', f"{WHERE}.resource", nearest(resource, list(names)))
    return next((names.index(name) for name in FIRST if name in names and there[names.index(name)]), 0)
