"""Whom does each policy reward for a lie, and by how much?

    python benchmarks/misreports.py --seed 1

Random small situations of four members with a claim each: on one flavor with three resources, and on two flavors with two.
Every claim needs something of every resource, half of the situations limit the tasks, weights are 1 to 3, and priority and
value are the weight. Each claim tells lies one after the other, as the probe `truthful` has it tell them: other tasks, other
bundles, other speeds, at first one number at a time and then several by chance, learning from what paid. A gain is what the
member's true tasks get done with what the lie was granted, over what they get done by the truth, minus one; gains of a
thousandth or less are not counted.

Prints one row a policy and kind of situation: the misreports tried, the agents to whom some lie paid, and of their largest
gains the median and the largest; then the part of the situations in which the other probes refute: a member appears as
several and gains, another leaves and somebody loses, the pool grows and somebody loses. Policies that refuse a kind of
situation are named with what they say.
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import numpy as np

from apportion import loop, registry
from apportion.domain.arrays import floats, ints, text
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import pool
from apportion.domain.situation import Situation, Window, situation
from apportion.domain.tables import NOBODY, Claims, Members, Nodes
from apportion.domain.verdict import Status
from apportion.errors import ApportionError
from apportion.proofs import truthful
from apportion.proofs._search import Asked

MEMBERS = 4
OTHERS = ("split_proof", "population_monotone", "resource_monotone")
KINDS = {"one flavor": (1, 3), "two flavors": (2, 2)}
VARIANTS = {"proportional": ({"to": "demand"},)}  # parameters to try beside the defaults
HEADING = """\
| policy | misreports | agents to whom a lie paid | median gain | largest gain | a split pays | leaving harms | growth harms |
|---|---:|---:|---:|---:|---:|---:|---:|"""


@dataclass
class Tally:
    """What the agents of all situations of one kind gained by lies under one rule."""

    tried: int = 0
    agents: int = 0
    situations: int = 0
    gains: list[float] = field(default_factory=list)
    refuted: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)


def generated(chance: np.random.Generator, flavors: int, width: int, *, capped: bool) -> Situation:
    """Draw a situation; amounts in human units are whole, speeds have two decimals."""
    names = [f"m{i}" for i in range(MEMBERS)]
    zero, blank, none = (lambda n: ints(np.zeros(n))), (lambda n: text([""] * n)), floats(np.full(MEMBERS, np.nan))
    speed = np.ones((MEMBERS, 1)) if flavors == 1 else np.round(chance.uniform(0.5, 4.0, (MEMBERS, flavors)), 2)
    weight = floats(chance.integers(1, 4, MEMBERS))
    members = Members(text(names), ints([NOBODY] * MEMBERS), none, none, weight, blank(MEMBERS), blank(MEMBERS), {})
    amount = ints(1000 * chance.integers(20, 100, (flavors, width)))
    kinds = [f"f{f}" for f in range(flavors)]
    nodes = Nodes(
        *(text(kinds), ints([NOBODY] * flavors), ints(range(flavors)), amount, zero(flavors), blank(flavors)),
        *(zero(flavors), zero(flavors), zero(flavors), blank(flavors)),
    )
    tasks = chance.integers(2, 40, MEMBERS) if capped else np.full(MEMBERS, 1000)
    claims = Claims(
        *(text([f"c{i}" for i in range(MEMBERS)]), ints(range(MEMBERS)), blank(MEMBERS), ints(tasks * 10**6)),
        *(zero(MEMBERS), ints(1000 * chance.integers(1, 10, (MEMBERS, width))), zero(MEMBERS), blank(MEMBERS)),
        *(ints(weight), weight, floats(speed)),
    )
    charter = Charter(entitlements=Entitlements("weight"), seed=str(chance.integers(1 << 62)))
    resources = ("cpu_milli", "memory_milli_gib", "gpu_milli")[:width]
    shared = pool(charter, resources, tuple(kinds), members, nodes, claims)
    return situation(shared, claims, Window(0, 3600), passing=True)


def tallied(by: loop.Rule, situations: list[Situation], lies: int) -> Tally:
    """Let every claim of every situation tell so many lies."""
    divide, tally = partial(loop.decide, by=by), Tally()
    for one in situations:
        try:
            plan = divide(one)
        except ApportionError as refusal:
            tally.refusals.append(refusal.faults[0].what)
            continue
        best: dict[int, float] = {}
        for outcome in islice(truthful.attempts(Asked(one, plan, divide)), lies * MEMBERS):
            tally.tried += 1
            for found in outcome or ():
                best[found.member] = max(best.get(found.member, 0.0), found.relative)
        tally.situations += 1
        tally.agents += MEMBERS
        tally.gains += best.values()
        tally.refuted.update(
            name for name in OTHERS if registry.probe(name).probe(one, plan, divide).status is Status.REFUTED
        )
    return tally


def rules() -> Iterator[tuple[str, loop.Rule]]:
    """Every registered policy with its defaults, and the variants."""
    for name in registry.names("policy"):
        yield name, loop.rule(name)
        for given in VARIANTS.get(name, ()):
            yield f"{name} ({', '.join(f'{key}={value}' for key, value in given.items())})", loop.rule(name, given)


def shown(name: str, tally: Tally) -> str:
    """One row of the table."""
    if not tally.situations:
        return f"| {name} |" + " – |" * 7
    share = f"{len(tally.gains)} of {tally.agents} ({100 * len(tally.gains) / tally.agents:.1f} %)"
    gains = [percent(statistics.median_low(tally.gains)), percent(max(tally.gains))] if tally.gains else ["–", "–"]
    others = [f"{100 * tally.refuted[name] / tally.situations:.0f} %" for name in OTHERS]
    return f"| {name} | {tally.tried:,} | {share} | {' | '.join([*gains, *others])} |"


def percent(gain: float) -> str:
    return f"{100 * gain:.1f} %" if gain < 1000 else "from (almost) nothing"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--situations", type=int, default=100, help="of each kind")
    options.add_argument("--lies", type=int, default=30, help="that each claim tells in each situation")
    options.add_argument("--policy", action="append", help="only these; may be repeated")
    chosen = options.parse_args()
    for kind, (flavors, width) in KINDS.items():
        chance = np.random.default_rng([chosen.seed, flavors, width])
        drawn = [generated(chance, flavors, width, capped=k % 2 == 0) for k in range(chosen.situations)]
        print(f"\n{kind}, {width} resources, {len(drawn)} situations of {MEMBERS} members\n")
        print(HEADING)
        refusals = {}
        for name, by in rules():
            if chosen.policy and by.name not in chosen.policy:
                continue
            tally = tallied(by, drawn, chosen.lies)
            print(shown(name, tally), flush=True)
            if tally.refusals:
                refusals[name] = f"{len(tally.refusals)} situations refused: {tally.refusals[0]}"
        print("".join(f"\n{name}: {said}" for name, said in refusals.items()))


if __name__ == "__main__":
    main()
