"""How do a pool's jobs go under each charter?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apportion.advice.candidates import home_discipline
from apportion.advice.outcome import Candidate, Outcome
from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.pool import Pool
from apportion.domain.schedule import NEVER, Schedule
from apportion.domain.smaller import at_percent
from apportion.domain.trace import Trace
from apportion.errors import ApportionError
from apportion.loop import charter_rule
from apportion.replays import arriving, at_home, carried, queueing
from apportion.simulation.services import beside_services, serve
from apportion.traces.scale import scale

WHOLE = 100  # percent


@dataclass(frozen=True, eq=False)
class Ground:
    """One pool, load and tie order on which charters are compared.

    Attributes
    ----------
    pool : under the present charter
    resource : position of the scarcest
    """

    pool: Pool
    resource: int

    @cached_property
    def _traces(self) -> dict[str, Trace]:
        return {}

    def jobs(self, placement: str) -> Trace:
        """The jobs in order of arrival."""
        if placement not in self._traces:
            self._traces[placement] = arriving(self.pool, placement)
        return self._traces[placement]

    @cached_property
    def alone(self) -> Schedule:
        """How every member's jobs go at home."""
        return at_home(self.jobs(self.pool.charter.queue.placement), home_discipline(self.pool.charter))

    @cached_property
    def present(self) -> Schedule:
        """How the jobs go under the present charter."""
        return self._carried(self.pool)

    def outcomes(
        self, candidates: Iterable[Candidate], tick: Callable[[int], None] = lambda _done: None
    ) -> tuple[list[Outcome], dict[str, str]]:
        """Replay every candidate, the present charter first; one that this pool cannot carry out is left out, with why.

        `tick` is called with how many are done.
        """
        found: list[Outcome] = []
        declined = {}
        for done, candidate in enumerate(candidates, 1):
            try:
                found.append(self.outcome(candidate))
            except ApportionError as error:
                if not found:  # the present charter: what is wrong with it is to be told
                    raise
                declined[candidate.key] = error.faults[0].what
            tick(done)
        return found, declined

    def outcome(self, candidate: Candidate, percent: int = 100) -> Outcome:
        """Replay one candidate, on so much of the pool."""
        if candidate.charter == self.pool.charter and percent == WHOLE:
            return self._told(candidate, self.pool, self.present)
        pool = self.pool.with_charter(candidate.charter)
        return self._told(candidate, pool, self._carried(pool, percent))

    def _carried(self, pool: Pool, percent: int = WHOLE) -> Schedule:
        how = queueing(pool)
        submitted = self.jobs(how.placement)
        jobs = beside_services(pool, submitted if percent == WHOLE else at_percent(submitted, percent))
        return carried(pool, jobs, how, charter_rule(pool.charter), percent)[0]

    def played(self, candidate: Candidate, jobs: Trace) -> Outcome:
        """Replay one candidate on another trace of the pool's jobs."""
        pool = self.pool.with_charter(candidate.charter)
        schedule, _ = carried(pool, beside_services(pool, jobs), queueing(pool), charter_rule(candidate.charter))
        return self._told(candidate, pool, schedule)

    def _told(self, candidate: Candidate, pool: Pool, schedule: Schedule) -> Outcome:
        """Take means over jobs that end today, so that a charter is not praised for long ones that it never starts."""
        jobs = pool.jobs
        assert jobs is not None, "a ground has jobs"  # noqa: S101  # for the type checker
        members, r = len(pool.members), self.resource
        done = schedule.finished & self.present.finished
        both = done & self.alone.finished
        took, alone = schedule.end_s - jobs.submit_s, self.alone.end_s - jobs.submit_s
        used = _used(
            schedule, jobs.gang[:, r], jobs.member, members, int(jobs.submit_s.min()), int(jobs.submit_s.max())
        )
        whole = float(pool.capacity[:, r].sum()) * max(int(np.ptp(jobs.submit_s)), 1)
        share = used / max(float(used.sum()), 1.0)
        return Outcome(
            candidate,
            _means(took, done, jobs.member, members),
            _means(took, both, jobs.member, members) / _above(_means(alone, both, jobs.member, members)),
            float(took[done].mean()) if done.any() else float("nan"),
            np.where(schedule.finished, schedule.end_s, NEVER),
            float(used.sum() / max(whole, 1.0)),
            float(1e4 * (share * share).sum()),
            None if pool.services is None else _answered(pool),
        )


def _used(schedule: Schedule, gang: Ints, member: Ints, members: int, first: int, last: int) -> Floats:
    """Resource-seconds that members held until the last submission: (N,); a job that was stopped held evenly."""
    ran = schedule.finished
    spent = np.where(ran, schedule.end_s - schedule.start_s, 1)
    before = np.clip(np.minimum(schedule.end_s, last) - np.maximum(schedule.start_s, first), 0, None)
    part = np.where(ran, schedule.held_s * (before / np.maximum(spent, 1)), 0.0)
    return np.asarray(np.bincount(member, gang * part, members), dtype=np.float64)


def _means(seconds: Ints, which: Bools, member: Ints, members: int) -> Floats:
    count = np.bincount(member[which], minlength=members)
    total = np.bincount(member[which], seconds[which].astype(np.float64), members)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _above(seconds: Floats) -> Floats:
    return np.where(seconds > 0, seconds, np.nan)


def _answered(pool: Pool) -> float:
    """Part of all requests that services answer in time."""
    served = serve(pool)
    rate = served.services.rate_milli.T
    return float((served.attainment * rate).sum() / max(float(rate.sum()), 1.0))


def changed(pool: Pool, load: float = 1.0, seed: str = "") -> Pool:
    """Return the pool at another load, or under another tie order."""
    ordered = pool.with_charter(replace(pool.charter, seed=seed)) if seed else pool
    return ordered if load == 1.0 else scale(ordered, load)
