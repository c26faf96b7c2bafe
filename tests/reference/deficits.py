"""What starts next when the books of `entitled` are kept second by second?"""

from reference.first_come import first_come
from reference.shares import tie
from reference.world import never

BILLION = 10**9


class Entitled:
    """Start the first fitting gang of the member whose deficit is largest.

    Shares are whole billionths of the pool, `plans` = {from: {member: share}}, before the first of them in proportion to
    the weights; a share of -1 is a member whom the plan does not know: it comes last. Each second a deficit grows by the
    planned and falls by the held dominant share; it stays within ± `window_s` × the dominant share of the entitlement.
    """

    wakes = staticmethod(never)

    def __init__(self, weights, entitlements, *, window_s, plans=None, seed=bytes(32)):
        total = sum(weights.values())
        self.plans = {
            float("-inf"): {m: w * BILLION // total if total else 0 for m, w in weights.items()},
            **(plans or {}),
        }
        self.entitlements, self.window_s, self.seed = entitlements, window_s, seed
        self.deficit, self.clock, self.held = dict.fromkeys(weights, 0), None, {}

    def dispatch(self, world):
        self.pass_time(world)
        while (keys := [self.key(world, j) for j in world.waiting if world.find(j, world.running)]) != []:
            world.start(min(keys)[-1], world.find(min(keys)[-1], world.running))
        self.held = {m: self.holds(world, m) for m in self.deficit}

    def pass_time(self, world):
        """Second by second from the last instant to this: what was held then was held all the while."""
        while self.clock is not None and self.clock < world.now:
            for m, deficit in self.deficit.items():
                bound = self.window_s * min(BILLION, dominant(world, self.entitlements[m]))
                moved = deficit + max(self.planned(self.clock)[m], 0) - self.held[m]
                self.deficit[m] = max(-bound, min(bound, moved))
            self.clock += 1
        self.clock = world.now

    def planned(self, now):
        return self.plans[max(start for start in self.plans if start <= now)]

    def holds(self, world, m):
        mine = [world.jobs[j] for j in world.running if world.jobs[j].member == m]
        width = len(world.places[0].whole)
        return dominant(world, [sum(job.workers * job.need[r] for job in mine) for r in range(width)])

    def key(self, world, j):
        m = world.jobs[j].member
        return self.planned(world.now)[m] == -1, -self.deficit[m], tie(self.seed, m), *first_come(world, j)


def dominant(world, amounts):
    """The largest part of a resource of the whole pool, in whole billionths."""
    whole = [sum(held) for held in zip(*world.whole.values(), strict=True)]
    return max((BILLION * a // w for a, w in zip(amounts, whole, strict=True) if w), default=0)
