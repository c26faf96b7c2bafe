"""What does a scheduler see? Jobs as bare numbers, in order of arrival, and the places that hold them."""

from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text, distinct, ints
from apportion.domain.schedule import NEVER, Schedule
from apportion.errors import BadInput

COUNTING, CONSOLIDATED, ANY, FRAGMENTATION = "counting", "consolidated", "any", "fragmentation"
PLACEMENTS = (COUNTING, CONSOLIDATED, ANY, FRAGMENTATION)
_EACH = {"each": True}  # marks the columns with one row a job


@dataclass(frozen=True, eq=False)
class Places:
    """What holds gangs: nodes, or for ``counting`` all nodes of a class as one.

    Flavors that no job tells apart form one class; a gang runs on places of one class.

    Attributes
    ----------
    amount : (P, R) what each holds when nothing runs, whole thousandths
    kind : (P,) class of each, ascending
    of : (K,) to which place each of the pool's nodes belongs, −1 for none; empty where nodes are not known
    """

    amount: Ints
    kind: Ints
    of: Ints

    @property
    def total(self) -> Ints:
        """What all hold together: (R,)."""
        return np.asarray(self.amount.sum(axis=0))

    @property
    def names(self) -> Ints:
        """Row of the one node that each place is: (P,); empty where places are not single nodes."""
        known = self.of[self.of >= 0]
        if len(known) != len(self.amount) or len(np.unique(known)) != len(known):
            return np.zeros(0, dtype=np.int64)
        rows = np.empty(len(known), dtype=np.int64)
        rows[known] = np.flatnonzero(self.of >= 0)
        return rows

    @property
    def bounds(self) -> Ints:
        """Where each class begins, and the end: (C + 1,)."""
        return np.searchsorted(self.kind, np.arange(int(self.kind.max(initial=0)) + 2)).astype(np.int64)


def one_place(capacity: Ints) -> Places:
    """Count a capacity (R,) as one place."""
    return Places(ints(capacity).reshape(1, -1), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Changes:
    """What comes and goes: at some seconds a place holds so much more, or less.

    Attributes
    ----------
    at_s, place, delta : (H,) ascending, (H,), (H, R)
    """

    at_s: Ints
    place: Ints
    delta: Ints


def no_changes(width: int) -> Changes:
    """Return a world that stays as it is."""
    nothing = np.zeros(0, dtype=np.int64)
    return Changes(nothing, nothing, np.zeros((0, width), dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Standings:
    """How what members may count on changes: who joins, leaves or lends has more or less from some second on.

    Attributes
    ----------
    at_s, member : (H,) ascending, (H,)
    entitlement, weight : (H, R), (H,) what the member has from then on
    """

    at_s: Ints
    member: Ints
    entitlement: Ints
    weight: Ints


@dataclass(frozen=True, eq=False)
class Trace:
    """Gangs in order of submission (equal times in file order) and what they share.

    Attributes
    ----------
    id, member, submit_s, duration_s : (J,) seconds at speed 1; a job that is held back counts as submitted when released
    need : (J, R) what a whole gang holds, whole thousandths
    capacity : (R,) what is shared
    entitlement : (N, R) what each member has alone
    weight : (N,) integers; W of SEMANTICS
    member_order : (N,) tie order of members
    position : (J,) row of each job in the pool's table, which keeps file order
    workers : (J,) equal parts of a gang; each stays on one place
    user, priority, deadline_s : (J,) number of the user within the pool; larger goes first; −1 for none
    speed : (J, C) on each class of places, 0 where the job cannot run; None for 1 everywhere
    restart_s : (J,) seconds that a gang that was stopped holds its places before it goes on
    places : what holds the gangs; None for the capacity as one place
    homes : what each member has alone; None for its entitlement as one place
    placement : how gangs are put on places
    parent : (N,) the member above, −1 for none
    changes : what comes and goes; None for nothing
    standings : how entitlement and weight change; None for never
    home_changes : what comes and goes at each of `homes`, by its places; None for what follows from `standings`
    """

    id: Text = field(metadata=_EACH)
    member: Ints = field(metadata=_EACH)
    submit_s: Ints = field(metadata=_EACH)
    duration_s: Ints = field(metadata=_EACH)
    need: Ints = field(metadata=_EACH)
    capacity: Ints
    entitlement: Ints
    weight: Ints
    member_order: Ints
    seed: bytes
    position: Ints = field(metadata=_EACH)
    workers: Ints | None = field(default=None, metadata=_EACH)
    user: Ints | None = field(default=None, metadata=_EACH)
    priority: Ints | None = field(default=None, metadata=_EACH)
    deadline_s: Ints | None = field(default=None, metadata=_EACH)
    speed: Floats | None = field(default=None, metadata=_EACH)
    restart_s: Ints | None = field(default=None, metadata=_EACH)
    places: Places | None = None
    homes: tuple[Places, ...] | None = None
    placement: str = COUNTING
    parent: Ints | None = None
    changes: Changes | None = None
    standings: Standings | None = None
    home_changes: tuple[Changes, ...] | None = None

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def held_by(self) -> Places:
        """The places, also where none are named."""
        return self.places if self.places is not None else one_place(self.capacity)

    @cached_property
    def lasts(self) -> Ints:
        """Seconds on each class of places: (J, C), ceil(duration / speed); `NEVER` where the job cannot run."""
        if self.speed is None:
            return np.broadcast_to(self.duration_s[:, None], (len(self), len(self.held_by.bounds) - 1))
        return np.column_stack([_lasting(self.duration_s, column) for column in self.speed.T])

    @cached_property
    def possible(self) -> Bools:
        """Which gangs fit the empty pool: (J,)."""
        return fit(self, self.held_by)

    @cached_property
    def possible_alone(self) -> Bools:
        """Which gangs fit their member's entitlement: (J,)."""
        if self.homes is None:
            return np.asarray((self.need <= self.entitlement[self.member]).all(axis=1))
        found = np.zeros(len(self), dtype=bool)
        for member, home in enumerate(self.homes):
            own = np.flatnonzero(self.member == member)
            found[own] = fit(self.rows(own), home)
        return found

    def in_table_order(self, schedule: Schedule) -> Schedule:
        """Bring a schedule from the order of arrival into the order of the pool's table."""
        columns = []
        for column in (schedule.start_s, schedule.end_s, schedule.preemptions, schedule.held_s):
            table = np.empty_like(column)
            table[self.position] = column
            columns.append(table)
        return Schedule(*columns)

    @property
    def load(self) -> Floats:
        """Mean demand over the span of submissions as a part of capacity, for each resource: (R,)."""
        span = max(int(self.submit_s[-1] - self.submit_s[0]), 1) if len(self) else 1
        work = (self.need * self.duration_s[:, None].astype(np.float64)).sum(axis=0)
        return np.asarray(work / (np.maximum(self.capacity, 1) * float(span)))

    def rows(self, at: Ints) -> "Trace":
        """Return some of the jobs, in the order given, on the same places."""
        each = (part.name for part in fields(self) if part.metadata)
        columns = {name: getattr(self, name) for name in each}
        return replace(self, **{name: column[at] for name, column in columns.items() if column is not None})

    def at_home(self, member: int) -> "Trace":
        """Return the same jobs on what one member has alone, where nothing comes or goes but of its own.

        Raises
        ------
        BadInput
            if standing changes where homes are nodes, or of several classes: which of them go is not known.
        """
        if self.homes is not None and self.home_changes is not None:
            has, goes = self.homes[member], self.home_changes[member]
            return replace(self, capacity=has.total, places=has, changes=goes, standings=None, home_changes=None)
        if self.standings is not None:
            return self._at_changing_home(member, self.standings)
        home = self.entitlement[member]
        places = None if self.homes is None else self.homes[member]
        return replace(
            self, capacity=home if places is None else places.total, places=places or one_place(home), changes=None
        )

    def _at_changing_home(self, member: int, standings: Standings) -> "Trace":
        """Return the jobs on the most that a member ever has, of which so much is there as it has just then."""
        if self.homes is not None and any(len(home.amount) > 1 for home in self.homes):
            raise BadInput(
                "entitlements change over time, and homes are several nodes or classes of nodes",
                "the trace, field standings",
                "count the nodes of one class as one number: --placement counting",
            )
        own = np.flatnonzero(standings.member == member)
        has = np.concatenate([self.entitlement[member][None], standings.entitlement[own]])
        most = np.asarray(has.max(axis=0))
        first = min(int(self.submit_s.min(initial=0)), int(standings.at_s.min(initial=0)))
        delta = np.diff(np.concatenate([most[None], has]), axis=0)
        changes = Changes(ints(np.concatenate([[first], standings.at_s[own]])), ints(np.zeros(len(delta))), ints(delta))
        return replace(self, capacity=most, places=one_place(most), changes=changes, standings=None)

    def with_capacity(self, capacity: Ints) -> "Trace":
        """Return the same jobs on one place of another size; entitlements stay what they were."""
        return replace(self, capacity=ints(capacity), places=None, placement=COUNTING, changes=None)

    def with_seed(self, seed: bytes, member_order: Ints) -> "Trace":
        """Return the same jobs under another tie order."""
        return replace(self, seed=seed, member_order=member_order)


def fit(jobs: Trace, places: Places) -> Bools:
    """Tell which gangs fit some places when nothing runs: (J,)."""
    gang = np.ones(len(jobs), dtype=np.int64) if jobs.workers is None else jobs.workers
    if len(places.amount) == 1 and jobs.speed is None:
        return np.asarray((jobs.need <= places.amount[0]).all(axis=1))
    found, bounds = np.zeros(len(jobs), dtype=bool), places.bounds
    shape, of = distinct(np.column_stack([jobs.need, gang]))
    for c in range(len(bounds) - 1):
        amount = places.amount[bounds[c] : bounds[c + 1]]
        here = np.array([_fits(row[:-1], int(row[-1]), amount, jobs.placement) for row in shape], dtype=bool)
        found |= here[of] & (jobs.lasts[:, c] != NEVER)
    return found


def _fits(need: Ints, workers: int, amount: Ints, placement: str) -> bool:
    worker = need // max(workers, 1)
    used = worker > 0
    if not used.any():
        return len(amount) > 0
    hold = (amount[:, used] // worker[used]).min(axis=1)
    if placement in (CONSOLIDATED, ANY, FRAGMENTATION):
        return int(hold.sum()) >= workers
    return int(hold.max(initial=0)) >= workers


def _lasting(duration: Ints, speed: Floats) -> Ints:
    """ceil(duration / speed), exactly, with speed as it is written in decimals: (J,), (J,) → (J,)."""
    found = np.full(len(duration), NEVER, dtype=np.int64)
    for value in np.unique(speed[speed > 0]).tolist():
        at = np.flatnonzero(speed == value)
        exact = Fraction(repr(value))
        if int(duration[at].max()) * exact.denominator < 2**62:
            found[at] = -(-duration[at] * exact.denominator // exact.numerator)
        else:
            found[at] = [-(-int(d) * exact.denominator // exact.numerator) for d in duration[at]]
    return found
