"""What does each family look like in logs, with which derivatives, and where may its fit begin?

With x = log C − x̄ (x̄ the mean over the points) and y = log P, or y = log L for families that are losses with their sign
turned, a form gives y as a function of free numbers θ:

| family | y | θ |
|---|---|---|
| linear | a + x | a |
| power_law | a + k x | a, log k |
| log | a + log log(1 + e^(x − η)) | a, η |
| hill | a − log(1 + e^(−k (x − η))) | a, log k, η |
| michaelis_menten | the same with k = 1 | a, η |
| inverse | a − x | a |
| power_floor, of losses | log(e^ε + e^(a − k x)) | a, log k, ε |
| chinchilla, of losses | log(e^ε + e^(a − α n) + e^(b − β d)) | a, log α, b, log β, ε |

with n = log N and d = log D, each less its mean. The last two are the log-sum-exp of Hoffmann et al., arXiv 2203.15556,
section 3.3. Growth of efficiency puts x + g t in the place of x (n + g t/2 and d + g t/2, since C = 6ND), t in years.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apportion.domain.arrays import Floats

Drawn = tuple[Floats, Floats, Floats]  # y (S, n), ∂y/∂θ (S, n, p), ∂y/∂log C (S, n)
STEEP = (math.log(1e-3), math.log(10.0))  # of exponents: what a charter takes
REACH = 12.0  # how far beyond the points, in logs, a half-way point may lie
GROWTH = (-10.0, 10.0)  # a year


@dataclass(frozen=True, eq=False)
class Form:
    """One family in logs.

    Attributes
    ----------
    family : its name among the curves
    of_loss : whether it fits log L with P = −L, rather than log P
    size : p, how many numbers are free
    draw : θ (S, p), X (S or 1, n, q) → y, its Jacobian, and its slope in log C
    box : X (n, q), y (n,) → least and largest θ: (p,), (p,)
    spread : the part of the box where starts are drawn, as `box`
    say : θ (S, p), mean of X (q,) → the parameters a charter writes: (S,) each
    place : positions of θ that shift y as a whole, and are set by the points at a start
    of_runs : whether it is a function of parameters and tokens rather than of compute
    """

    family: str
    of_loss: bool
    size: int
    draw: Callable[[Floats, Floats], Drawn]
    box: Callable[[Floats, Floats], tuple[Floats, Floats]]
    spread: Callable[[Floats, Floats], tuple[Floats, Floats]]
    say: Callable[[Floats, Floats], dict[str, Floats]]
    place: tuple[int, ...] = (0,)
    of_runs: bool = False


def starts(form: Form, X: Floats, y: Floats, many: int, chance: np.random.Generator) -> Floats:
    """Draw starts: (many, p), each then shifted so that it runs through the middle of the points."""
    low, high = form.spread(X, y)
    theta = chance.uniform(low, high, (many, form.size))
    m = form.draw(theta, X[None])[0]
    theta[:, list(form.place)] += np.median(y - m, axis=1)[:, None]
    return theta


def _level(y: Floats) -> tuple[float, float]:
    """Where the height of a curve may stand."""
    return float(y.min()) - 40.0, float(y.max()) + 40.0


def _straight(family: str, k: float) -> Form:
    """Make the forms with nothing free but their height."""

    def draw(theta: Floats, X: Floats) -> Drawn:
        x = X[..., 0]
        y = theta[:, :1] + k * x
        return y, np.ones((*y.shape, 1)), np.full(y.shape, k)

    def box(_X: Floats, y: Floats) -> tuple[Floats, Floats]:
        low, high = _level(y)
        return np.array([low]), np.array([high])

    return Form(
        family,
        False,
        1,
        draw,
        box,
        lambda _X, _y: (np.zeros(1), np.zeros(1)),
        lambda theta, mean: {"scale": np.exp(theta[:, 0] - k * mean[0])},
    )


def _power_law(theta: Floats, X: Floats) -> Drawn:
    x = X[..., 0]
    k = np.exp(theta[:, 1:2])
    y = theta[:, :1] + k * x
    return y, np.stack(np.broadcast_arrays(np.ones(y.shape), k * x), axis=-1), np.broadcast_to(k, y.shape)


def _log(theta: Floats, X: Floats) -> Drawn:
    v = X[..., 0] - theta[:, 1:2]
    L = np.logaddexp(0.0, v)
    slope = np.where(v < -30, 1.0, _logistic(v) / L)
    y = theta[:, :1] + np.where(v < -30, v, np.log(L))
    return y, np.stack([np.ones(y.shape), -slope], axis=-1), slope


def _hill(theta: Floats, X: Floats) -> Drawn:
    k, away = np.exp(theta[:, 1:2]), X[..., 0] - theta[:, 2:3]
    u = k * away
    rest = _logistic(-u)
    y = theta[:, :1] - np.logaddexp(0.0, -u)
    return y, np.stack([np.ones(y.shape), u * rest, -k * rest], axis=-1), k * rest


def _michaelis_menten(theta: Floats, X: Floats) -> Drawn:
    u = X[..., 0] - theta[:, 1:2]
    rest = _logistic(-u)
    y = theta[:, :1] - np.logaddexp(0.0, -u)
    return y, np.stack([np.ones(y.shape), -rest], axis=-1), rest


def _power_floor(theta: Floats, X: Floats) -> Drawn:
    x, k = X[..., 0], np.exp(theta[:, 1:2])
    falling, floor = theta[:, :1] - k * x, theta[:, 2:3]
    y = np.logaddexp(falling, floor)
    part = np.exp(falling - y)
    return y, np.stack([part, -k * x * part, np.exp(floor - y)], axis=-1), -k * part


def _chinchilla(theta: Floats, X: Floats) -> Drawn:
    n, d = X[..., 0], X[..., 1]
    alpha, beta = np.exp(theta[:, 1:2]), np.exp(theta[:, 3:4])
    by_n, by_d, floor = theta[:, :1] - alpha * n, theta[:, 2:3] - beta * d, theta[:, 4:5]
    y = np.logaddexp(np.logaddexp(by_n, by_d), floor)
    pn, pd = np.exp(by_n - y), np.exp(by_d - y)
    jacobian = np.stack([pn, -alpha * n * pn, pd, -beta * d * pd, np.exp(floor - y)], axis=-1)
    return y, jacobian, -(alpha * pn + beta * pd) / 2


def _logistic(u: Floats) -> Floats:
    """1/(1 + e^(−u)), without overflow."""
    return np.exp(-np.logaddexp(0.0, -u))


def _box(*sides: str) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Make the box of θ, by what each of its numbers is."""

    def box(X: Floats, y: Floats) -> tuple[Floats, Floats]:
        x = X[:, 0]
        limits = {
            "height": _level(y),
            "steepness": STEEP,
            "half": (float(x.min()) - REACH, float(x.max()) + REACH),
            "floor": (float(y.min()) - REACH, float(y.max())),
        }
        low, high = np.array([limits[side] for side in sides]).T
        return low, high

    return box


def _spread(*sides: str) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Make the part of the box in which starts are drawn; heights are set by the points afterwards."""

    def spread(X: Floats, y: Floats) -> tuple[Floats, Floats]:
        x = X[:, 0]
        limits = {
            "height": (0.0, 0.0),
            "steepness": (math.log(0.03), math.log(2.0)),
            "half": (float(x.min()) - 3.0, float(x.max()) + 3.0),
            "floor": (float(y.min()) - 3.0, float(y.min())),
            "part": (float(np.median(y)) - 3.0, float(np.median(y))),
        }
        low, high = np.array([limits[side] for side in sides]).T
        return low, high

    return spread


FORMS: tuple[Form, ...] = (
    _straight("linear", 1.0),
    Form(
        "power_law",
        False,
        2,
        _power_law,
        _box("height", "steepness"),
        _spread("height", "steepness"),
        lambda theta, mean: {
            "scale": np.exp(theta[:, 0] - np.exp(theta[:, 1]) * mean[0]),
            "exponent": np.exp(theta[:, 1]),
        },
    ),
    Form(
        "log",
        False,
        2,
        _log,
        _box("height", "half"),
        _spread("height", "half"),
        lambda theta, mean: {"scale": np.exp(theta[:, 0]), "half": np.exp(theta[:, 1] + mean[0])},
    ),
    Form(
        "hill",
        False,
        3,
        _hill,
        _box("height", "steepness", "half"),
        _spread("height", "steepness", "half"),
        lambda theta, mean: {
            "scale": np.exp(theta[:, 0]),
            "exponent": np.exp(theta[:, 1]),
            "half": np.exp(theta[:, 2] + mean[0]),
        },
    ),
    Form(
        "michaelis_menten",
        False,
        2,
        _michaelis_menten,
        _box("height", "half"),
        _spread("height", "half"),
        lambda theta, mean: {"scale": np.exp(theta[:, 0]), "half": np.exp(theta[:, 1] + mean[0])},
    ),
    _straight("inverse", -1.0),
    Form(
        "power_floor",
        True,
        3,
        _power_floor,
        _box("height", "steepness", "floor"),
        _spread("part", "steepness", "floor"),
        lambda theta, mean: {
            "scale": np.exp(theta[:, 0] + np.exp(theta[:, 1]) * mean[0]),
            "exponent": np.exp(theta[:, 1]),
            "floor": np.exp(theta[:, 2]),
        },
        (0, 2),
    ),
    Form(
        "chinchilla",
        True,
        5,
        _chinchilla,
        _box("height", "steepness", "height", "steepness", "floor"),
        _spread("part", "steepness", "part", "steepness", "floor"),
        lambda theta, mean: {
            "E": np.exp(theta[:, 4]),
            "A": np.exp(theta[:, 0] + np.exp(theta[:, 1]) * mean[0]),
            "alpha": np.exp(theta[:, 1]),
            "B": np.exp(theta[:, 2] + np.exp(theta[:, 3]) * mean[1]),
            "beta": np.exp(theta[:, 3]),
        },
        (0, 2, 4),
        True,
    ),
)


def grown(form: Form, X: Floats, years: Floats | None) -> Callable[[Floats], Drawn]:
    """Make a form a function of θ alone at fixed points; with years the last of θ is growth g, else there is none.

    X : (n, q); years : (n,).
    """
    if years is None:
        return lambda theta: form.draw(theta, X[None])

    def draw(theta: Floats) -> Drawn:
        ahead = theta[:, -1:] * years / X.shape[1]
        y, jacobian, slope = form.draw(theta[:, :-1], X[None] + ahead[..., None])
        return y, np.concatenate([jacobian, (slope * years)[..., None]], axis=-1), slope

    return draw
