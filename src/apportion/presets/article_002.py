"""The least cost at which capability reaches 0.9: min T(R) with P(R) ≥ 0.9, T = 10,000 + 1,000·R, P = 0.2·R^0.5·R/n.

P = 0.2·R^1.5/n ≥ 0.9 at the least R = (4.5·n)^(2/3); where n = R it is 0.2·R^0.5 ≥ 0.9, so R = 20.25. Policy ``least_cost``.
"""

import numpy as np

from apportion.capability.points import polyline
from apportion.errors import BadInput
from apportion.presets.answer import Answer, asked, granted

FIXED, EACH, TARGET = 10_000.0, 1_000.0, 0.9
NODES = (1, 2, 4, 8, 16)


def answer(points: str = "") -> Answer:
    """Give R and T for some n, and for n = R.

    Parameters
    ----------
    points : measured ``"R:T:P, R:T:P"``, R rising: the least R at which P reaches 0.9 on straight lines between them
    """
    situation = asked("002")
    rows = [
        (f"n = {n}", granted(situation, "least_cost", exponent=1.5, scale=0.2 / n)[0], (4.5 * n) ** (2 / 3))
        for n in NODES
    ]
    rows.append(("n = R", granted(situation, "least_cost", exponent=0.5, scale=0.2)[0], 20.25))
    table = [{"case": case, "R": R, "closed form": closed, "T": FIXED + EACH * R} for case, R, closed in rows]
    if points:
        R, T = _measured(points)
        table.append({"case": "as measured", "R": R, "closed form": None, "T": T})
    return Answer(
        "The least cost at which capability reaches 0.9",
        tuple(table),
        (f"One node needs R = {rows[0][1]:.4f} and T = {FIXED + EACH * rows[0][1]:,.2f}.",),
        (
            "T rises with R: what the article calls a time is a cost. More resources never finish sooner in this model",
            "As P falls with the number of nodes n, nothing is gained by more nodes: n = 1 is always cheapest",
        ),
    )


def _measured(points: str) -> tuple[float, float]:
    """The least R, and its T, on lines through measured points."""
    where, form = "points", 'write "R:T:P, R:T:P" with R rising, for example "1:11000:0.2, 4:14000:1.6"'
    try:
        read = np.array([[float(x) for x in point.split(":")] for point in points.split(",")])
    except ValueError:
        raise BadInput(f'"{points}" holds what is no number', where, form) from None
    if (
        read.ndim != 2
        or read.shape[1] != 3
        or len(read) < 2
        or not np.isfinite(read).all()
        or (np.diff(read[:, 0]) <= 0).any()
    ):
        raise BadInput(f'"{points}" are not two or more points whose R rises', where, form)
    least = float(polyline(read[:, 0], read[:, 2]).inverse(np.array(TARGET)))
    if not read[0, 0] <= least <= read[-1, 0]:
        raise BadInput(
            f"P is {read[0, 2]:g} to {read[-1, 2]:g} and does not pass {TARGET}", where, "measure at larger R"
        )
    return least, float(np.interp(least, read[:, 0], read[:, 1]))
