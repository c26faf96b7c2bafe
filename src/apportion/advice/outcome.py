"""What does a charter do to every member?"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.charter import Charter


@dataclass(frozen=True)
class Candidate:
    """A charter that may be advised.

    Attributes
    ----------
    key : what it is, for sentences: ``now``, ``apart``, ``first_come``, …
    charter : all of it
    values : what a sentence about it says
    """

    key: str
    charter: Charter
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a charter does to every member.

    Attributes
    ----------
    burden : (N,) what a member pays for its work, less is better: mean completion time, in seconds, of those of its jobs that
        end under the present charter too, or for claims 1 over its useful rate; NaN for one without any
    against_alone : (N,) burden over what it is alone (ρ); NaN where that is not known
    mean : burden of all together: mean completion time of those jobs, or 1 over the total rate
    end_s : (J,) end of every job, −1 if it never ends; empty for claims
    done : part of the scarcest resource that was put to use by the last submission, or that is granted
    hhi : concentration of what members used until then, or are granted, of 10,000
    answered : part of the services' requests answered in time; None without services
    """

    candidate: Candidate
    burden: Floats
    against_alone: Floats
    mean: float
    end_s: Ints
    done: float
    hhi: float
    answered: float | None = None

    @property
    def worst(self) -> float:
        """The largest burden over that alone; 0 where none is known."""
        return float(np.nanmax(self.against_alone)) if np.isfinite(self.against_alone).any() else 0.0

    def gain(self, now: "Outcome", weight: Floats) -> float:
        """Mean logarithm of the burden under another charter over that under this one, members weighed by standing.

        Above 0 where members have it better here; the objective of proportional fairness, so that halving one member's time
        weighs as much as halving another's, if they have the same standing. Members who finish nothing under one of
        them leave it out of the sum; see `shut_out`.
        """
        both = np.isfinite(self.burden) & np.isfinite(now.burden) & (self.burden > 0) & (now.burden > 0)
        weigh = np.where(both, weight, 0.0)
        if not weigh.sum():
            return 0.0
        change = np.log(np.where(both, now.burden, 1.0) / np.where(both, self.burden, 1.0))
        return float((weigh * change).sum() / weigh.sum())

    def shut_out(self, now: "Outcome") -> bool:
        """Whether somebody who gets something done now would get nothing done, or some job that ends now would never end."""
        members = np.isfinite(now.burden) & ~np.isfinite(self.burden)
        jobs = (now.end_s >= 0) & (self.end_s < 0)
        return bool(members.any() or jobs.any())
