"""Which small pools are tried? Every kind of difficulty, from a seed, as situations that any policy can be asked about."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from apportion.domain.arrays import floats
from apportion.domain.situation import Situation
from making import MICRO, Case, Claim

Draw = np.random.Generator


def plain(draw: Draw) -> Case:
    """Up to three flavors and three resources, claims that ask for more than there is."""
    flavors, width, many, members = (int(draw.integers(1, top)) for top in (4, 4, 7, 5))
    names = [f"m{k}" for k in range(members)]
    capacity = {f"f{k}": tuple(draw.integers(2, 20, width) * 500) for k in range(flavors)}
    claims = [
        Claim(
            f"c{i}",
            names[draw.integers(members)],
            int(draw.integers(5, 40)) * MICRO,
            tuple(draw.integers(1, 9, width) * 250),
            tuple((draw.integers(1, 40, flavors) / 10).tolist()),
            priority=int(draw.integers(0, 4)),
        )
        for i in range(many)
    ]
    weights = {name: float(draw.integers(1, 5)) for name in names}
    return Case(weights, capacity, tuple(claims), rule="weight", seed=str(draw.integers(10**6)))


def capped(draw: Draw) -> Case:
    """About half of the claims are held by what they ask for."""
    return _claims(plain(draw), lambda claim: replace(claim, tasks=int(draw.integers(1, 4 * MICRO))))


def loose(draw: Draw) -> Case:
    """There is more than everybody asks for: nothing has a price."""
    made = capped(draw)
    return replace(made, capacity={name: tuple(40 * n for n in row) for name, row in made.capacity.items()})


def zeros(draw: Draw) -> Case:
    """Claims that do not run here, need nothing of this, want nothing; absent capacities; members without standing."""
    made = capped(draw)

    def thinned(row, part):
        return tuple(0 if draw.random() < part else one for one in row)

    made = _claims(
        made,
        lambda claim: replace(
            claim,
            bundle=thinned(claim.bundle, 0.3),
            speed=thinned(claim.speed, 0.3),
            tasks=thinned((claim.tasks,), 0.1)[0],
        ),
    )
    capacity = {name: thinned(row, 0.1) for name, row in made.capacity.items()}
    members = {
        name: 0.0 if k and draw.random() < 0.3 else weight for k, (name, weight) in enumerate(made.members.items())
    }
    return replace(made, capacity=capacity, members=members)


def ties(draw: Draw) -> Case:
    """Whole numbers, equal rows and equal weights: many divisions are as good, many claims stop at one moment."""
    made = plain(draw)
    few = [
        replace(claim, tasks=int(draw.integers(1, 4)) * MICRO, bundle=tuple(1000 * draw.integers(1, 3, made.width)))
        for claim in made.claims[:2]
    ]
    same = [few[draw.integers(len(few))] for _ in made.claims]
    claims = [replace(claim, id=f"c{i}", member=made.claims[i].member) for i, claim in enumerate(same)]
    capacity = {name: tuple(1000 * draw.integers(1, 7, made.width)) for name in made.capacity}
    return replace(made, claims=tuple(claims), capacity=capacity, members=dict.fromkeys(made.members, 1.0))


def owned(draw: Draw) -> Case:
    """Members brought the machines, and count by what they brought."""
    made = capped(draw)
    nodes = {
        (name, member): tuple(draw.integers(0, 10, made.width) * 500)
        for name in made.capacity
        for member in made.members
    }
    return replace(made, owned=nodes, rule="contribution")


def used(draw: Draw) -> Case:
    """Something was used before."""
    made = capped(draw)
    return replace(made, used={name: int(draw.integers(0, 10)) * 3_600_000 for name in made.members})


def minima(draw: Draw) -> Case:
    """Some claims have least tasks, which fit."""
    made = capped(draw)
    count = len(made.claims) * len(made.capacity)

    def least(claim: Claim) -> Claim:
        room = [row[r] * MICRO // need for row in made.capacity.values() for r, need in enumerate(claim.bundle)]
        return replace(claim, least=int(min([claim.tasks, *room]) * draw.choice([0.0, 0.2, 0.9])) // count)

    return _claims(made, least)


def one(draw: Draw) -> Case:
    """One flavor and one resource: what textbooks divide."""
    made = capped(draw)
    claims = tuple(replace(claim, bundle=claim.bundle[:1], speed=claim.speed[:1]) for claim in made.claims)
    return replace(made, claims=claims, capacity={"f0": made.capacity["f0"][:1]})


def mixed(draw: Draw) -> Case:
    """All of it at once."""
    made = zeros(draw)
    made = _claims(made, lambda claim: replace(claim, tasks=int(draw.choice([1, 2, 9])) * MICRO))
    return replace(made, used={name: int(draw.integers(0, 3)) * 3_600_000 for name in made.members}, rule="weight")


KINDS: dict[str, Callable[[Draw], Case]] = {
    kind.__name__: kind for kind in (plain, capped, loose, zeros, ties, owned, used, minima, one, mixed)
}


def drawn(seed: int, number: int, whole: bool = False) -> tuple[str, Situation]:
    """Draw the pool of some number, and say of which kind; `whole`: few whole tasks on at most two flavors, to try all."""
    draw = np.random.default_rng([seed, number])
    name = list(KINDS)[number % len(KINDS)]
    made = KINDS[name](draw)
    situation = (_few(made, draw) if whole else made).situation()
    value = draw.integers(0, 50, len(situation.claims)) / 10
    if name == "ties":
        value = np.round(value / 2)
    return name, replace(situation, claims=replace(situation.claims, value=floats(value)))


def _claims(case: Case, change: Callable[[Claim], Claim]) -> Case:
    return replace(case, claims=tuple(change(claim) for claim in case.claims))


def _few(case: Case, draw: Draw) -> Case:
    """At most four claims of up to three whole tasks, at most two flavors; no minima."""
    names = list(case.capacity)[:2]
    claims = [
        replace(claim, tasks=int(draw.integers(0, 4)) * MICRO, speed=claim.speed[: len(names)], least=0)
        for claim in case.claims[:4]
    ]
    capacity = {name: case.capacity[name] for name in names}
    brought = {at: row for at, row in case.owned.items() if at[0] in names}
    return replace(case, claims=tuple(claims), capacity=capacity, owned=brought)
