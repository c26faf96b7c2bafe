"""Three firms between equal compute and most capability: min Σ (C_i − C̄)² together with max Σ A_i, A = f(C).

C = (10, 20, 5), A = (0.2, 0.3, 0.1). With all compute handed out, every point between the two aims satisfies

    2 (C_i − C̄) − μ f_i′(C_i) = ν,    Σ C_i = 35

and μ leads from equal parts to most capability (`apportion.capability.frontier`, policy ``equality_power``). The firms' own
curves are f_i = a_i·C^k with a_i = A_i / C_i^k, so that each passes through its datum.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from apportion.capability.curves import curve
from apportion.capability.frontier import frontier
from apportion.capability.holding import holding
from apportion.capability.spread import Program, Spread, balanced, most_capable
from apportion.concentration.indices import gini
from apportion.domain.arrays import Floats
from apportion.presets.answer import Answer, asked

COMPUTE, CAPABILITY = np.array([10.0, 20.0, 5.0]), np.array([0.2, 0.3, 0.1])
LEAST = 1.0  # below it 1/C stays as it is: towards 0 it has no bound
ONE_CURVE = ("linear", "power_law", "log", "hill", "michaelis_menten", "inverse")
HALVINGS = 200
SAME = 1e-9  # units between two divisions that are one


@dataclass(frozen=True)
class _Shape:
    name: str
    program: Program

    def row(self, aim: str, compute: Floats) -> dict[str, Any]:
        firms = {f"firm-{name}": float(units) for name, units in zip("abc", compute, strict=True)}
        reached = self.program.capability(compute)
        equal = self.program.capability(np.full(len(compute), self.program.equal_part))
        more = {"Σ A": reached, "Gini of C": gini(compute)}
        return {"curve": self.name, "aim": aim, **firms, "against equal parts": reached / equal, **more}


def answer(exponent: float = 0.5, target: float = 0.0) -> Answer:
    """Give the ends of the frontier and a point between, for the firms' own curves and for one curve common to all.

    Parameters
    ----------
    exponent : k of the firms' own curves
    target : M; if positive, also the most equal division with Σ A ≥ M
    """
    shapes = _shapes(exponent)
    rows = [row for shape in shapes for row in _rows(shape, target if shape is shapes[0] else 0.0)]
    own = shapes[0].program
    best = most_capable(own)
    slope = float(np.polyfit(np.log(COMPUTE), np.log(CAPABILITY), 1)[0])
    found = [
        (
            f"On their own curves equal parts give Σ A = {own.capability(np.full(3, own.equal_part)):.4f}, no division more "
            f"than {best.bound:.4f}; as things are, it is {CAPABILITY.sum():.4f}."
        ),
        "With one concave curve for all, equal parts are best for both aims: the frontier is one point.",
    ]
    if target > 0:
        found.append(_of_target(own, target, best))
    return Answer(
        "Three firms: equal compute, or most capability?",
        tuple(rows),
        tuple(found),
        (
            f"The mean of 10, 20 and 5 is 35/3 = {COMPUTE.mean():.4f}, not the 12.5 that was printed",
            (
                "Rearranging the condition lost a factor ½ and the multiplier of the budget: it is "
                "2(C_i − C̄) − μ f_i′(C_i) = ν, and without ν the parts do not sum to the total"
            ),
            (
                f"By f = 1/C capability falls, while the article's A rises with C (log–log slope {slope:+.2f}), and it is "
                f"unbounded towards 0; here it stays at its value at C = {LEAST:g} below that"
            ),
            "The printed program stops with a name error, and the solver that it calls ignores constraints",
        ),
    )


def _shapes(exponent: float) -> list[_Shape]:
    hold = holding(asked("000"))
    own = ", ".join(f"firm-{name}={float(a)!r}" for name, a in zip("abc", CAPABILITY / COMPUTE**exponent, strict=True))
    shapes = [_Shape(f"own, a·C^{exponent:g}", hold.program(curve("power_law", exponent=exponent), own))]
    return shapes + [_Shape(f"one, {name}", hold.program(curve(name, least=LEAST), "")) for name in ONE_CURVE]


def _rows(shape: _Shape, target: float) -> list[dict[str, Any]]:
    program = shape.program
    ends = frontier(program, [0.0, _unit(program)])
    best = most_capable(program)
    if np.abs(best.compute - ends.compute[0]).max() < SAME:
        return [shape.row("any", best.compute)]
    rows = [
        shape.row("equal parts", ends.compute[0]),
        shape.row("between", ends.compute[1]),
        shape.row("most capability", best.compute),
    ]
    if 0 < target <= best.objective:
        rows.append(shape.row(f"Σ A ≥ {target:g}", _most_equal(program, target).compute))
    return rows


def _unit(program: Program) -> float:
    """The μ at which a unit too much for one firm weighs about as much as what it buys there."""
    middle = np.full(len(program.scale), program.equal_part)
    slope = float(np.abs(program.scale * program.curve.slope(middle)).mean())
    return 2 * program.equal_part / slope


def _most_equal(program: Program, target: float) -> Spread:
    """The division with the least Σ (C_i − C̄)² whose capability is the target: that of the least μ which reaches it."""
    low, high = 0.0, _unit(program)
    while balanced(program, high).objective < np.inf and program.capability(balanced(program, high).compute) < target:
        low, high = high, 4 * high
        if high > 1e15:
            return most_capable(program)
    for _ in range(HALVINGS):
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        reached = program.capability(balanced(program, middle).compute) >= target
        low, high = (low, middle) if reached else (middle, high)
    return balanced(program, high)


def _of_target(program: Program, target: float, best: Spread) -> str:
    if target > best.bound:
        return f"Σ A ≥ {target:g} cannot be had: no division of 35 gives more than {best.bound:.4f}."
    compute = _most_equal(program, min(target, best.objective)).compute
    parts = ", ".join(f"{units:.3f}" for units in compute)
    return f"The most equal division with Σ A ≥ {target:g} on their own curves is ({parts})."
