"""Which curve do measured points (C, P) follow, how surely, and how far may it be read?

Families that fit log P (P > 0): `linear`, `power_law`, `log`, `hill`, `michaelis_menten`, `inverse`. Families that fit log L
of losses, given as P = −L < 0: `power_floor`, and `chinchilla`, which needs parameters and tokens of each point as well.
`monotone` fits any P: the rising steps nearest to it (in squares of log P, of −log L, or of P where its sign changes).
`table` is drawn, not fitted. Points of both signs, or with P = 0, have no log: `monotone` alone takes them.

All are fitted by Huber's loss (`apportion.capability.descent`) with one δ for all, so that they can be compared: 1.345 times
the robust spread of the residuals of the best family (Huber 1964: 95 % as efficient as least squares for normal errors),
or as given; for `chinchilla` alone 10⁻³ is what Hoffmann et al. used. With r the residuals and k the free numbers,

    AICc = n log(2 Σ ρ_δ(r) / n) + 2 (k + 1) + 2 (k + 1)(k + 2) / (n − k − 2)

which for δ → ∞ is that of normal errors. `monotone` counts its steps as free numbers (Meyer and Woodroofe 2000).

*held out*: the largest decade of compute is left out, the rest fitted, and the decade predicted; the root mean square of the
residuals there as a factor less one (0.1: off by 10 %). *intervals* come from fits to points drawn with replacement, each
begun at the fit: 95 % of them lie inside the intervals of *all* parameters of a curve at once, and 95 %
of their values at one amount inside the band there. Growth of efficiency e^(g·t) on compute counts t from the newest point.

Sources: Hoffmann et al., arXiv 2203.15556, section 3.3; Hurvich and Tsai, *Biometrika* 76, 1989 (AICc); Ronchetti,
*Statistics & Probability Letters* 3, 1985 (robust AIC); Efron, *Annals of Statistics* 7, 1979; Meyer and Woodroofe,
*Annals of Statistics* 28, 2000; Mandel and Betensky, *Computational Statistics & Data Analysis* 52, 2008.
"""

import math
from dataclasses import dataclass

import numpy as np

from apportion.capability.fitted import FITTED, Fitted, Settings, fit_form, fit_monotone
from apportion.capability.forms import FORMS, Form
from apportion.capability.laid_out import lay_out
from apportion.capability.observed import Observed, cautions, too_far, unfit
from apportion.domain.arrays import Floats
from apportion.errors import BadInput, Faults, Refused, nearest

FIRST_DELTA = 1e-3
EFFICIENT = 1.345  # Huber's δ in spreads
SPREAD = 1.4826  # of the median of |r|: a normal distribution's standard deviation
LEAST_DELTA = 1e-9  # residuals below are rounding
ALIKE = 2.0  # AICc: Burnham and Anderson's substantial support


@dataclass(frozen=True, eq=False)
class Fitting:
    """All fits of some points, best first.

    Attributes
    ----------
    fits : by AICc, then in the order of `FITTED`
    left_out : family → why it was not fitted
    warnings : what the points and the fits leave open, for a reader
    delta : Huber's δ that was used
    """

    points: Observed
    settings: Settings
    fits: tuple[Fitted, ...]
    left_out: dict[str, str]
    warnings: tuple[str, ...]
    delta: float

    @property
    def best(self) -> Fitted:
        return self.fits[0]

    def predict(self, compute: Floats, fitted: Fitted | None = None, *, extrapolate: bool = False) -> Floats:
        """Read a fit at amounts of compute (K,): P, and the interval of the *curve*, not of a point; (K, 3), NaN for none.

        Raises
        ------
        BadInput
            for amounts that are not above 0.
        Refused
            beyond one decade from the points, unless extrapolation is asked for.
        """
        one = fitted or self.best
        at = np.atleast_1d(np.asarray(compute, dtype=np.float64))
        if not (np.isfinite(at) & (at > 0)).all():
            raise BadInput(
                "compute to predict for is not above 0", "--predict", "give an amount of compute, such as 1e24"
            )
        far = [C for C in at.tolist() if too_far(self.points, C)]
        if far and not extrapolate:
            low, high = self.points.compute.min(), self.points.compute.max()
            raise Refused(
                f"{', '.join(f'{C:g}' for C in far)} lies more than one decade beyond the data, {low:g} to {high:g}",
                "--predict",
                "stay within a decade, or add --extrapolate and answer for it",
            )
        return np.column_stack([one.curve.value(at), one.band(self.points, at)])


def fit(points: Observed, settings: Settings | None = None) -> Fitting:
    """Fit every family that takes the points.

    Raises
    ------
    BadInput
        for points that cannot be fitted (`Observed.checked`), families that do not exist, or if no family takes the points.

    Cost: for n = 250 points, 80 starts and 1,000 resamples some seconds.

    Examples
    --------
    >>> C = np.logspace(0, 3, 20)
    >>> found = fit(Observed(C, 2 * C**0.5), Settings(families=["linear", "power_law"], bootstrap=0))
    >>> found.best.family, {key: round(value, 6) for key, value in found.best.settings.items()}
    ('power_law', {'scale': 2.0, 'exponent': 0.5})
    """
    wish = settings or Settings()
    points.checked()
    _check(wish, points)
    forms, left_out = _taken(points, wish)
    delta = wish.delta or _delta(points, forms, wish)
    fits = [fit_form(points, form, wish, delta) for form in forms]
    if wish.wants("monotone") and "monotone" not in left_out:
        fits.append(fit_monotone(points, wish, delta))
    if not fits:
        why = "; ".join(f"{name} {reason}" for name, reason in left_out.items())
        raise BadInput(f"no family fits these points: {why}", "points", "add points, or choose other families")
    order = tuple(sorted(fits, key=lambda one: math.inf if math.isnan(one.aicc) else one.aicc))
    return Fitting(points, wish, order, left_out, (*cautions(points, growth=wish.growth), *_open(order)), delta)


def _check(wish: Settings, points: Observed) -> None:
    faults = Faults()
    for name in wish.families or ():
        if name not in FITTED:
            faults.add(f'no family "{name}" is fitted', "--family", nearest(name, FITTED))
    if wish.growth and points.years is None:
        faults.add("growth needs to know when", "--growth", "name a column of dates")
    for name, number, least in (("starts", wish.starts, 1), ("bootstrap", wish.bootstrap, 0), ("seed", wish.seed, 0)):
        if number < least:
            faults.add(f"{name} is {number}", f"--{name}", f"give {least} or more")
    faults.raise_any()


def _taken(points: Observed, wish: Settings) -> tuple[list[Form], dict[str, str]]:
    """Choose the forms that the points allow, and say why not the others."""
    taken, left_out = [], {}
    for form in [form for form in FORMS if wish.wants(form.family)]:
        free = form.size + wish.growth
        why = unfit(points, form)
        if not why and len(np.unique(points.compute)) <= free:
            why = f"has {free} parameters and needs points at {free + 1} amounts of compute or more"
        if why:
            left_out[form.family] = why
        else:
            taken.append(form)
    if wish.growth and wish.wants("monotone"):
        left_out["monotone"] = "has no growth"
    return taken, left_out


def _delta(points: Observed, forms: list[Form], wish: Settings) -> float:
    """Take δ from the residuals of the family to which most points lie nearest."""
    medians = []
    for form in forms:
        here = lay_out(form, points, points.ago if wish.growth else None)
        theta, _ = here.located(FIRST_DELTA, max(1, wish.starts // 4), wish.chance(form.family, 3))
        medians.append(float(np.median(np.abs(here.residual(theta)))))
    return max(EFFICIENT * SPREAD * min(medians), LEAST_DELTA) if medians else FIRST_DELTA


def _open(fits: tuple[Fitted, ...]) -> list[str]:
    """Say what the fits, side by side, leave open."""
    best = fits[0]
    said = []
    close = [one.family for one in fits[1:] if one.aicc - best.aicc < ALIKE]
    if close:
        said.append(f"{best.family} and {', '.join(close)} fit about equally well (AICc within 2): read both")
    if math.isnan(best.held_out):
        said.append("no decade of compute could be held out: how well the curve carries on is not known")
    return said + [f"{best.family}: {note}" for note in best.notes]
