"""How does a stream of jobs become the claims of a window?

One claim for each (member, worker bundle, workers, speed row, GPU memory, runtime, priority), its bundle the whole gang and
its tasks counted in gangs. An offered window counts the gangs that would run on average if every job started when it was
submitted; a live window counts the jobs submitted and not finished.
"""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Floats, Ints, Text, take, text
from apportion.domain.pool import Pool
from apportion.domain.quantity import MICRO, amount_text, decimal_text
from apportion.domain.situation import Situation, Window, situation
from apportion.domain.tables import Claims, Jobs
from apportion.errors import BadInput


@dataclass(frozen=True, eq=False)
class Stream:
    """The jobs of a pool, sorted into the classes that become claims.

    Attributes
    ----------
    classes : one claim a class, in the byte order of their ids; tasks are filled in window by window
    class_of : (J,) class of each job
    capacity : (F, R) if it is not the pool's
    """

    pool: Pool
    jobs: Jobs
    classes: Claims
    class_of: Ints
    capacity: Ints | None = None

    @property
    def whole(self) -> Ints:
        """What there is when no node is down: (R,)."""
        return np.asarray((self.pool.capacity if self.capacity is None else self.capacity).sum(axis=0))

    def resized(self, capacity: Ints | None) -> "Stream":
        """Return the same jobs before a pool of another size."""
        return replace(self, capacity=capacity)

    def offered(self, window: Window) -> Situation:
        """Situation of a window in which every job starts when it is submitted."""
        start = np.maximum(self.jobs.submit_s, window.start_s)
        end = np.minimum(self.jobs.submit_s + self.jobs.duration_s, window.end_s)
        seconds = np.zeros(len(self.classes), dtype=np.int64)
        np.add.at(seconds, self.class_of, np.maximum(end - start, 0))
        return self._situation(-(-seconds * MICRO // window.length_s), window)

    def live(
        self, window: Window, waiting_or_running: Ints, used: Ints | None = None, *, passing: bool = False
    ) -> Situation:
        """Situation at the start of a window, from the jobs (positions) that are submitted and not finished."""
        gangs = np.bincount(self.class_of[waiting_or_running], minlength=len(self.classes))
        return self._situation(gangs * MICRO, window, used, passing=passing)

    def _situation(
        self, tasks_micro: Ints, window: Window, used: Ints | None = None, *, passing: bool = False
    ) -> Situation:
        asked = np.flatnonzero(tasks_micro)
        claims = replace(take(self.classes, asked), tasks_micro=tasks_micro[asked])
        return situation(self.pool, claims, window, used, self.capacity, passing=passing)


def stream(pool: Pool) -> Stream:
    """Read a pool's jobs as a stream.

    Raises
    ------
    BadInput
        if the pool has none.
    """
    if pool.jobs is None:
        raise BadInput("this pool has no jobs", "jobs.csv", "add jobs.csv, or plan on claims.csv")
    return Stream(pool, pool.jobs, *_classes(pool, pool.jobs))


def busiest(pool: Pool, jobs: Jobs) -> Window:
    """Find the window with the largest offered load of the scarcest resource; the earliest at equal load.

    Windows are multiples of the charter's length from the first submission. Jobs are counted by the windows they touch:
    linear in jobs plus windows, by a difference array on whole windows and the two partial ends.
    """
    length = pool.charter.window_s
    if not len(jobs):
        return Window(0, length)
    first = int(jobs.submit_s.min())
    begin, end = jobs.submit_s - first, jobs.submit_s - first + jobs.duration_s
    a, b = begin // length, end // length
    whole, partial = np.zeros((2, int(b.max()) + 2, len(pool.resources)), dtype=np.int64)
    np.add.at(whole, a, jobs.gang * length)
    np.add.at(whole, b, -jobs.gang * length)
    np.add.at(partial, a, -jobs.gang * (begin - a * length)[:, None])
    np.add.at(partial, b, jobs.gang * (end - b * length)[:, None])
    load = (np.cumsum(whole, axis=0) + partial) / np.maximum(pool.capacity.sum(axis=0), 1)
    start = first + int(np.argmax(load.max(axis=1))) * length
    return Window(start, start + length)


def _classes(pool: Pool, jobs: Jobs) -> tuple[Claims, Ints]:
    columns = [jobs.member, jobs.workers, jobs.gpu_memory_milli_gib, jobs.priority]
    keys = np.column_stack([*columns, jobs.bundle, _codes(jobs.runtime), _speed_codes(jobs.speed)])
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    sample = take(jobs, first)
    ids = text([_class_id(pool, sample, i) for i in range(len(first))])
    order = np.argsort(ids, kind="stable")
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    zero = np.zeros(len(first), dtype=np.int64)
    claims = Claims(
        ids,
        sample.member,
        text([""] * len(first)),
        zero,
        zero,
        sample.gang,
        sample.gpu_memory_milli_gib,
        sample.runtime,
        sample.priority,
        np.ones(len(first)),
        sample.speed,
    )
    return take(claims, order), position[inverse.reshape(-1)]


def _class_id(pool: Pool, jobs: Jobs, i: int) -> str:
    """Name a class by its content alone, so that a job submitted later cannot change an earlier name."""
    amounts = [
        f"{amount_text(int(a))} {r.split('_milli')[0]}"
        for a, r in zip(jobs.bundle[i], pool.resources, strict=True)
        if a
    ]
    rest = [
        jobs.gpu_memory_milli_gib[i].item(),
        jobs.runtime[i],
        jobs.priority[i].item(),
        *map(decimal_text, jobs.speed[i]),
    ]
    plain = rest == [0, "", 0, *(["1"] * len(pool.flavors))]
    tail = "" if plain else "#" + hashlib.sha256(repr(rest).encode()).hexdigest()[:8]
    return f"{pool.members.id[jobs.member[i]]}/{jobs.workers[i]} x {' + '.join(amounts) or 'nothing'}{tail}"


def _codes(names: Text) -> Ints:
    return np.unique(names.astype(str), return_inverse=True)[1].astype(np.int64)


def _speed_codes(speed: Floats) -> Ints:
    if speed.shape[1] == 0:
        return np.zeros(len(speed), dtype=np.int64)
    return np.unique(speed, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)
