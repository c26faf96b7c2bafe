"""Which points may be fitted, and what should a reader of any fit of them know?"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from apportion.capability.forms import Form
from apportion.domain.arrays import Bools, Floats
from apportion.errors import Faults

SHOWN = 5  # faulty rows that are named
TIED = 0.9  # correlation of date and compute from which on no fit can part them
ADDS = 6.0  # AIC: beyond what Burnham and Anderson call weak evidence
ROUNDING = 1e-12  # of R²
FEW = 10  # points below which resampling says little


@dataclass(frozen=True, eq=False)
class Observed:
    """Points (C, P), with what else was recorded of each; (n,) arrays.

    Attributes
    ----------
    compute : C > 0
    capability : P, any finite number; where all are negative they are losses with their sign turned
    years : when, in years; None if unknown
    params, tokens : N and D > 0 of a training run, both or neither
    """

    compute: Floats
    capability: Floats
    years: Floats | None = None
    params: Floats | None = None
    tokens: Floats | None = None

    def __len__(self) -> int:
        return len(self.compute)

    @property
    def positive(self) -> bool:
        """Whether log P can be fitted."""
        return bool((self.capability > 0).all())

    @property
    def losses(self) -> bool:
        """Whether −P are losses, whose log can be fitted."""
        return bool((self.capability < 0).all())

    @cached_property
    def response(self) -> Floats:
        """What a fit is measured by: log P, −log L of losses, and P itself where its sign changes; more is better."""
        if self.positive:
            return np.log(self.capability)
        return -np.log(-self.capability) if self.losses else self.capability

    @cached_property
    def ago(self) -> Floats | None:
        """Years before the newest point, ≤ 0."""
        return None if self.years is None else self.years - self.years.max()

    @property
    def newest_decade(self) -> Bools:
        """The points within a factor of ten of the largest compute."""
        return np.asarray(self.compute > self.compute.max() / 10)

    def part(self, rows: Bools) -> "Observed":
        """Keep some points."""
        columns = (self.compute, self.capability, self.years, self.params, self.tokens)
        return Observed(*(None if column is None else column[rows] for column in columns))  # type: ignore[arg-type]  # the first two are always there

    def checked(self) -> "Observed":
        """Return these points if they can be fitted.

        Raises
        ------
        BadInput
            naming rows, from 0, where compute is not above 0 or anything is missing or infinite; for columns of different
            lengths, one point, or one amount of compute; all at once.
        """
        faults = Faults()
        columns = {"compute": self.compute, "params": self.params, "tokens": self.tokens}
        for name, column in columns.items():
            _named(faults, name, column, lambda of: np.isfinite(of) & (of > 0), "is not above 0", "logs need C > 0")
        for name, column in {"capability": self.capability, "years": self.years}.items():
            _named(faults, name, column, np.isfinite, "is not a number", "leave the point out, or mend it")
        lengths = {len(column) for column in (*columns.values(), self.capability, self.years) if column is not None}
        if len(lengths) > 1:
            faults.add(f"columns have {sorted(lengths)} points", "columns", "give each the same points")
        if (self.params is None) != (self.tokens is None):
            faults.add("of parameters and tokens one is missing", "params, tokens", "give both, or neither")
        if not faults.found and len(np.unique(self.compute)) < 2:
            what = (
                "there is one point"
                if len(self) == 1
                else "all points have the same compute"
                if len(self)
                else "no point"
            )
            faults.add(what, "compute", "a curve needs points at two amounts of compute or more")
        faults.raise_any()
        return self


def _named(faults: Faults, name: str, column: Floats | None, good: object, what: str, mend: str) -> None:
    if column is None:
        return
    wrong = np.flatnonzero(~good(column))  # type: ignore[operator]  # one of two functions of an array
    if len(wrong):
        rows = ", ".join(f"row {row}: {column[row]:g}" for row in wrong[:SHOWN])
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        faults.add(f"{name} {what}: {rows}{more}", name, mend)


def cautions(points: Observed, *, growth: bool = False) -> list[str]:
    """Say what in the points themselves limits every fit; with growth the fit takes the date into account."""
    said = []
    x, y = np.log(points.compute), points.response
    if not points.positive and not points.losses:
        many = int((points.capability <= 0).sum())
        said.append(
            f"{many} of {len(points)} points have a capability of 0 or less, which has no log: monotone alone fits them"
        )
    if len(points) < FEW:
        said.append(f"{len(points)} points are few: intervals from resampling them are too narrow")
    span = float(np.ptp(x)) / math.log(10)
    if span < 1:
        said.append(f"compute spans {span:.2f} decades: the data hardly tell one curve from another")
    if explained(y, x) > 0 and float(np.polyfit(x, y, 1)[0]) < 0:
        said.append("more compute goes with less capability here: no rising curve can say that")
    return said + (confounded(points, growth=growth) if points.ago is not None else [])


def confounded(points: Observed, *, growth: bool = False) -> list[str]:
    """Say where the date explains more than compute does, explains what compute leaves, or cannot be told from it.

    By R² of least squares of the response (log P) on log C, on the date, and on both; the date explains what compute leaves
    where it lowers AIC by `ADDS` or more.
    """
    assert points.ago is not None  # noqa: S101  # the caller asks only where there are dates
    x, y, t = np.log(points.compute), points.response, points.ago
    if np.ptp(t) == 0:
        return []
    said = []
    by_compute, by_date, by_both = explained(y, x), explained(y, t), explained(y, x, t)
    together = float(np.corrcoef(x, t)[0, 1])
    figures = f"R² {by_compute:.2f} by compute, {by_date:.2f} by date, {by_both:.2f} by both"
    if by_date > by_compute:
        said.append(f"the date explains more than compute does ({figures}): what looks like compute may be progress")
    elif not growth and _gained(len(points), by_compute, by_both) >= ADDS:
        said.append(
            f"the date explains part of what compute leaves ({figures}): a fit with growth (--growth) parts the two"
        )
    if abs(together) >= TIED:
        said.append(
            f"compute and date move together (correlation {together:.2f}; {figures}): these data cannot part their effects"
        )
    return said


def _gained(n: int, before: float, after: float) -> float:
    """How far one more column lowers AIC, by the R² without and with it."""
    return n * math.log(max(1 - before, ROUNDING) / max(1 - after, ROUNDING)) - 2


def explained(y: Floats, *by: Floats) -> float:
    """R² of least squares of y on columns and a constant; 0 where y does not vary.

    >>> explained(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0]))
    1.0
    """
    design = np.column_stack([np.ones(len(y)), *(column - column.mean() for column in by)])
    whole = float(((y - y.mean()) ** 2).sum())
    if whole == 0:
        return 0.0
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1.0 - float((left**2).sum()) / whole


def too_far(points: Observed, compute: float) -> bool:
    """Whether an amount lies more than one decade beyond the points on either side."""
    return not points.compute.min() / 10 * (1 - 1e-12) <= compute <= points.compute.max() * 10 * (1 + 1e-12)


def unfit(points: Observed, form: Form) -> str:
    """Say why the points are not of the kind that a family fits; empty if they are."""
    if form.of_runs and points.params is None:
        return "needs parameters and tokens of each point"
    if form.of_loss and not points.losses:
        return "is a loss: it needs capabilities that are losses with their sign turned"
    if not form.of_loss and not points.positive:
        return "fits log P: it needs capabilities above 0"
    return ""
