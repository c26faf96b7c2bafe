"""How do points look to one form? Their logs, each less its mean, and what is to be fitted."""

from dataclasses import dataclass, replace

import numpy as np

from apportion.capability.descent import best_of
from apportion.capability.forms import GROWTH, Form, grown, starts
from apportion.capability.observed import Observed
from apportion.domain.arrays import Floats

GROWN = (-1.0, 1.0)  # where a growth of efficiency a year is begun


@dataclass(frozen=True, eq=False)
class LaidOut:
    """Points as a form takes them.

    Attributes
    ----------
    X : (n, q) logs of what the form is a function of, less `mean`
    mean : (q,)
    y : (n,) log P, or log L
    years : (n,) before the newest point; None if efficiency does not grow
    low, high : (p,) the box in which θ is searched
    """

    form: Form
    X: Floats
    mean: Floats
    y: Floats
    years: Floats | None
    low: Floats
    high: Floats

    @property
    def free(self) -> int:
        """How many numbers are free: p."""
        return len(self.low)

    def model(self, theta: Floats) -> tuple[Floats, Floats]:
        """What θ (S, p) says of the points (S, n), and its Jacobian (S, n, p)."""
        return grown(self.form, self.X, self.years)(theta)[:2]

    def residual(self, theta: Floats) -> Floats:
        """(n,) for one θ."""
        return np.asarray(self.y - self.model(theta[None])[0][0])

    def located(self, delta: float, many: int, chance: np.random.Generator) -> tuple[Floats, float]:
        """Find the best θ (p,) from many starts, and its loss."""
        begin = starts(self.form, self.X, self.y, many, chance)
        if self.years is not None:
            begin = np.column_stack([begin, chance.uniform(*GROWN, many)])
        return best_of(self.model, self.y, begin, self.low, self.high, delta)

    def said(self, theta: Floats) -> dict[str, Floats]:
        """Parameters as a charter writes them, for each row of θ: (S,)."""
        own = self.form.say(theta, self.mean)
        return own if self.years is None else own | {"growth": theta[:, -1]}

    def read_by(self, other: "LaidOut") -> "LaidOut":
        """See these points as another's fit counts, so that its θ can be read here."""
        return replace(self, X=self.X + self.mean - other.mean, mean=other.mean)


def lay_out(form: Form, points: Observed, years: Floats | None) -> LaidOut:
    """Take logs, and find the box of θ."""
    logs = inputs(form, points)
    mean = logs.mean(axis=0)
    X, y = logs - mean, -points.response if form.of_loss else points.response
    low, high = form.box(X, y)
    if years is not None:
        low, high = np.append(low, GROWTH[0]), np.append(high, GROWTH[1])
    return LaidOut(form, X, mean, y, years, low, high)


def inputs(form: Form, points: Observed) -> Floats:
    """Logs of what a form is a function of: (n, q)."""
    if form.of_runs and points.params is not None and points.tokens is not None:
        return np.log(np.column_stack([points.params, points.tokens]))
    return np.log(points.compute)[:, None]
