"""What does a scheduler see? Jobs as bare numbers, in order of arrival."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text, ints
from apportion.domain.pool import Pool
from apportion.domain.schedule import Schedule
from apportion.errors import BadInput


@dataclass(frozen=True, eq=False)
class Trace:
    """Gangs in order of submission (equal times in file order) and what they share.

    Attributes
    ----------
    id, member, submit_s, duration_s : (J,)
    need : (J, R) what a whole gang holds, whole thousandths
    capacity : (R,) what is shared
    entitlement : (N, R) what each member has alone
    weight : (N,) integers; W of SEMANTICS
    member_order : (N,) tie order of members
    position : (J,) row of each job in the pool's table, which keeps file order
    """

    id: Text
    member: Ints
    submit_s: Ints
    duration_s: Ints
    need: Ints
    capacity: Ints
    entitlement: Ints
    weight: Ints
    member_order: Ints
    seed: bytes
    position: Ints

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def possible(self) -> Bools:
        """Which gangs fit the empty pool: (J,)."""
        return np.asarray((self.need <= self.capacity).all(axis=1))

    @cached_property
    def possible_alone(self) -> Bools:
        """Which gangs fit their member's entitlement: (J,)."""
        return np.asarray((self.need <= self.entitlement[self.member]).all(axis=1))

    def in_table_order(self, schedule: Schedule) -> Schedule:
        """Bring a schedule from the order of arrival into the order of the pool's table."""
        columns = []
        for column in (schedule.start_s, schedule.end_s, schedule.preemptions):
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

    def with_capacity(self, capacity: Ints) -> "Trace":
        """Return the same jobs on a pool of another size; entitlements stay what they were."""
        return replace(self, capacity=ints(capacity))

    def with_seed(self, seed: bytes, member_order: Ints) -> "Trace":
        """Return the same jobs under another tie order."""
        return replace(self, seed=seed, member_order=member_order)


def trace(pool: Pool, member_order: Ints) -> Trace:
    """Bring a pool's jobs before a scheduler that counts resources as plain numbers.

    Raises
    ------
    BadInput
        if there are no jobs, or if flavors differ in speed or fit for some job: then counting has no meaning.
    """
    jobs = pool.jobs
    if jobs is None:
        raise BadInput("this pool has no jobs", "jobs.csv", "add jobs.csv, or plan on claims.csv")
    uneven = (np.where(pool.may_run(jobs), jobs.speed, 0.0) != 1.0).any(axis=1)
    if uneven.any():
        first = int(np.argmax(uneven))
        raise BadInput(
            f'job "{jobs.id[first]}" does not run at speed 1 on every flavor, and counting makes one number of all flavors',
            where=f"jobs.csv:{first + 2}, columns speed, gpu_memory_gib, runtime",
            mend="leave those columns out, or keep one flavor in this pool",
        )
    order = np.argsort(jobs.submit_s, kind="stable")
    return Trace(
        jobs.id[order],
        jobs.member[order],
        jobs.submit_s[order],
        jobs.duration_s[order],
        jobs.gang[order],
        pool.capacity.sum(axis=0),
        pool.standing.entitlement.sum(axis=1),
        pool.standing.weight,
        member_order,
        pool.seed,
        order.astype(np.int64),
    )
