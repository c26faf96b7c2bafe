"""From when to when did each gang hold its places, also one that was stopped because something went?

A queue tells when a gang first started and when it ended, not when it was stopped in between. Where nobody is stopped but
when a place holds less, a gang runs at most once between two such instants, up to the later one or to its own end: what it
held in between tells when it began.
"""

from dataclasses import dataclass, field

import numpy as np

from apportion.domain.arrays import Bools, Ints
from apportion.domain.schedule import Held, Schedule, Stays
from apportion.domain.trace import Trace
from apportion.errors import BadInput
from apportion.ports import Queue


@dataclass
class Watched:
    """A queue that is looked at whenever something comes or goes, and otherwise left alone.

    Parameters
    ----------
    queue, trace : the replay under way, and what is replayed
    """

    queue: Queue
    trace: Trace
    _ahead: list[int] = field(init=False)
    _rows: Ints = field(init=False)
    _held: Ints = field(init=False)
    _seen: list[Stays] = field(init=False, default_factory=list)
    _stops: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        changes = self.trace.changes
        self._ahead = [] if changes is None else np.unique(changes.at_s)[::-1].tolist()
        self._rows = np.flatnonzero(self.trace.possible)
        self._held = np.zeros(len(self._rows), dtype=np.int64)

    def follow(self, shares: Ints) -> None:
        self.queue.follow(shares)

    def advance(self, until_s: int) -> None:
        while self._ahead and self._ahead[-1] < until_s:
            now = self._ahead.pop()
            self.queue.advance(now)
            self._look(now)
            self.queue.advance(now + 1)
            self._stops = int(self.queue.schedule().preemptions.sum())
        self.queue.advance(until_s)

    def progress(self, rows: Ints) -> tuple[Ints, Bools]:
        return self.queue.progress(rows)

    def schedule(self) -> Schedule:
        return self.queue.schedule()

    def held(self) -> Held:
        return self.queue.held()

    def stays(self) -> Stays:
        """Say who held what from when to when, of all that has ended, by rows of the trace.

        Raises
        ------
        BadInput
            if the discipline stops gangs by itself: when is kept nowhere.
        """
        self._look(None)
        each = [(one.job, one.begin_s, one.end_s, one.place, one.workers) for one in self._seen]
        return Stays(*map(np.concatenate, zip(*each, strict=True)))

    def _look(self, now: int | None) -> None:
        """Note who has held something since the last look; at the end, when all there is has ended, `now` is None."""
        known = self.queue.schedule()
        if int(known.preemptions.sum()) != self._stops:
            raise BadInput(
                "this discipline stops jobs and lets them go on later, and from when to when each ran is not kept",
                "--discipline",
                "take one that lets a job run to its end, such as entitled, fair_share, skip_fifo or virtual_finish",
            )
        held, ended = self.queue.progress(self._rows)
        more, self._held = held - self._held, held
        ran = np.flatnonzero((more > 0) & (ended if now is None else True))
        job = self._rows[ran]
        until = known.end_s[job] if now is None else np.where(ended[ran], known.end_s[job], now)
        where = self.queue.held()
        at, row = where.rows_of(job)
        self._seen.append(Stays(job[at], (until - more[ran])[at], until[at], where.place[row], where.workers[row]))
