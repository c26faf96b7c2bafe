"""What runs when a gang may be stopped for another: srtf, priority, round_robin, las, themis."""

from fractions import Fraction

from reference.walk import dispatch
from reference.world import never

FOR_EVER = Fraction(10**30)


def live(world):
    """Gangs that wait or run, in order of arrival."""
    return sorted([*world.waiting, *world.running], key=lambda j: (world.jobs[j].submit, j))


class Ranked:
    """A preemptive order that depends on nothing but the world as it is."""

    wakes = staticmethod(never)

    def __init__(self, key, *, blocking=False, churn=0):
        self.key, self.blocking, self.churn = key, blocking, churn

    def dispatch(self, world):
        order = sorted(live(world), key=lambda j: self.key(world, j))
        dispatch(world, order, churn=self.churn, blocking=self.blocking)


def srtf(*, churn=0):
    return Ranked(lambda world, j: (world.soonest(j), j), churn=churn)


def preemptive_priority(*, blocking=False, churn=0):
    def key(world, j):
        return -world.jobs[j].priority, world.jobs[j].submit, j

    return Ranked(key, blocking=blocking, churn=churn)


class RoundRobin:
    """Live gangs stand in a ring; who has held its places for a quantum while somebody waits goes to its back."""

    def __init__(self, *, quantum_s=60, churn=0):
        self.quantum_s, self.churn = quantum_s, churn
        self.ring, self.began = [], {}

    def dispatch(self, world):
        alive = live(world)
        self.ring = [j for j in self.ring if j in alive] + [j for j in alive if j not in self.ring]
        expired = [j for j in self.ring if j in world.running and self.ends(j) <= world.now]
        if world.waiting:
            self.ring = [j for j in self.ring if j not in expired] + expired
        for j in expired:
            self.began[j] = world.now
        before = dict(world.running)
        dispatch(world, self.ring, churn=self.churn)
        for j, holding in world.running.items():
            if before.get(j) is not holding:
                self.began[j] = world.now

    def ends(self, j):
        return self.began[j] + self.quantum_s

    def wakes(self, world):
        return [self.ends(j) for j in world.running]


def gpus(world, j, resource=0):
    """The size of a gang: its amount of one resource."""
    return world.jobs[j].workers * world.jobs[j].need[resource]


def seconds_held(world, j):
    """Seconds for which gang j has held places until now."""
    past = sum(to - since for since, to, _ in world.spells[j])
    return past + (world.now - world.running[j].since if j in world.running else 0)


class Las:
    """Least attained service, mode 2d: queues by size × seconds held; inside one by arrival in it, then file order."""

    def __init__(self, *, limits=(3250, 7200), size=gpus, churn=0):
        self.limits, self.size, self.churn = limits, size, churn
        self.queue, self.entered = {}, {}

    def attained(self, world, j):
        return self.size(world, j) * seconds_held(world, j)

    def dispatch(self, world):
        for j in live(world):
            queue = sum(self.attained(world, j) >= limit for limit in self.limits)
            if self.queue.get(j) != queue:
                self.queue[j], self.entered[j] = queue, world.now
        order = sorted(live(world), key=lambda j: (self.queue[j], self.entered[j], j))
        dispatch(world, order, churn=self.churn)

    def wakes(self, world):
        """The first second at which each running gang has reached its next limit."""
        for j in world.running:
            size, to_go = self.size(world, j), [limit for limit in self.limits if limit > self.attained(world, j)]
            if size and to_go:
                yield world.now - ((self.attained(world, j) - to_go[0]) // size)


class LasOfTiresias:
    """As Tiresias' simulator has it: a clock that counts seconds run, and queues in which those that run stand first."""

    def __init__(self, *, limits=(3250, 7200), size=gpus, churn=0):
        self.limits, self.size, self.churn = limits, size, churn
        self.queues = [[] for _ in range(len(limits) + 1)]

    def dispatch(self, world):
        alive, known = live(world), {j for queue in self.queues for j in queue}
        self.queues = [[j for j in queue if j in alive] for queue in self.queues]
        self.queues[0] += [j for j in alive if j not in known]
        for j in alive:
            if j in world.running:
                self.demote(world, j)
        dispatch(world, [j for queue in self.queues for j in queue], churn=self.churn)
        self.queues = [
            [j for j in queue if j in world.running] + [j for j in queue if j not in world.running]
            for queue in self.queues
        ]

    def demote(self, world, j):
        """One queue down, to its end, if the limit of its queue is reached."""
        level = self.level(j)
        if level < len(self.limits) and self.size(world, j) * seconds_held(world, j) >= self.limits[level]:
            self.queues[level].remove(j)
            self.queues[level + 1].append(j)

    def level(self, j):
        return next(level for level, queue in enumerate(self.queues) if j in queue)

    def wakes(self, world):
        """After each event, for each running gang: now + ceil((limit − seconds run) / gpus)."""
        for j in world.running:
            level, size = self.level(j), self.size(world, j)
            if level < len(self.limits) and size:
                yield world.now - ((seconds_held(world, j) - self.limits[level]) // size)


class Themis:
    """Finish-time fairness by lease: those without a running lease compete, the largest ρ first."""

    def __init__(self, *, lease_s=1200, churn=0):
        self.lease_s, self.churn, self.lease_ends = lease_s, churn, {}

    def rho(self, world, j):
        ideal = min(lasts for lasts in world.jobs[j].lasts if lasts >= 0)
        shared = world.now - world.jobs[j].submit + world.soonest(j)
        return Fraction(shared, ideal) if ideal else FOR_EVER

    def dispatch(self, world):
        fixed = [j for j in world.running if self.lease_ends[j] > world.now]
        compete = [j for j in live(world) if j not in fixed]
        before = {j: world.running[j] for j in fixed}
        dispatch(world, sorted(compete, key=lambda j: (-self.rho(world, j), j)), fixed=fixed, churn=self.churn)
        for j in world.running:
            if j not in before:
                self.lease_ends[j] = world.now + self.lease_s

    def wakes(self, world):
        return [self.lease_ends[j] for j in world.running]
