"""On which places does a gang go?

The rules as a person would follow them with a list of what is free, looked through anew each time.
"""

from dataclasses import dataclass
from fractions import Fraction

MILLION = 10**6
PLENTY = 10**9  # a worker that needs nothing fits as often as one likes


@dataclass(frozen=True)
class Ground:
    """One class of places, by place: what it holds when empty, what is free; in index order those that are up.

    `empty` are the places of which nothing is held; `shapes` says what part of all jobs needs what for a worker, and
    `scarce` is the resource of which the jobs ask most for what there is (both only for `fragmentation`).
    """

    whole: dict[int, tuple[int, ...]]
    free: dict[int, list[int]]
    empty: set[int]
    shapes: dict[tuple[int, ...], Fraction]
    scarce: int


def room(need, free):
    """How many workers with `need` fit into `free`; none where more is taken than there is."""
    if any(amount < 0 for amount in free):
        return 0
    return min((f // n for n, f in zip(need, free, strict=True) if n), default=PLENTY)


def place(rule, job, ground):
    """Return {place: workers} by a rule, or None."""
    return RULES[rule](job, ground, {p: room(job.need, free) for p, free in sorted(ground.free.items())})


def counting(job, _ground, rooms):
    """One place holds them all, or there is no room: the places of a class have been added up to one."""
    return next(({p: job.workers} for p in rooms if rooms[p] >= job.workers), None)


def first_room(job, _ground, rooms):
    """Workers go to places in index order, as many as fit on each (the rule `any`)."""
    at, left = {}, job.workers
    for p, workers in rooms.items():
        if left and workers:
            at[p] = min(workers, left)
            left -= at[p]
    return None if left else at


def consolidated(job, ground, rooms):
    """The fullest place that holds all; else whole empty places and one more, if no empty place could hold all."""
    return on_few(job, ground, rooms, left_over)


def fragmentation(job, ground, rooms):
    """The same, but the one place that holds all is that on which the least more becomes unusable."""
    return on_few(job, ground, rooms, spoilt)


def on_few(job, ground, rooms, measure):
    best = least(job, job.workers, ground, rooms, measure)
    if best is not None:
        return {best: job.workers}
    if any(room(job.need, amounts) >= job.workers for amounts in ground.whole.values()):
        return None
    at, left = {}, job.workers
    for p, workers in rooms.items():
        if p in ground.empty and 0 < workers <= left:
            at[p] = workers
            left -= workers
    if left:
        others = {p: workers for p, workers in rooms.items() if p not in at}
        last = least(job, left, ground, others, left_over)
        if last is None:
            return None
        at[last] = left
    return at


def least(job, workers, ground, rooms, measure):
    """The place with the least `measure` among those that hold `workers`, the lowest index among equals."""
    able = [p for p in rooms if rooms[p] >= workers]
    return min(able, key=lambda p: (measure(job, workers, ground, p), p), default=None)


def left_over(_job, _workers, ground, p):
    """Σ_r free_r · 10⁶ // largest whole_r of the class, before placing."""
    most = [max(amounts) for amounts in zip(*ground.whole.values(), strict=True)]
    return sum(f * MILLION // m for f, m in zip(ground.free[p], most, strict=True) if m)


def spoilt(job, workers, ground, p):
    """By how much the expected unusable amount of the scarce resource grows."""
    after = [f - workers * n for f, n in zip(ground.free[p], job.need, strict=True)]
    return unusable(ground, after) - unusable(ground, ground.free[p])


def unusable(ground, free):
    """What of the scarce resource stays unused if a place is filled with workers of one shape, expected over shapes."""
    scarce = ground.scarce
    return sum(
        part * (free[scarce] - (room(need, free) * need[scarce] if need[scarce] else 0))
        for need, part in ground.shapes.items()
    )


RULES = {"counting": counting, "any": first_room, "consolidated": consolidated, "fragmentation": fragmentation}
