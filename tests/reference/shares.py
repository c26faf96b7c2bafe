"""What starts next when members have standing: fair_share (flat and as a tree), virtual_finish."""

import hashlib
from dataclasses import replace
from fractions import Fraction

from reference.first_come import InOrder, first_come, strict_fifo
from reference.preemptive import Ranked
from reference.world import never, play


def tie(seed, name):
    return hashlib.sha256(seed + name.encode()).digest()


class FairShare:
    """Repeat: of those whose first queued gang fits, the one with the least (held + asked) / weight starts it.

    `weights` are by name. Without `parents` members stand side by side; with {member: parent} the choice goes from
    parents to their members and on to users, and at each level asked is what the child itself would start.
    """

    wakes = staticmethod(never)

    def __init__(self, weights, *, seed=bytes(32), parents=None):
        self.weights, self.seed, self.parents = weights, seed, parents

    def dispatch(self, world):
        while (chosen := self.choose(world, range(len(world.jobs)), self.levels())) is not None:
            world.start(chosen, world.find(chosen, world.running))

    def levels(self):
        """Functions that name the group in which a job is, from the top down, and that group's weight."""
        member = (lambda job: job.member, lambda name: self.weights[name])
        if self.parents is None:
            return [member]
        parent = (lambda job: self.parents[job.member], lambda name: self.weights[name])
        return [parent, member, (lambda job: job.user, lambda _name: 1)]

    def choose(self, world, group, levels):
        """The gang that the jobs of `group` would start next, or None."""
        if not levels:
            first = min((j for j in world.waiting if j in group), key=lambda j: first_come(world, j), default=None)
            return first if first is not None and world.find(first, world.running) is not None else None
        name_of, weight_of = levels[0]
        keys = []
        for name in {name_of(world.jobs[j]) for j in group}:
            child = [j for j in group if name_of(world.jobs[j]) == name]
            chosen = self.choose(world, child, levels[1:])
            if chosen is not None:
                weight, share = weight_of(name), self.share(world, child, chosen)
                keys.append((weight == 0, share / (weight or 1), tie(self.seed, name), chosen))
        return min(keys)[-1] if keys else None

    def share(self, world, group, asking):
        """The largest part of a resource of the whole pool that `group` would hold if `asking` started."""
        holds = [j for j in world.running if j in group] + [asking]
        whole = [sum(amounts) for amounts in zip(*world.whole.values(), strict=True)]
        taken = [sum(world.jobs[j].workers * world.jobs[j].need[r] for j in holds) for r in range(len(whole))]
        return max((Fraction(t, w) for t, w in zip(taken, whole, strict=True) if w), default=Fraction(0))


def virtual_ends(jobs, homes, *, alone=strict_fifo, estimates=None):
    """When each job would have ended alone on its member's places, `homes` = {member: places}; None where it never would.

    With `estimates`, one tuple a job and one figure a class, jobs last there as long as estimated.
    """
    lasts = estimates or [job.lasts for job in jobs]
    ends = [None] * len(jobs)
    for member, places in homes.items():
        own = [j for j, job in enumerate(jobs) if job.member == member]
        runs = play(alone(), [replace(jobs[j], lasts=lasts[j]) for j in own], places)
        for j, run in zip(own, runs, strict=True):
            ends[j] = run.end
    return ends


def virtual_finish(jobs, homes, *, alone=strict_fifo, estimates=None, seed=bytes(32), preemptive=False, churn=0):
    """By the end alone, smallest first; those that never ran alone come last, by submission; ties by seed."""
    ends = virtual_ends(jobs, homes, alone=alone, estimates=estimates)

    def key(world, j):
        job = world.jobs[j]
        virtual = (1, job.submit) if ends[j] is None else (0, ends[j])
        return *virtual, tie(seed, job.id), j

    return Ranked(key, churn=churn) if preemptive else InOrder(key, blocking=False)
