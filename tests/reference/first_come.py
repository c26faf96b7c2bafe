"""What starts when nobody is stopped to make room: strict_fifo, skip_fifo, sjf, priority."""

from reference.world import never


class InOrder:
    """Start queued gangs in an order; one that does not fit blocks those behind it, or is passed over."""

    wakes = staticmethod(never)

    def __init__(self, key, *, blocking):
        self.key, self.blocking = key, blocking

    def dispatch(self, world):
        in_vain = set()  # what does not fit does not fit later in the same walk either
        for j in sorted(world.waiting, key=lambda j: self.key(world, j)):
            job = world.jobs[j]
            shape = job.workers, job.need, job.lasts if len(job.lasts) > 1 else None
            holding = None if shape in in_vain else world.find(j, world.running)
            if holding is not None:
                world.start(j, holding)
            elif self.blocking:
                return
            else:
                in_vain.add(shape)


def first_come(world, j):
    return world.jobs[j].submit, j


def strict_fifo():
    return InOrder(first_come, blocking=True)


def skip_fifo():
    return InOrder(first_come, blocking=False)


def sjf(*, blocking=False, estimates=None):
    """By duration on the fastest class, or by `estimates`: one tuple a job, one figure a class."""

    def key(world, j):
        job = world.jobs[j]
        length = estimates[j] if estimates else job.lasts
        return min(length[c] for c, lasts in enumerate(job.lasts) if lasts >= 0), job.submit, j

    return InOrder(key, blocking=blocking)


def priority(*, blocking=True):
    def key(world, j):
        return -world.jobs[j].priority, world.jobs[j].submit, j

    return InOrder(key, blocking=blocking)


class Easy:
    """skip_fifo with a reservation for the head: what is behind it must not make it later, by the estimates."""

    wakes = staticmethod(never)

    def __init__(self, estimates=None):
        self.estimates = estimates

    def dispatch(self, world):
        head = None
        for j in sorted(world.waiting, key=lambda j: first_come(world, j)):
            holding = world.find(j, world.running)
            if head is None and holding is None:
                head, when, where = j, *self.reserve(world, j)
            elif holding is not None and (head is None or self.harmless(world, j, holding, head, when, where)):
                world.start(j, holding)

    def reserve(self, world, head):
        """When, by the estimates, the head would fit first, and where; None if what runs is not what it waits for."""
        for when in sorted(self.ends(world, j, world.running[j]) for j in world.running):
            where = world.find(head, self.still_there(world, when))
            if where is not None:
                return when, where
        return None, None

    def harmless(self, world, j, holding, head, when, where):
        """Does gang j end by then, or leave the head its places?"""
        if when is None or self.ends(world, j, holding) <= when:
            return True
        return world.fits_at(head, where, {**self.still_there(world, when), j: holding})

    def still_there(self, world, when):
        return {j: holding for j, holding in world.running.items() if self.ends(world, j, holding) > when}

    def ends(self, world, j, holding):
        """The estimated end; an overdue gang is taken to end at once."""
        lasts = world.jobs[j].lasts[holding.kind]
        estimate = self.estimates[j][holding.kind] if self.estimates else lasts
        done = lasts - world.left_on(j, holding.kind)
        return max(holding.works_from + max(estimate - done, 0), world.now)
