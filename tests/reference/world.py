"""How does a pool play out when a person keeps its books on paper?

Jobs, places, a clock. Nothing is remembered that can be looked up: who holds what is added up anew at each question.
Times are whole seconds, amounts whole numbers. A discipline is anything with `dispatch(world)`, which starts and stops
gangs, and `wakes(world)`, the later instants at which it wants to look again.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from reference.placement import Ground, place, room


@dataclass(frozen=True)
class Job:
    """A gang: `workers` equal workers, each in need of `need`; `lasts[c]` seconds on class c, -1 where it cannot run."""

    id: str
    member: str
    user: str
    submit: int
    workers: int
    need: tuple[int, ...]
    lasts: tuple[int, ...]
    priority: int = 0
    restart: int = 0


@dataclass(frozen=True)
class Place:
    """A node: what it holds when empty, and its class."""

    whole: tuple[int, ...]
    kind: int = 0


@dataclass(frozen=True)
class Run:
    """What became of a job; a spell is (from, to, {place: workers}). With `counting` a place's number is its class."""

    start: int | None
    end: int | None
    preemptions: int
    held: int
    spells: list


@dataclass(frozen=True)
class Holding:
    """What a running gang holds, since when, from when on it works, and when it will end."""

    kind: int
    at: dict[int, int]
    since: int
    works_from: int
    ends: int


def play(discipline, jobs, places, *, placement="counting", changes=()):
    """Play `jobs` (in file order) on `places` until nothing more happens; `changes` are (time, place, up)."""
    world = World(jobs, places, placement, changes)
    while (instant := world.next_instant(discipline)) is not None:
        world.now = instant
        world.finish()
        world.change()
        world.arrive()
        discipline.dispatch(world)
        while world.finish():
            discipline.dispatch(world)
    return world.runs()


@dataclass
class World:
    """The books: who is to come, who waits (in order of arrival), who runs where, what is left of each gang's work."""

    jobs: list[Job]
    places: list[Place]
    placement: str
    changes: tuple
    now: int | float = float("-inf")
    waiting: list[int] = field(default_factory=list)
    running: dict[int, Holding] = field(default_factory=dict)

    def __post_init__(self):
        self.up = [True] * len(self.places)
        self.left = {}  # job → (class, seconds left there), once it has run
        self.ended = set()
        self.spells = [[] for _ in self.jobs]
        self.displaced = []  # the times at which a discipline stopped a gang
        self.to_change = sorted(self.changes, key=lambda change: change[0])
        self.whole = self.added_up(range(len(self.places)))
        self.mix = mix(self.jobs, self.whole)
        self.to_come = [j for j in range(len(self.jobs)) if self.find(j, {}) is not None]

    # time

    def next_instant(self, discipline):
        """The next second in which something happens."""
        times = [self.jobs[j].submit for j in self.to_come] + [time for time, _, _ in self.to_change]
        times += [holding.ends for holding in self.running.values()] + list(discipline.wakes(self))
        return min((time for time in times if time > self.now), default=None)

    def finish(self):
        """Let gangs end that end now; say which."""
        done = [j for j, holding in self.running.items() if holding.ends == self.now]
        for j in done:
            self.close_spell(j)
            self.ended.add(j)
        return done

    def change(self):
        """Let places go down or come back. Who holds a place that is lost is stopped."""
        due = [change for change in self.to_change if change[0] <= self.now]
        self.to_change = [change for change in self.to_change if change[0] > self.now]
        for _, p, up in due:
            self.up[p] = up
        while (victim := self.without_place()) is not None:
            self.stop(victim)

    def without_place(self):
        """The gang that must stop: at the first place and resource of which too much is held, the last that started of those
        that hold it (the last in the file among equals)."""
        free = self.free(self.running)
        for p in sorted(self.whole):
            for r in range(len(self.whole[p])):
                holding = [j for j, its in self.running.items() if p in its.at and self.jobs[j].need[r] > 0]
                if holding and (p not in free or free[p][r] < 0):
                    return max(holding, key=lambda j: (self.running[j].since, j))
        return None

    def arrive(self):
        """Let jobs join the queue in file order."""
        self.waiting += [j for j in self.to_come if self.jobs[j].submit <= self.now]
        self.to_come = [j for j in self.to_come if self.jobs[j].submit > self.now]

    # places

    def there(self):
        """What each place holds that is up now: {place: amounts}."""
        return self.added_up(p for p in range(len(self.places)) if self.up[p])

    def added_up(self, places):
        """With `counting` all places of a class are one, and its number that of the class."""
        total = {}
        for p in places:
            name = self.places[p].kind if self.placement == "counting" else p
            before = total.get(name, (0,) * len(self.places[p].whole))
            total[name] = tuple(a + b for a, b in zip(before, self.places[p].whole, strict=True))
        return total

    def kind_of(self, p):
        return p if self.placement == "counting" else self.places[p].kind

    def free(self, beside):
        """What is left on each place that is up beside the holdings `beside`: {job: holding}."""
        free = {p: list(amounts) for p, amounts in self.there().items()}
        for j, holding in beside.items():
            for p, workers in holding.at.items():
                for r, amount in enumerate(self.jobs[j].need):
                    if p in free:
                        free[p][r] -= workers * amount
        return free

    def find(self, j, beside):
        """Where gang j would go beside the holdings `beside`, or None: the fastest class on which there is room."""
        lasts, free = self.jobs[j].lasts, self.free(beside)
        for kind in sorted((c for c, seconds in enumerate(lasts) if seconds >= 0), key=lambda c: (lasts[c], c)):
            at = place(self.placement, self.jobs[j], self.ground(kind, free, beside))
            if at is not None:
                return self.holding(j, kind, at)
        return None

    def ground(self, kind, free, beside):
        """What the rules of placement look at on one class."""
        here = {p: amounts for p, amounts in free.items() if self.kind_of(p) == kind}
        whole = {p: amounts for p, amounts in self.whole.items() if self.kind_of(p) == kind}
        empty = {p for p in here if not any(p in holding.at for holding in beside.values())}
        return Ground(whole, here, empty, *self.mix)

    def fits_at(self, j, holding, beside):
        """Is there room for gang j at the places of `holding` beside the holdings `beside`?"""
        free = self.free(beside)
        return all(p in free and room(self.jobs[j].need, free[p]) >= k for p, k in holding.at.items())

    # gangs

    def holding(self, j, kind, at):
        works_from = self.now + (self.jobs[j].restart if self.spells[j] else 0)
        return Holding(kind, at, self.now, works_from, works_from + self.left_on(j, kind))

    def left_on(self, j, kind):
        """Seconds of work left if gang j went on on class `kind`."""
        lasts = self.jobs[j].lasts
        before, left = self.left.get(j, (kind, lasts[kind]))
        return left if before == kind else -(-left * lasts[kind] // lasts[before])

    def soonest(self, j):
        """Seconds that gang j would still take: until its end if it runs, else what is left on its fastest class."""
        if j in self.running:
            return self.running[j].ends - self.now
        return min(self.left_on(j, kind) for kind, lasts in enumerate(self.jobs[j].lasts) if lasts >= 0)

    def start(self, j, found):
        """Start gang j where `found` says; what it will take is counted anew, as it may have been stopped since."""
        self.waiting.remove(j)
        self.running[j] = self.holding(j, found.kind, found.at)

    def stop(self, j):
        """Stop a gang. One that has worked for no second keeps what was left before."""
        holding = self.close_spell(j)
        if self.now > holding.works_from:
            self.left[j] = (holding.kind, holding.ends - self.now)
        self.waiting.append(j)

    def close_spell(self, j):
        holding = self.running.pop(j)
        self.spells[j].append((holding.since, self.now, holding.at))
        return holding

    def runs(self):
        """What became of each job, in file order."""
        return [
            Run(
                spells[0][0] if spells else None,
                spells[-1][1] if j in self.ended else None,
                len(spells) - (j in self.ended),
                sum(to - since for since, to, _ in spells),
                spells,
            )
            for j, spells in enumerate(self.spells)
        ]


def times(runs):
    """First start, end and stops of each."""
    return [(run.start, run.end, run.preemptions) for run in runs]


def mix(jobs, whole):
    """What part of the jobs needs what for a worker, and the resource of which they ask most for what there is."""
    shapes = Counter(job.need for job in jobs)
    there = [sum(amounts) for amounts in zip(*whole.values(), strict=True)]
    asked = [sum(job.workers * job.need[r] for job in jobs) for r in range(len(there))]
    scarce = max(range(len(there)), key=lambda r: (Fraction(asked[r], there[r]) if there[r] else 0, -r))
    return {need: Fraction(count, len(jobs)) for need, count in shapes.items()}, scarce


def never(_world):
    """No instant of its own: what `wakes` is where a discipline only answers to events."""
    return ()
