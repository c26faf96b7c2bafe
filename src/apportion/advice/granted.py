"""What does each charter grant to claims, which are divided once?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from apportion import loop
from apportion.advice.outcome import Candidate, Outcome
from apportion.domain.arrays import Floats, take
from apportion.domain.plan import Shares
from apportion.domain.pool import Pool
from apportion.domain.situation import Window, situation
from apportion.errors import ApportionError


@dataclass(frozen=True, eq=False)
class Table:
    """A pool with claims, under the present charter; `resource` is the position of the scarcest."""

    pool: Pool
    resource: int

    @cached_property
    def alone(self) -> Floats:
        """Useful rate of each member on its entitlement, divided by the present rule: (N,); NaN for one without claims."""
        claims = self.pool.claims
        assert claims is not None, "a table has claims"  # noqa: S101  # for the type checker
        rate = np.full(len(self.pool.members), np.nan)
        window = Window(0, self.pool.charter.window_s)
        for m in np.unique(claims.member).tolist():
            own = take(claims, np.flatnonzero(claims.member == m))
            home = situation(self.pool, own, window, None, self.pool.standing.entitlement[m])
            free = replace(home, guardrails={})  # alone there is nobody to guard against
            rate[m] = Shares(free, loop.decide(free, loop.charter_rule(self.pool.charter))).rate[m]
        return rate

    def outcomes(self, candidates: Iterable[Candidate]) -> tuple[list[Outcome], dict[str, str]]:
        """Divide by every candidate, the present charter first; one that declines is left out, with why."""
        found: list[Outcome] = []
        declined = {}
        for candidate in candidates:
            try:
                found.append(self.outcome(candidate))
            except ApportionError as error:
                if not found:  # the present charter: why it declines is to be told
                    raise
                declined[candidate.key] = error.faults[0].what
        return found, declined

    def outcome(self, candidate: Candidate) -> Outcome:
        """Divide by one candidate."""
        pool = self.pool.with_charter(candidate.charter)
        now = loop.assess(pool)
        shares = Shares(now, loop.decide(now, loop.charter_rule(candidate.charter)))
        asking = np.bincount(now.claims.member, minlength=len(pool.members)) > 0
        rate = np.where(asking & (shares.rate > 0), shares.rate, np.nan)
        part = shares.fraction[:, self.resource]
        share = part / max(float(part.sum()), np.finfo(float).tiny)
        return Outcome(
            candidate,
            1 / rate,
            np.where(self.alone > 0, self.alone, np.nan) / rate,
            1 / max(float(np.nansum(rate)), np.finfo(float).tiny),
            np.zeros(0, dtype=np.int64),
            float(part.sum()),
            float(1e4 * (share * share).sum()),
        )
