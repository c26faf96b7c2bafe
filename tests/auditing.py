"""Could this schedule have happened, and do its figures say what it did?

`audit` judges spells from jobs, places and changes alone, in whole numbers; `audit_energy` adds up power over spells in
fractions. Neither knows of disciplines. Jobs and places are those of `reference.world`; a spell is (from, to, {place:
workers}) and spells come as one list a job, in order of time. With `counting` the number of a place is that of its class, and
all places of a class that are up are one.
"""

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby


@dataclass(frozen=True)
class Told:
    """What a schedule says of a job; a start or end that never came is None or below 0, a figure not kept None."""

    start: int | None
    end: int | None
    preemptions: int | None = None
    held: int | None = None

    @property
    def finished(self):
        return self.end is not None and self.end >= 0


def audit(jobs, places, spells, told, *, changes=(), counting=False):
    """List every violation: one sentence each, none if all could have happened as told."""
    pool, faults = Pool(places, changes, counting), []
    for job, of_job, says in zip(jobs, spells, told, strict=True):
        gang = of_gang(job, pool, of_job)
        faults += gang or of_work(job, pool, of_job, says.finished)
        faults += of_figures(job, of_job, says)
    return faults + overfull(jobs, pool, spells)


class Pool:
    """What is there of each place over time: [(moment, amounts)], and which class it is."""

    def __init__(self, places, changes, counting):
        self.kind, parts = {}, {}
        for p, place in enumerate(places):
            name = place.kind if counting else p
            self.kind[name] = place.kind
            parts.setdefault(name, []).append(p)
        self.levels = {name: list(levels(places, mine, changes)) for name, mine in parts.items()}

    def there(self, name, moment):
        """The amounts of a place at a moment, after its changes; None when it is down."""
        steps = self.levels[name]
        return steps[bisect_right(steps, moment, key=lambda step: step[0]) - 1][1]

    def lost(self, name, since, to):
        """Was the place down at `since`, or does it go down before `to`?"""
        later = [amounts for moment, amounts in self.levels[name] if since < moment < to]
        return None in [self.there(name, since), *later]


def levels(places, mine, changes):
    """The moments at which what is up of the places `mine` changes, and its sum from then on."""
    up = dict.fromkeys(mine, True)
    yield float("-inf"), whole(places, up)
    ours = sorted((change for change in changes if change[1] in up), key=lambda change: change[0])
    for moment, group in groupby(ours, key=lambda change: change[0]):
        up |= {p: back for _, p, back in group}
        yield moment, whole(places, up)


def whole(places, up):
    amounts = [places[p].whole for p in up if up[p]]
    return tuple(map(sum, zip(*amounts, strict=True))) if amounts else None


def of_gang(job, pool, spells):
    """All or nothing, on one class where it can run, on places that are there, after it came, never twice at once."""
    faults, before = [], job.submit
    for since, to, at in spells:
        kinds = sorted({pool.kind[p] for p in at})
        if since < before:
            faults.append(f"{job.id}: holds places from {since}, before {before}")
        if to < since:
            faults.append(f"{job.id}: holds places from {since} to {to}")
        if sum(at.values()) != job.workers or min(at.values(), default=0) < 1:
            faults.append(f"{job.id}: {dict(at)} are not its {job.workers} workers")
        if len(kinds) > 1:
            faults.append(f"{job.id}: on classes {kinds} at once")
        faults += [f"{job.id}: on class {kind}, where it cannot run" for kind in kinds if job.lasts[kind] < 0]
        faults += [f"{job.id}: on place {p}, down within {since}..{to}" for p in at if pool.lost(p, since, to)]
        before = to
    return faults


def of_work(job, pool, spells, finished):
    """Work done is work asked: each start but the first costs the restart, a move to another class rounds up."""
    state, faults = None, []
    for number, (since, to, at) in enumerate(spells):
        kind = pool.kind[min(at)]
        left = left_on(job, state, kind)
        worked = to - since - (job.restart if number else 0)
        to_end = finished and number == len(spells) - 1
        if to_end and worked != left:
            faults.append(f"{job.id}: works {worked} s in its last spell, from {since}; {left} s were left")
        if not to_end and worked >= left:
            faults.append(f"{job.id}: goes on after {to}, when its work is done")
        if worked > 0:
            state = (kind, left - worked)
    return faults


def left_on(job, state, kind):
    """Seconds left on class `kind` for a gang in `state`: (class, seconds left there), or None if it never worked."""
    if state is None:
        return job.lasts[kind]
    before, left = state
    return left if before == kind else -(-left * job.lasts[kind] // job.lasts[before])


def of_figures(job, spells, told):
    """Do start, end, stops and seconds held follow from the spells?"""
    seen = {
        "start": spells[0][0] if spells else None,
        "end": spells[-1][1] if spells and told.finished else None,
        "preemptions": len(spells) - told.finished,
        "held": sum(to - since for since, to, _ in spells),
    }
    said = {name: getattr(told, name) for name in seen}
    said |= {name: None for name in ("start", "end") if said[name] is not None and said[name] < 0}
    return [
        f"{job.id}: {name} is told as {said[name]}, by the spells it is {found}"
        for name, found in seen.items()
        if said[name] != found and (said[name] is not None or name in {"start", "end"})
    ]


def overfull(jobs, pool, spells):
    """Moments at which more is held than is there; what ends at a moment is free for what starts then."""
    faults = []
    steps = {name: [] for name in pool.levels}
    for job, of_job in zip(jobs, spells, strict=True):
        for since, to, at in of_job:
            for p, workers in at.items():
                amounts = [workers * n for n in job.need]
                steps[p] += [(since, amounts), (to, [-amount for amount in amounts])]
                if since == to and not holds(pool.there(p, since), amounts):
                    faults.append(f"place {p} at {since}: {job.id}, of no length, does not fit even alone")
    for p, mine in steps.items():
        mine += [(moment, [0] * len(mine[0][1])) for moment, _ in pool.levels[p] if mine and moment > mine[0][0]]
        held = None
        for moment, group in groupby(sorted(mine, key=lambda step: step[0]), key=lambda step: step[0]):
            held = [sum(column) for column in zip(*([held] if held else []), *(a for _, a in group), strict=True)]
            if not holds(pool.there(p, moment), held):
                faults.append(f"place {p} at {moment}: {held} held, {pool.there(p, moment)} there")
    return faults


def holds(there, amounts):
    return not any(amounts) if there is None else all(a <= t for a, t in zip(amounts, there, strict=True))


def energy_of(job, places, spells, idle, most, use, resource=0):
    """Joules: ∫ (idle + (most − idle) · use) dt over its spells, for each unit of `resource` that the gang holds.

    `idle[c]` and `most[c]` are watts of one unit on class c, `use` lies between 0 and 1; fractions are welcome.
    """
    total = Fraction(0)
    for since, to, at in spells:
        for p, workers in at.items():
            low, high = Fraction(idle[places[p].kind]), Fraction(most[places[p].kind])
            total += (to - since) * workers * job.need[resource] * (low + (high - low) * Fraction(use))
    return total


def audit_energy(jobs, places, spells, joules, idle, most, use, resource=0):
    """List the jobs whose energy is not that of their spells; `joules` and `use` are by job. Places are real ones."""
    faults = []
    for j, job in enumerate(jobs):
        found = energy_of(job, places, spells[j], idle, most, use[j], resource)
        if Fraction(joules[j]) != found:
            faults.append(f"{job.id}: {joules[j]} J are told, its spells come to {found} J")
    return faults
