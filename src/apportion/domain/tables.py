"""What is in a pool, and what is asked of it? Members, nodes, claims and jobs, as columns.

Every table is a frozen dataclass of arrays with one row an entry. Members, nodes and claims are kept in the byte order of
their ids, so the order of rows in a file cannot matter; jobs keep the order of their file, which is their order of arrival
at equal times. References to members and flavors are positions; −1 means none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints, Text
from apportion.domain.canonical import canonical_bytes, leaves, trusted_bytes, whole_cells
from apportion.domain.quantity import amount_text, decimal_text

NOBODY = -1


@dataclass(frozen=True, eq=False)
class Members:
    """Organisations that own nodes, make claims, or both. Weight, size and contribution are decimals, NaN if not given."""

    id: Text
    parent: Ints
    size: Floats
    contribution: Floats
    weight: Floats
    region: Text
    group: Text
    assets: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def leaves(self) -> list[bytes]:
        """Merkle leaves of the rows, as they enter a situation's digest."""
        return leaves(self._rows())

    def _rows(self) -> Iterator[bytes]:
        for i, name in enumerate(self.id):
            parent = self.id[self.parent[i]] if self.parent[i] >= 0 else ""
            numbers = [_optional(column[i]) for column in (self.size, self.contribution, self.weight)]
            yield _row("member", name, parent, *numbers, self.region[i], self.group[i])


@dataclass(frozen=True, eq=False)
class Nodes:
    """Machines. `amount` is (N, R) whole thousandths; memory of one GPU and runtime are conditions of fit, not amounts."""

    id: Text
    owner: Ints
    flavor: Ints
    amount: Ints
    gpu_memory_milli_gib: Ints
    runtime: Text
    idle_milli_watts: Ints
    max_milli_watts: Ints
    price_milli_per_hour: Ints
    region: Text

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def leaves(self) -> list[bytes]:
        """Merkle leaves of the rows."""
        return leaves(self._rows())

    def _rows(self) -> Iterator[bytes]:
        for i, name in enumerate(self.id):
            yield _row(
                "node",
                name,
                int(self.owner[i]),
                int(self.flavor[i]),
                self.amount[i].tolist(),
                int(self.gpu_memory_milli_gib[i]),
                self.runtime[i],
                int(self.idle_milli_watts[i]),
                int(self.max_milli_watts[i]),
                int(self.price_milli_per_hour[i]),
                self.region[i],
            )


@dataclass(frozen=True, eq=False)
class Claim:
    """One claim, to read: what claims[17] shows."""

    id: str
    member: int
    tasks: str
    min_tasks: str
    bundle: tuple[int, ...]
    speed: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Claims:
    """What members ask for now: up to `tasks` copies of a bundle.

    Attributes
    ----------
    tasks_micro, min_tasks_micro : (M,) most and least tasks, in millionths
    bundle : (M, R) whole thousandths of each resource one task uses up
    speed : (M, F) useful work per task-second on each flavor; 0 where the claim cannot run
    priority : (M,) larger goes first where a rule looks at it
    value : (M,) decimal, worth of one unit of useful work
    """

    id: Text
    member: Ints
    user: Text
    tasks_micro: Ints
    min_tasks_micro: Ints
    bundle: Ints
    gpu_memory_milli_gib: Ints
    runtime: Text
    priority: Ints
    value: Floats
    speed: Floats

    def __len__(self) -> int:
        return len(self.id)

    def __getitem__(self, i: int) -> Claim:
        return Claim(
            str(self.id[i]),
            int(self.member[i]),
            amount_text(int(self.tasks_micro[i]) // 1000),
            amount_text(int(self.min_tasks_micro[i]) // 1000),
            tuple(self.bundle[i].tolist()),
            tuple(self.speed[i].tolist()),
        )

    @cached_property
    def leaves(self) -> list[bytes]:
        """Merkle leaves of the rows. Linear: about four seconds for a million claims."""
        return leaves(self._rows())

    def _rows(self) -> Iterator[bytes]:
        known = {float(speed): decimal_text(speed) for speed in np.unique(self.speed)}
        worth = {float(value): decimal_text(value) for value in np.unique(self.value)}
        columns = zip(
            self.id,
            self.member.tolist(),
            self.user,
            whole_cells(self.tasks_micro),
            whole_cells(self.min_tasks_micro),
            whole_cells(self.bundle),
            whole_cells(self.gpu_memory_milli_gib),
            self.runtime,
            whole_cells(self.priority),
            self.value.tolist(),
            self.speed.tolist(),
            strict=True,
        )
        for *head, value, speed in columns:
            yield trusted_bytes(["claim", *head, worth[value], [known[one] for one in speed]])


@dataclass(frozen=True, eq=False)
class Jobs:
    """A stream of gangs: `workers` copies of a bundle, all or nothing, for `duration_s` seconds at speed 1.

    Attributes
    ----------
    submit_s, duration_s, deadline_s : (J,) whole seconds on the trace's own clock; a deadline of −1 is none
    bundle : (J, R) whole thousandths of each resource **one worker** uses up
    speed : (J, F) as in `Claims`
    """

    id: Text
    member: Ints
    user: Text
    submit_s: Ints
    duration_s: Ints
    workers: Ints
    workers_min: Ints
    bundle: Ints
    gpu_memory_milli_gib: Ints
    runtime: Text
    priority: Ints
    deadline_s: Ints
    speed: Floats
    kind: Text
    command: Text

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def gang(self) -> Ints:
        """What a whole gang holds: (J, R)."""
        return np.asarray(self.bundle * self.workers[:, None])


@dataclass(frozen=True, eq=False)
class Outages:
    """When nodes are down: from `down_s` to before `up_s`, −1 if they never come back. Those of one node do not overlap.

    (H,), (H,), (H,) in the order of `down_s`, then of nodes
    """

    node: Ints
    down_s: Ints
    up_s: Ints

    def __len__(self) -> int:
        return len(self.node)


@dataclass(frozen=True, eq=False)
class Agreements:
    """What members may count on from some second on: a part of the whole pool, NaN for what the charter's rule gives.

    (H,), (H,), (H,) in the order of `from_s`, then of members
    """

    member: Ints
    from_s: Ints
    share: Floats

    def __len__(self) -> int:
        return len(self.member)


def fits(flavor_gpu_memory: Ints, flavor_runtime: Text, gpu_memory: Ints, runtime: Text, uses_gpu: Bools) -> Bools:
    """Tell where a task may run by its conditions: GPU memory (per GPU) and runtime; an empty runtime means any.

    (F,), (F,), (M,), (M,), (M,) → (M, F)
    """
    enough = (flavor_gpu_memory[None, :] >= gpu_memory[:, None]) | ~uses_gpu[:, None]
    same = (runtime[:, None] == flavor_runtime[None, :]) | (runtime[:, None] == "") | (flavor_runtime[None, :] == "")
    return np.asarray(enough & same.astype(bool))


def _row(*cells: object) -> bytes:
    return canonical_bytes(list(cells))


def _optional(number: float) -> str:
    return "" if np.isnan(number) else decimal_text(number)
