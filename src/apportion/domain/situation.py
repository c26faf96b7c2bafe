"""What is known when deciding? The only input of a policy."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.canonical import canonical_bytes, leaf, merkle_root
from apportion.domain.entitlement import Standing
from apportion.domain.over_time import at
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text
from apportion.domain.tables import Claims, Members, Nodes
from apportion.domain.ties import tie_order


@dataclass(frozen=True)
class Window:
    """The time a decision is for: from `start_s` to before `end_s`, on the trace's clock."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """Seconds from start to end."""
        return self.end_s - self.start_s


@dataclass(frozen=True, eq=False)
class Situation:
    """All that is known when deciding.

    Attributes
    ----------
    resources : (R,) names with their unit
    flavors : (F,) names
    capacity : (F, R) whole thousandths
    standing : entitlements and weights of members
    used : (N, R) resource-seconds each member used before this window, in whole thousandths
    seed : 32 bytes that decide ties
    passing : nobody will keep or check what is decided here, as in a replay that only asks "what if"; it has no digest
    """

    resources: tuple[str, ...]
    flavors: tuple[str, ...]
    members: Members
    nodes: Nodes
    capacity: Ints
    standing: Standing
    claims: Claims
    window: Window
    seed: bytes
    used: Ints
    guardrails: dict[str, float] = field(default_factory=dict)
    passing: bool = False

    @cached_property
    def runs_on(self) -> Bools:
        """Where each claim may run: (M, F)."""
        return np.asarray(self.claims.speed > 0)

    @cached_property
    def possible(self) -> Bools:
        """Where each claim can be granted anything: (M, F), it runs there and nothing that it needs is altogether absent."""
        absent = (self.capacity == 0).astype(np.float64)
        return np.asarray(self.runs_on & ((self.claims.bundle > 0).astype(np.float64) @ absent.T == 0))

    @cached_property
    def order(self) -> Ints:
        """Position of each claim in the tie order: (M,)."""
        return tie_order(self.seed, self.claims.id)

    @cached_property
    def member_order(self) -> Ints:
        """Position of each member in the tie order: (N,)."""
        return tie_order(self.seed, self.members.id)

    @cached_property
    def dominant(self) -> Floats:
        """Dominant share of one task of each claim: (M,), the largest part of the pool's total of any resource."""
        total = self.capacity.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(self.claims.bundle > 0, self.claims.bundle / total, 0.0)
        return np.asarray(part.max(axis=1, initial=0.0))

    @cached_property
    def weight(self) -> Floats:
        """Weight of each claim: (M,), its member's share W divided among the member's claims by d = tasks · dominant.

        So all claims of a member reach their cap at one level, and cutting a claim in two changes nothing.
        Claims that can never be granted (they run nowhere, or ask for a resource that is absent there) weigh nothing.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            wish = np.where(self.possible.any(axis=1), self.claims.tasks_micro * self.dominant, 0.0)
            total = np.bincount(self.claims.member, weights=wish, minlength=len(self.members))
            part = np.where(wish > 0, wish / total[self.claims.member], 0.0)
        return np.asarray(self.standing.share[self.claims.member] * part)

    @cached_property
    def digest(self) -> str:
        """RFC 6962 root, in hex, over a header row and the rows of members, standing, nodes and claims."""
        if self.passing:
            return ""
        head = {
            "resources": list(self.resources),
            "flavors": list(self.flavors),
            "capacity": self.capacity.tolist(),
            "window": [self.window.start_s, self.window.end_s],
            "seed": self.seed.hex(),
            "guardrails": {name: decimal_text(value) for name, value in self.guardrails.items()},
            "rows": [len(self.members), len(self.nodes), len(self.claims)],
            "used": self.used.tolist(),
        }
        tables = (self.members, self.standing, self.nodes, self.claims)
        return merkle_root([leaf(canonical_bytes(head)), *(row for table in tables for row in table.leaves)]).hex()


def situation(
    pool: Pool,
    claims: Claims,
    window: Window,
    used: Ints | None = None,
    capacity: Ints | None = None,
    *,
    passing: bool = False,
) -> Situation:
    """Put a pool and the claims of one window before a policy.

    Claims must be in the byte order of their ids; where a claim does not fit a flavor by GPU memory or runtime its speed
    there becomes 0, so that nobody has to ask twice. Another `capacity` (F, R) than the pool's asks what a smaller pool
    would do: entitlements shrink in the same proportion, weights stay. Where nodes are down or members agreed on parts,
    what counts is how it stands at the first second of the window: nobody knows more by then.
    """
    whole, pool = pool, at(pool, window.start_s)
    if capacity is not None and pool is not whole:
        capacity = _part(pool.capacity, capacity, whole.capacity)
    may = pool.may_run(claims)
    if not (may | (claims.speed == 0)).all():
        claims = replace(claims, speed=np.where(may, claims.speed, 0.0))
    return Situation(
        pool.resources,
        pool.flavors,
        pool.members,
        pool.nodes,
        pool.capacity if capacity is None else capacity,
        pool.standing if capacity is None else _scaled(pool.standing, pool.capacity, capacity),
        claims,
        window,
        pool.seed,
        np.zeros((len(pool.members), len(pool.resources)), dtype=np.int64) if used is None else used,
        dict(pool.charter.guardrails),
        passing,
    )


def _part(amount: Ints, part: Ints, whole: Ints) -> Ints:
    """Take `part` out of `whole` of an amount, each (F, R), rounded down."""
    exact = amount.astype(object) * part.astype(object) // np.maximum(whole, 1)  # beyond 64 bits on the way
    return np.asarray(exact.astype(np.int64))


def _scaled(standing: Standing, full: Ints, capacity: Ints) -> Standing:
    return Standing(_part(standing.entitlement, capacity, full), standing.weight)
