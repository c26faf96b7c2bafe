"""How are small pools and situations made for tests?

A `Case` is what a person would write down: rows of members, nodes and claims, in any order. From it come the same pool with
its rows shuffled and the same pool with every claim cut in two, so that a test can ask what may not matter.
`situation_of` is the short way from arrays to a situation. `cases` is the hypothesis strategy.
"""

import random
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import strategies as st

from apportion.domain.arrays import floats, ints, text
from apportion.domain.charter import Charter, Entitlements
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool, pool
from apportion.domain.situation import Situation, Window, situation
from apportion.domain.tables import NOBODY, Claims, Members, Nodes

MICRO = 1_000_000
NAMES = ("cpu_milli", "memory_milli_gib", "gpu_milli", "storage_milli_gib", "network_milli_gbps")


@dataclass(frozen=True)
class Claim:
    """A claim in whole units: tasks in micro-tasks, bundle in thousandths."""

    id: str
    member: str
    tasks: int
    bundle: tuple[int, ...]
    speed: tuple[float, ...]
    least: int = 0
    priority: int = 0


@dataclass(frozen=True)
class Case:
    """A pool and its claims, as rows.

    Parameters
    ----------
    members : name → weight under the rule "weight"
    capacity : flavor → thousandths of each resource that nobody owns
    owned : (flavor, member) → thousandths that a member owns
    used : member → resource-seconds before this window
    """

    members: dict[str, float]
    capacity: dict[str, tuple[int, ...]]
    claims: tuple[Claim, ...]
    owned: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    rule: str = "weight"
    seed: str = "a test"
    used: dict[str, int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """How many resources there are."""
        rows = [*self.capacity.values(), *self.owned.values(), *(claim.bundle for claim in self.claims)]
        return max((len(row) for row in rows), default=1)

    def pool(self) -> Pool:
        """Build the pool."""
        names, flavors = list(self.members), sorted({*self.capacity, *(flavor for flavor, _ in self.owned)})
        resources = NAMES[: self.width]
        rows = [(flavor, None, row) for flavor, row in self.capacity.items()]
        rows += [(flavor, owner, row) for (flavor, owner), row in self.owned.items()]
        zero = ints(np.zeros(len(rows)))
        nodes = Nodes(
            text([f"{flavor}/{owner or ''}" for flavor, owner, _ in rows]),
            ints([NOBODY if owner is None else names.index(owner) for _, owner, _ in rows]),
            ints([flavors.index(flavor) for flavor, _, _ in rows]),
            ints(np.array([row for _, _, row in rows], dtype=np.int64).reshape(len(rows), self.width)),
            zero,
            text([""] * len(rows)),
            zero,
            zero,
            zero,
            text([""] * len(rows)),
        )
        by_contribution = self.rule == "contribution" and not self.owned
        weight = floats(list(self.members.values()))
        none = floats(np.full(len(names), np.nan))
        blank = text([""] * len(names))
        members = Members(
            text(names),
            ints(np.full(len(names), NOBODY)),
            weight,
            weight if by_contribution else none,
            weight,
            blank,
            blank,
            {},
        )
        charter = Charter(entitlements=Entitlements(self.rule), seed=self.seed)
        return pool(charter, resources, tuple(flavors), members, nodes, self._table(flavors, names))

    def _table(self, flavors: list[str], names: list[str]) -> Claims:
        many = len(self.claims)
        return Claims(
            text([claim.id for claim in self.claims]),
            ints([names.index(claim.member) for claim in self.claims]),
            text([""] * many),
            ints([claim.tasks for claim in self.claims]),
            ints([claim.least for claim in self.claims]),
            ints(np.array([claim.bundle for claim in self.claims], dtype=np.int64).reshape(many, self.width)),
            ints(np.zeros(many)),
            text([""] * many),
            ints([claim.priority for claim in self.claims]),
            floats(np.ones(many)),
            floats(np.array([claim.speed for claim in self.claims]).reshape(many, len(flavors))),
        )

    def situation(self) -> Situation:
        """Put the pool before a policy."""
        built = self.pool()
        used = np.array([[self.used.get(name, 0)] * self.width for name in built.members.id], dtype=np.int64)
        assert built.claims is not None
        return situation(built, built.claims, Window(0, 3600), used.reshape(len(built.members), self.width))

    def shuffled(self, seed: int) -> "Case":
        """The same case with its rows in another order."""
        chance = random.Random(seed)  # noqa: S311  # a test's shuffle, nothing secret

        def mixed(rows):
            return chance.sample(list(rows), len(rows))

        return replace(
            self,
            members=dict(mixed(self.members.items())),
            capacity=dict(mixed(self.capacity.items())),
            owned=dict(mixed(self.owned.items())),
            claims=tuple(mixed(self.claims)),
        )

    def in_hundreds(self) -> "Case":
        """The same case with all tasks in whole hundreds of micro-tasks, which `cut` cuts exactly."""
        rounded = [
            replace(claim, tasks=claim.tasks // 100 * 100, least=claim.least // 100 * 100) for claim in self.claims
        ]
        return replace(self, claims=tuple(rounded))

    def cut(self) -> "Case":
        """The same case with every claim cut into 37 and 63 of a hundred."""
        return replace(self, claims=tuple(half for claim in self.claims for half in _halves(claim)))


def _halves(claim: Claim) -> tuple[Claim, Claim]:
    tasks, least = claim.tasks * 37 // 100, claim.least * 37 // 100
    return (
        replace(claim, id=f"{claim.id}.37", tasks=tasks, least=least),
        replace(claim, id=f"{claim.id}.63", tasks=claim.tasks - tasks, least=claim.least - least),
    )


def situation_of(
    capacity,
    bundles,
    tasks=None,
    members=None,
    weights=None,
    speed=None,
    least=None,
    priority=None,
    owned=None,
    rule=None,
    used=None,
    seed="a test",
) -> Situation:
    """Make a situation from numbers in human units; claims are c0, c1, … and keep that order up to ten.

    Parameters
    ----------
    capacity : (R,) of one flavor, or {flavor: (R,)}
    bundles : (M, R)
    tasks, least : (M,) most and least tasks; by default 1,000 and 0
    members : (M,) the member of each claim; by default claim i belongs to member m{i}
    weights : {member: weight}; by default 1 for each
    speed : (M, F); by default 1
    owned : {(flavor, member): (R,)} what members own of the pool, beside `capacity`; then the rule is "contribution"
    """
    many = len(bundles)
    flavors = capacity if isinstance(capacity, dict) else {"flavor": capacity}
    members = members or [f"m{i}" for i in range(many)]
    count = len({*flavors, *(flavor for flavor, _ in owned or {})})
    claims = tuple(
        Claim(
            f"c{i}",
            members[i],
            whole(tasks[i] if tasks is not None else 1000, MICRO),
            whole_row(bundles[i]),
            tuple(speed[i]) if speed is not None else (1.0,) * count,
            whole(least[i], MICRO) if least is not None else 0,
            priority[i] if priority is not None else 0,
        )
        for i in range(many)
    )
    return Case(
        weights or dict.fromkeys(sorted(members), 1.0),
        {name: whole_row(row) for name, row in flavors.items()},
        claims,
        {who: whole_row(row) for who, row in (owned or {}).items()},
        rule or ("contribution" if owned else "weight"),
        seed,
        used or {},
    ).situation()


def whole(number, unit) -> int:
    """Turn a number into whole parts of a unit."""
    return round(number * unit)


def whole_row(numbers) -> tuple[int, ...]:
    """Turn amounts into whole thousandths."""
    return tuple(whole(number, 1000) for number in numbers)


def plan_of(situation: Situation, tasks, policy="by hand") -> Plan:
    """Make a plan that grants (M,) or (M, F) tasks, in human units."""
    grants = np.rint(np.asarray(tasks, dtype=np.float64) * MICRO).astype(np.int64)
    return Plan(policy, {}, situation.digest, grants.reshape(len(situation.claims), len(situation.flavors)))


def granted(plan: Plan) -> list[float]:
    """Tasks granted to each claim, in human units."""
    return (plan.tasks_micro.sum(axis=1) / MICRO).tolist()


SPEEDS = (0.0, 0.5, 1.0, 2.0)


@st.composite
def cases(draw, flavors=(1, 3), minima=True, most_claims=8, alike=False) -> Case:
    """Draw pools with several resources, ties, zero bundles, zero weights, owned nodes, priorities and, if asked, minima.

    `flavors`: fewest and most; `alike`: every claim has the same bundle.
    """
    width, count = draw(st.integers(1, 3)), draw(st.integers(*flavors))
    names = [f"m{i}" for i in range(draw(st.integers(1, 4)))]
    amount = st.one_of(st.integers(0, 12), st.integers(0, 20_000), st.sampled_from([1000, 8000]))
    row = st.tuples(*[amount] * width)
    kinds = [f"f{i}" for i in range(count)]
    capacity = {kind: draw(row) for kind in kinds}
    owned = draw(st.dictionaries(st.tuples(st.sampled_from(kinds), st.sampled_from(names)), row, max_size=4))
    weight = st.sampled_from([0.0, 0.5, 1.0, 1.0, 3.0, 100.0])
    members = {name: draw(weight) for name in names}
    if not any(members.values()):
        members[names[0]] = 1.0
    need = st.one_of(st.integers(0, 4), st.integers(0, 4000), st.sampled_from([0, 1000, 8000]))
    shared = draw(st.tuples(*[need] * width))
    claims = []
    for i in range(draw(st.integers(0, most_claims))):
        speed = (1.0,) * count if draw(st.booleans()) else draw(st.tuples(*[st.sampled_from(SPEEDS)] * count))
        claims.append(
            Claim(
                f"c{i}",
                draw(st.sampled_from(names)),
                draw(st.one_of(st.integers(0, 20).map(lambda n: n * MICRO), st.integers(0, 50 * MICRO))),
                shared if alike else draw(st.tuples(*[need] * width)),
                speed,
                priority=draw(st.integers(0, 2)),
            )
        )
    rule = draw(st.sampled_from(["weight", "equal", "contribution"]))
    used = {name: draw(st.integers(0, 100)) for name in names}
    case = Case(members, capacity, tuple(claims), owned, rule, draw(st.sampled_from(["a", "b", "c"])), used)
    return _with_minima(draw, case) if minima and draw(st.booleans()) else case


def _with_minima(draw, case: Case) -> Case:
    """Set minima that surely fit: at most nine tenths of what each claim would get in an equal cut of what is left."""
    kinds = sorted(case.capacity)
    room = {kind: list(case.capacity[kind]) for kind in kinds}
    claims = []
    for claim in case.claims:
        part = draw(st.sampled_from([0, 0, 0.3, 0.9]))
        least = 0
        for kind, speed in zip(kinds, claim.speed, strict=True):
            fit = [room[kind][r] * MICRO // need for r, need in enumerate(claim.bundle) if need]
            most = min([claim.tasks - least, *fit]) if speed else 0
            take = int(most * part) // 2
            for r, need in enumerate(claim.bundle):
                room[kind][r] -= -(-take * need // MICRO)
            least += take
        claims.append(replace(claim, least=max(least, 0)))
    return replace(case, claims=tuple(claims))
