"""Which families of response curves are there, and which one does a charter mean?

| name | f(C) | bends | from |
|---|---|---|---|
| linear | a·C | not at all | |
| power_law | a·C^k | down for k ≤ 1, up for k > 1 | Kaplan et al. 2020 |
| power_floor | −(E + a·C^(−k)), a loss with its sign turned | down above C_min | Hoffmann et al. 2022, section 3.3 |
| log | a·log(1 + C/h) | down | |
| hill | a·C^k / (h^k + C^k), bounded by a | down for k ≤ 1, else up and then down | Hill 1910 |
| michaelis_menten | a·C / (h + C), bounded by a | down | Michaelis and Menten 1913 |
| inverse | a / C | up, and falls: more compute, less capability | |
| table | straight lines between given points | as the points do | |
| chinchilla | −L(C), the loss of the best split of C = 6ND | down above C_min | Hoffmann et al. 2022, section 3.3 |
| monotone | the rising curve nearest to given points, as a table | as the points do | Barlow et al. 1972 |

Every family takes `per_unit`, `growth` and `years` as well (`apportion.capability.effective`), and all parameters may
stand behind its name in one line (`apportion.capability.wording`).

With `scale` a > 0, `exponent` k > 0, `half` h > 0, `floor` E, and `least` C_min > 0, below which power_floor, chinchilla
and inverse
stay at f(C_min), because they are unbounded towards 0. A table stays at its last point, because nobody measured
beyond.

Sources: Kaplan et al., *Scaling laws for neural language models*, arXiv 2001.08361; Hoffmann et al., *Training
compute-optimal large language models*, arXiv 2203.15556; Hill, *J. Physiol.* 40, 1910, iv–vii; Michaelis and Menten,
*Biochem. Z.* 49, 1913, 333–369; Barlow, Bartholomew, Bremner and Brunk, *Statistical
Inference under Order Restrictions*, 1972.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from apportion.capability.chinchilla import Surface
from apportion.capability.curve import Curve, concave_curve
from apportion.capability.effective import effective
from apportion.capability.envelope import chorded, touching
from apportion.capability.points import polyline, read_points, rising
from apportion.capability.wording import points_text, read_line
from apportion.domain.arrays import Floats
from apportion.errors import BadInput, Faults, nearest

WHERE = "charter.toml, capability"


def linear(scale: float = 1.0) -> Curve:
    """F = a·C."""
    return concave_curve(lambda C: scale * C, lambda C: np.full(np.shape(C), scale), lambda P: _real(P, P / scale))


def power_law(scale: float = 1.0, exponent: float = 0.5) -> Curve:
    """F = a·C^k.

    >>> round(float(power_law(0.2, 1.5).inverse(np.array(0.9))), 4)
    2.7257
    """

    def slope(C: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            return scale * exponent * C ** (exponent - 1)

    made = concave_curve(lambda C: scale * C**exponent, slope, lambda P: _real(P, np.abs(P / scale) ** (1 / exponent)))
    return made if exponent <= 1 else _bent(made, math.inf)


def power_floor(scale: float = 1.0, exponent: float = 0.5, floor: float = 0.0, least: float = 1.0) -> Curve:
    """F = −(E + a·C^(−k)): the loss E + a·C^(−k) with its sign turned, so that more is better; for C ≥ C_min."""

    def value(C: Floats) -> Floats:
        return -(floor + scale * np.maximum(C, least) ** -exponent)

    def slope(C: Floats) -> Floats:
        return np.where(least > C, 0.0, scale * exponent * np.maximum(C, least) ** (-exponent - 1))

    def inverse(P: Floats) -> Floats:
        excess = np.asarray(-P - floor, dtype=np.float64)
        inside = (excess > 0) & (excess < scale * least**-exponent)
        C = np.where(inside, (np.where(inside, excess, 1.0) / scale) ** (-1 / exponent), np.nan)
        return np.where(value(np.zeros(np.shape(P))) == P, 0.0, C)

    return replace(_bent(concave_curve(value, slope, inverse), least), domain=(least, math.inf))


def log(scale: float = 1.0, half: float = 1.0) -> Curve:
    """F = a·log(1 + C/h)."""
    return concave_curve(
        lambda C: scale * np.log1p(C / half),
        lambda C: scale / (half + C),
        lambda P: _real(P, half * np.expm1(P / scale)),
    )


def hill(scale: float = 1.0, exponent: float = 0.5, half: float = 1.0) -> Curve:
    """F = a·C^k / (h^k + C^k): half of the bound `a` at C = h; for k > 1 it turns at C = h·((k − 1)/(k + 1))^(1/k)."""

    def slope(C: Floats) -> Floats:
        x = np.asarray(C, dtype=np.float64) / half
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(scale / half * exponent * x ** (exponent - 1) / (1 + x**exponent) ** 2)

    def inverse(P: Floats) -> Floats:
        inside = (P >= 0) & (scale > P)
        share = np.where(inside, P, 0.0)
        return np.where(inside, half * (share / (scale - share)) ** (1 / exponent), np.nan)

    def value(C: Floats) -> Floats:
        w = (C / half) ** exponent
        return np.asarray(scale * w / (1 + w))

    made = concave_curve(value, slope, inverse)
    if exponent <= 1:
        return made
    return _bent(made, half * ((exponent - 1) / (exponent + 1)) ** (1 / exponent))


def michaelis_menten(scale: float = 1.0, half: float = 1.0) -> Curve:
    """F = a·C / (h + C): half of the bound `a` at C = h."""
    return hill(scale, 1.0, half)


def inverse(scale: float = 1.0, least: float = 1.0) -> Curve:
    """F = a / C for C ≥ C_min: it falls, so that on these terms nobody gains by compute, and its envelope is a chord."""

    def slope(C: Floats) -> Floats:
        return np.where(least > C, 0.0, -scale / np.maximum(C, least) ** 2)

    def backwards(P: Floats) -> Floats:
        inside = (P > 0) & (scale / least > P)
        return np.where(inside, scale / np.where(inside, P, 1.0), np.where(scale / least == P, 0.0, np.nan))

    def envelope(low: Floats, high: Floats) -> Curve:
        return chorded(made, np.clip(least, low, high), high)

    made = Curve(lambda C: scale / np.maximum(C, least), slope, backwards, False, False, (least, math.inf), envelope)
    return made


def table(scale: float = 1.0, points: str = "") -> Curve:
    """F runs straight from each point to the next, ``"0:0, 10:3, 20:4"`` (compute:capability), and stays at the last."""
    C, P = read_points(points)
    return polyline(C, scale * P)


def chinchilla(
    E: float = 1.69, A: float = 406.4, B: float = 410.7, alpha: float = 0.34, beta: float = 0.28, least: float = 1.0
) -> Curve:
    """F = −L(C), L the least loss E + A/N^α + B/D^β with 6ND = C (`apportion.capability.chinchilla`); for C ≥ C_min."""
    surface = Surface(E, A, B, alpha, beta)
    return power_floor(surface.scale, surface.exponent, E, least)


def monotone(scale: float = 1.0, points: str = "") -> Curve:
    """F runs through the points of a table after the least change, in squares, that makes them rise."""
    C, P = read_points(points)
    return polyline(C, scale * rising(P))


FAMILIES: dict[str, Callable[..., Curve]] = {
    family.__name__: family
    for family in (linear, power_law, power_floor, log, hill, michaelis_menten, inverse, table, chinchilla, monotone)
}
EVERY = ("per_unit", "growth", "years")  # what each family takes as well
BESIDE = ("scales", "resource")  # what each member's curve is multiplied by, and which resource counts as compute
RANGE = {
    "scale": (1e-100, 1e100),
    "exponent": (1e-3, 10.0),
    "half": (1e-60, 1e60),
    "least": (1e-60, 1e60),
    "floor": (-1e12, 1e12),
    "E": (-1e12, 1e12),
    "A": (1e-60, 1e60),
    "B": (1e-60, 1e60),
    "alpha": (1e-3, 10.0),
    "beta": (1e-3, 10.0),
    "per_unit": (1e-60, 1e60),
    "growth": (-20.0, 20.0),
    "years": (-100.0, 100.0),
}
AMOUNTS = np.array([0.0, 1.0, 1e12])  # units of a pool at which a curve has to be a number


def curve(name: str, **settings: Any) -> Curve:
    """Choose a family by name, with its parameters; those of other families are passed over.

    Parameters
    ----------
    name : a family, or a line such as ``"hill exponent=2 half=30"``; what stands in the line goes before `settings`

    Raises
    ------
    BadInput
        if there is no such family, a parameter is out of its range, given in both places, or unknown to the family of the
        line, or if the curve leaves what a float holds; all faults at once.

    Examples
    --------
    >>> sqrt = curve("power_law", exponent=0.5)
    >>> float(sqrt.value(np.array(9.0))), float(sqrt.slope(np.array(9.0))), float(sqrt.inverse(np.array(3.0)))
    (3.0, 0.16666666666666666, 9.0)
    >>> float(curve("power_law exponent=1.5 per_unit=4").value(np.array(1.0)))
    8.0
    """
    name, line = read_line(name, f"{WHERE}.curve")
    if name not in FAMILIES:
        raise BadInput(f'there is no curve "{name}"', f"{WHERE}.curve", nearest(name, list(FAMILIES)))
    family = FAMILIES[name]
    defaults = {key: parameter.default for key, parameter in inspect.signature(family).parameters.items()}
    known = [*defaults, *EVERY]
    faults = Faults()
    for key in line:
        if key not in known:
            faults.add(f'curve "{name}" does not read "{key}"', f"{WHERE}.curve", nearest(key, known))
        elif key in settings and settings[key] not in {defaults.get(key), line[key]}:
            what = f"{key} is {settings[key]} and, in the line of the curve, {line[key]}"
            faults.add(what, f"{WHERE}.{key}", "give it in one place")
    own = {key: settings[key] for key in known if key in settings} | line
    for key in [key for key in own if key in RANGE]:
        low, high = RANGE[key]
        if not low <= _number(own[key]) <= high:
            faults.add(f"{own[key]!r} is out of range", f"{WHERE}.{key}", f"{name} needs {low:g} ≤ {key} ≤ {high:g}")
    faults.raise_any()
    time = {key: own.pop(key) for key in EVERY if key in own}
    return _held(name, effective(family(**own), **time))


def _held(name: str, made: Curve) -> Curve:
    """Refuse a curve that leaves what a float holds somewhere up to 1e12 units."""
    with np.errstate(all="ignore"):
        there = np.isfinite(made.value(AMOUNTS)).all() and not np.isnan(made.slope(AMOUNTS)).any()
    if there:
        return made
    what = f'curve "{name}" with these parameters leaves what a float holds before {AMOUNTS[-1]:g} units'
    raise BadInput(what, f"{WHERE}.curve", "check scale, exponent and per_unit: they belong to one unit of compute")


def agreed_curve(agreed: Mapping[str, Any]) -> Curve:
    """Choose the curve of a charter's ``[capability]`` table; by default the power law with exponent 0.5.

    Raises
    ------
    BadInput
        as `curve`, and for keys that nothing reads.
    """
    said = str(agreed.get("curve", "power_law"))
    name = said.split(maxsplit=1)[0] if said.strip() else ""
    settings = {
        key: points_text(value) if key == "points" else value for key, value in agreed.items() if key != "curve"
    }
    known = [*inspect.signature(FAMILIES[name]).parameters, *EVERY] if name in FAMILIES else list(settings)
    faults = Faults()
    for key in settings:
        if key not in known and key not in BESIDE:
            faults.add(f'curve "{name}" does not read this key', f"{WHERE}.{key}", nearest(key, known))
    faults.raise_any()
    return curve(said, **settings)


def _number(value: Any) -> float:
    """Take a number as it is, and NaN for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def _bent(rising: Curve, bend: float) -> Curve:
    """Say of a rising curve that it bends upwards, or steps, before `bend`."""
    made = replace(rising, concave=False, envelope=lambda low, high: touching(made, low, high, bend))
    return made


def _real(P: Floats, C: Floats) -> Floats:
    """Answer NaN for capabilities below that of no compute, which is 0."""
    return np.where(np.asarray(P) >= 0, C, np.nan)
