"""What does a fit mean, in a sentence, and how does a charter write it?"""

import math

import numpy as np

from apportion.capability.chinchilla import Surface
from apportion.capability.fitted import PERCENTILES, Fitted
from apportion.capability.fitting import Fitting
from apportion.domain.arrays import Floats


def meaning(found: Fitting) -> str:
    """Say which curve fits best, and what twice the compute buys in the middle of the points."""
    best, points = found.best, found.points
    middle = math.exp(float(np.log(points.compute).mean()))
    two = np.array([middle, 2 * middle])
    said, drawn = best.curve.value(two), best.read(points, two)
    if points.positive:
        change = f"multiplies capability by {_ranged(said[1] / said[0], drawn[:, 1] / drawn[:, 0], 1.0, '')}"
    elif points.losses:
        change = f"lowers the loss by {_ranged(1 - said[1] / said[0], 1 - drawn[:, 1] / drawn[:, 0], 100.0, ' %')}"
    else:
        change = f"adds {_ranged(said[1] - said[0], drawn[:, 1] - drawn[:, 0], 1.0, '')} to capability"
    chosen = f"{best.family} fits best" if len(found.fits) > 1 else f"{best.family} was fitted"
    lead = _lead(found)
    return f"{chosen}{lead}: in the middle of the data, at {middle:.3g}, twice the compute {change}."


def _lead(found: Fitting) -> str:
    if len(found.fits) < 2 or not math.isfinite(found.fits[1].aicc):
        return ""
    second = found.fits[1]
    return f", ahead of {second.family} by {second.aicc - found.best.aicc:.1f} in AICc"


def _ranged(value: float, drawn: Floats, times: float, unit: str) -> str:
    if not len(drawn):
        return f"{times * value:.3g}{unit}"
    low, high = times * np.percentile(drawn, PERCENTILES)
    return f"{times * value:.3g}{unit} ({low:.3g} to {high:.3g})"


def best_split(fitted: Fitted, compute: float) -> tuple[float, float] | None:
    """Parameters and tokens of the least loss for an amount of compute; None unless the fit is a surface of both."""
    if fitted.family != "chinchilla":
        return None
    N, D = Surface(**{name: fitted.settings[name] for name in Surface._fields}).split(np.array(compute))
    return float(N), float(D)


def charter_lines(fitted: Fitted, unit: str) -> list[str]:
    """Write a fit as the ``[capability]`` table of a charter; compute counts in the unit of the data.

    >>> one = Fitted("power_law", {"scale": 2.0, "exponent": 0.5}, {}, 0.0, 0.0, np.zeros(0), {})
    >>> print(*charter_lines(one, "flop"), sep=chr(10))
    [capability]
    curve = "power_law"
    scale = 2.0
    exponent = 0.5
    per_unit = 1.0  # flop in one unit of the pool's compute
    """
    lines = ["[capability]", f'curve = "{fitted.family}"']
    for key, value in fitted.settings.items():
        lines.append(f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {decimal(value)}")
    if "growth" in fitted.settings:
        lines.append("years = 0.0  # after the newest point")
    return [*lines, f"per_unit = 1.0  # {unit} in one unit of the pool's compute"]


def decimal(value: float) -> str:
    """Write a number with eight digits, as TOML takes floats.

    >>> decimal(3.0), decimal(1 / 3), decimal(6e22)
    ('3.0', '0.33333333', '6e+22')
    """
    text = f"{value:.8g}"
    return text if any(sign in text for sign in ".e") else f"{text}.0"
