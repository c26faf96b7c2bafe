"""Which curve runs through measured points?"""

import re
from dataclasses import replace
from functools import partial

import numpy as np

from apportion.capability.curve import Curve
from apportion.domain.arrays import Floats, Ints
from apportion.errors import BadInput

WHERE = "charter.toml, capability.points"
MEND = 'write points = "0:0, 10:3, 20:4": compute, colon, capability, with compute rising'


def read_points(points: str) -> tuple[Floats, Floats]:
    """Read ``"0:0, 10:3, 20:4"`` as compute and capability: (K,) each.

    Raises
    ------
    BadInput
        unless there are two points or more, all numbers, with compute ≥ 0 and rising.
    """
    pairs = [part.split(":") for part in re.split(r"[,;\s]+", str(points).strip()) if part]
    try:
        read = np.array([[float(C), float(P)] for C, P in pairs]).reshape(-1, 2)
    except ValueError:
        raise BadInput(f'"{points}" is not a list of points', WHERE, MEND) from None
    if len(read) < 2 or not np.isfinite(read).all():
        raise BadInput(f'"{points}" has fewer than two points that are finite', WHERE, MEND)
    if read[0, 0] < 0 or (np.diff(read[:, 0]) <= 0).any():
        raise BadInput(f'compute does not rise from point to point in "{points}"', WHERE, MEND)
    return read[:, 0], read[:, 1]


def rising(P: Floats, weight: Floats | None = None) -> Floats:
    """Find the rising values (K,) nearest to given ones in weighted squares, by pooling neighbours that fall.

    >>> rising(np.array([1.0, 3.0, 2.0, 5.0])).tolist()
    [1.0, 2.5, 2.5, 5.0]
    """
    from scipy.optimize import isotonic_regression

    return np.asarray(isotonic_regression(P, weights=weight).x)


def polyline(C: Floats, P: Floats) -> Curve:
    """Draw straight lines through points (K,), flat before the first and beyond the last."""
    if C[0] > 0:
        C, P = np.concatenate([[0.0], C]), np.concatenate([P[:1], P])
    steep = np.append(np.diff(P) / np.diff(C), 0.0)

    def slope(at: Floats) -> Floats:
        return np.asarray(steep[np.searchsorted(C, at, side="right") - 1])

    def envelope(low: Floats, high: Floats) -> Curve:
        return made if made.concave else _over(made, C, low, high)

    rising = bool((steep >= 0).all())
    concave = bool((np.diff(steep) <= 0).all())
    ends = (float(C[0]), float(C[-1]))
    made = Curve(lambda at: np.interp(at, C, P), slope, partial(_first_at, C, P), concave, rising, ends, envelope)
    return made


def _first_at(C: Floats, P: Floats, wanted: Floats) -> Floats:
    """Find the least compute that has a capability; NaN where none has."""
    asked = np.asarray(wanted)[..., None]
    between = (np.minimum(P[:-1], P[1:]) <= asked) & (np.maximum(P[:-1], P[1:]) >= asked)
    k = between.argmax(axis=-1)
    rise = P[k + 1] - P[k]
    way = np.divide(wanted - P[k], rise, out=np.zeros(np.shape(rise)), where=rise != 0)
    return np.where(between.any(axis=-1), C[k] + way * (C[k + 1] - C[k]), np.nan)


def _over(lines: Curve, C: Floats, low: Floats, high: Floats) -> Curve:
    """Draw the upper hull of each member's part of the lines: low and high are (N,)."""
    inside = np.clip(C, low[:, None], high[:, None])
    at = np.column_stack([low, inside, high])
    pairs = [_hull(*row) for row in zip(at, lines.value(at), strict=True)]
    top, steep = np.array(pairs, dtype=np.float64).reshape(len(at), 2, at.shape[1]).swapaxes(0, 1)
    row = np.arange(len(at))

    def left(compute: Floats) -> Ints:
        return np.asarray(np.maximum((at <= compute[:, None]).sum(axis=1) - 1, 0), dtype=np.int64)

    def value(compute: Floats) -> Floats:
        k = left(compute)
        return np.asarray(top[row, k] + steep[row, k] * (compute - at[row, k]))

    hull = replace(
        lines,
        value=value,
        slope=lambda compute: np.asarray(steep[row, left(compute)]),
        concave=True,
        envelope=lambda _low, _high: hull,
    )
    return hull


def _hull(C: Floats, P: Floats) -> tuple[Floats, Floats]:
    """Lift points to their upper hull (Andrew's monotone chain, *Inf. Proc. Letters* 9, 1979): heights and slopes, (K,) each.

    The slope is that of the side to the right of a point, at the last point that to its left.
    """
    kept = [0]
    for k in range(1, len(C)):
        if C[k] == C[kept[-1]]:
            continue
        while len(kept) > 1:
            i, j = kept[-2:]
            if (P[j] - P[i]) * (C[k] - C[i]) > (P[k] - P[i]) * (C[j] - C[i]):
                break
            kept.pop()
        kept.append(k)
    sides = np.diff(P[kept]) / np.diff(C[kept]) if len(kept) > 1 else np.zeros(1)
    side = np.clip(np.searchsorted(C[kept], C, side="right") - 1, 0, len(sides) - 1)
    return np.interp(C, C[kept], P[kept]), sides[side]
