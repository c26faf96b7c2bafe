"""How is one family fitted, how far off was it where it had not looked, and how surely are its parameters known?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.capability.curve import Curve
from apportion.capability.curves import FAMILIES
from apportion.capability.descent import descend, huber
from apportion.capability.forms import FORMS, Form
from apportion.capability.laid_out import LaidOut, lay_out
from apportion.capability.observed import Observed
from apportion.capability.stairs import stairs, steps_of
from apportion.domain.arrays import Floats, Ints

FITTED = (*(form.family for form in FORMS), "monotone")
PERCENTILES = (2.5, 97.5)  # of one amount
INSIDE = 0.95  # of the resamples, with all parameters of a curve at once
NOTHING = 1e-20  # a mean square of residuals that is no more than rounding
REACH = 10.0  # a curve is read down to one decade below the points
EDGE = "a parameter stands at the edge of what is searched: the points do not determine it"


@dataclass(frozen=True, eq=False)
class Settings:
    """How a fit is made.

    Attributes
    ----------
    families : which; None for all that take the points
    starts : from how many places each is begun
    bootstrap : how many resamples stand behind an interval; 0 for none
    seed : of starts and resamples
    growth : whether efficiency may grow with time, which needs years
    delta : Huber's δ, in logs; None for 1.345 robust spreads
    """

    families: Sequence[str] | None = None
    starts: int = 80
    bootstrap: int = 1000
    seed: int = 0
    growth: bool = False
    delta: float | None = None

    def wants(self, family: str) -> bool:
        """Whether a family is to be fitted."""
        return self.families is None or family in self.families

    def chance(self, family: str, purpose: int) -> np.random.Generator:
        """Draw for each family and purpose on its own, so that one more family changes no other's numbers."""
        return np.random.default_rng([self.seed, FITTED.index(family), purpose])


@dataclass(frozen=True, eq=False)
class Fitted:
    """One family, fitted.

    Attributes
    ----------
    family : among `apportion.capability.curves.FAMILIES`
    settings : its parameters, as a charter writes them; of `monotone` its points
    intervals : (low, high) of each parameter that is a number, for all of them at once; empty without resamples
    aicc : NaN where it cannot be compared; infinite where there are too few points for so many parameters
    held_out : error on the largest decade of compute; NaN where there is none, or the rest is too little
    residual : (n,) in the response
    drawn : parameters of each resample: (B,) each; empty without resamples
    levels : of `monotone`, P at each distinct amount by each resample: (B, K)
    notes : what this fit leaves open
    """

    family: str
    settings: dict[str, Any]
    intervals: dict[str, tuple[float, float]]
    aicc: float
    held_out: float
    residual: Floats
    drawn: dict[str, Floats]
    levels: Floats | None = None
    notes: tuple[str, ...] = ()

    @property
    def curve(self) -> Curve:
        """The curve of a charter, at the time of the newest point."""
        return _curve(self.family, self.settings)

    def read(self, points: Observed, compute: Floats) -> Floats:
        """What the fit to each resample says at amounts of compute: (B, K); (0, K) without resamples."""
        if self.levels is not None:
            distinct = np.unique(points.compute)
            rows = [np.interp(compute, distinct, row) for row in self.levels]
        else:
            least = {"least": self.settings["least"]} if "least" in self.settings else {}
            each = [dict(zip(self.drawn, row, strict=True)) for row in zip(*self.drawn.values(), strict=True)]
            rows = [_curve(self.family, one | least).value(compute) for one in each]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(compute))

    def band(self, points: Observed, compute: Floats) -> Floats:
        """Interval of the curve at amounts of compute: (K, 2); NaN without resamples."""
        read = self.read(points, compute)
        return np.percentile(read, PERCENTILES, axis=0).T if len(read) else np.full((len(compute), 2), np.nan)


def fit_form(points: Observed, form: Form, wish: Settings, delta: float) -> Fitted:
    """Fit one family that has a formula."""
    here = lay_out(form, points, points.ago if wish.growth else None)
    theta, loss = here.located(delta, wish.starts, wish.chance(form.family, 0))
    said = {key: float(value[0]) for key, value in here.said(theta[None]).items()}
    drawn = here.said(_resampled(here, theta, wish, delta)) if wish.bootstrap else {}
    edge = (theta <= here.low + 1e-6) | (theta >= here.high - 1e-6)
    return Fitted(
        form.family,
        said | ({"least": float(points.compute.min()) / REACH} if form.of_loss else {}),
        simultaneous(drawn),
        aicc(len(points), here.free, loss),
        _held_out(points, here, wish, delta),
        here.residual(theta),
        drawn,
        notes=(EDGE,) if edge.any() else (),
    )


def fit_monotone(points: Observed, wish: Settings, delta: float) -> Fitted:
    """Fit the rising steps; their held-out decade is read at the level of the last step before it."""
    C, level, value = stairs(points.compute, points.response)
    residual = points.response - value
    in_logs, newest = points.positive or points.losses, points.newest_decade
    held_out = math.nan
    if in_logs and len(np.unique(points.compute[~newest])) > 1:
        last = stairs(points.compute[~newest], points.response[~newest])[1][-1]
        held_out = _factor(points.response[newest] - last)
    draws = wish.chance("monotone", 1).integers(0, len(points), (wish.bootstrap, len(points)))
    return Fitted(
        "monotone",
        {"points": steps_of(C, _back(points, level))},
        {},
        aicc(len(points), len(np.unique(level)), float(huber(residual, delta).sum())) if in_logs else math.nan,
        held_out,
        residual,
        {},
        levels=np.array([_level_at(points, C, rows) for rows in draws]),
    )


def aicc(n: int, free: int, loss: float) -> float:
    """AICc of a fit with `free` numbers and Σ ρ = loss; infinite where n ≤ free + 2.

    >>> round(aicc(10, 2, 5.0), 6)  # n log(1) + 2·3 + 2·3·4 / 6
    10.0
    """
    k = free + 1
    if n - k - 1 <= 0:
        return math.inf
    return n * math.log(max(2 * loss / n, NOTHING)) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def _curve(family: str, settings: dict[str, Any]) -> Curve:
    """Make the curve as it was at the newest point, from which growth counts."""
    return FAMILIES[family](**{key: value for key, value in settings.items() if key != "growth"})


def _resampled(here: LaidOut, theta: Floats, wish: Settings, delta: float) -> Floats:
    """Fit resamples, each begun at the fit: (B, p)."""
    n = len(here.y)
    count = wish.chance(here.form.family, 1).multinomial(n, np.full(n, 1 / n), wish.bootstrap).astype(np.float64)
    begin = np.broadcast_to(theta, (wish.bootstrap, len(theta)))
    return descend(here.model, here.y, count, begin, here.low, here.high, delta)[0]


def simultaneous(drawn: dict[str, Floats]) -> dict[str, tuple[float, float]]:
    """Find intervals within which 95 % of the resamples lie with *all* their parameters at once.

    The outermost rank of each resample, over parameters and both sides, is counted; the intervals run from the rank that 95 %
    of the resamples stay inside of, from below and from above. Of one parameter they are percentiles 2.5 and 97.5, to one
    rank.
    Source: Mandel and Betensky, *Computational Statistics & Data Analysis* 52, 2008.

    >>> simultaneous({"scale": np.arange(1000.0)})
    {'scale': (25.0, 974.0)}
    """
    if not drawn:
        return {}
    table = np.sort(np.column_stack(list(drawn.values())), axis=0)
    many = len(table)
    rank = np.column_stack([value.argsort(kind="stable").argsort(kind="stable") for value in drawn.values()])
    outermost = np.sort(np.maximum(rank, many - 1 - rank).max(axis=1))
    reach = int(outermost[math.ceil(INSIDE * many) - 1])
    return {key: (float(table[many - 1 - reach, k]), float(table[reach, k])) for k, key in enumerate(drawn)}


def _held_out(points: Observed, here: LaidOut, wish: Settings, delta: float) -> float:
    """Fit what is below the largest decade, and predict that."""
    newest = points.newest_decade
    if len(np.unique(points.compute[~newest])) <= here.free:
        return math.nan
    years = here.years
    rest = lay_out(here.form, points.part(~newest), None if years is None else years[~newest])
    left = lay_out(here.form, points.part(newest), None if years is None else years[newest])
    theta, _ = rest.located(delta, max(1, wish.starts // 4), wish.chance(here.form.family, 2))
    return _factor(left.read_by(rest).residual(theta))


def _factor(residual: Floats) -> float:
    """Root mean square of residuals in logs, as a factor less one."""
    return math.expm1(min(math.sqrt(float((residual**2).mean())), 700.0))


def _level_at(points: Observed, C: Floats, rows: Ints) -> Floats:
    """Read the steps of a resample at every amount of the points: (K,), as P."""
    at, level, _ = stairs(points.compute[rows], points.response[rows])
    return _back(points, np.interp(C, at, level))


def _back(points: Observed, response: Floats) -> Floats:
    """From the response to P."""
    if points.positive:
        return np.exp(response)
    return -np.exp(-response) if points.losses else response
