"""How do real grants become whole ones?

The one step from floats to integers. Floor to micro-tasks; then pass after pass over the pairs (claim, flavor), by phase,
then largest remainder, then the order of ties, adding one micro-task wherever the claim's cap and every resource allow,
until no claim fits one more. A claim that does not fit once never fits later, so it leaves the passes; and as long as
everybody surely fits, many passes are made at once. All sums are exact: int64 where nothing can overflow, Python's integers
elsewhere.
"""

import numpy as np

from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.quantity import MICRO
from apportion.solver.compiled import compiled, unbounded

# A real number this little below a whole one is meant to be that one: the rest is rounding error of floats.
HAIR, RELATIVE_HAIR = 2.0**-20, 2.0**-46


def whole(
    real: Floats,
    base: Ints,
    most: Ints,
    bundle: Ints,
    capacity: Ints,
    may: Bools,
    order: Ints,
    phase: Ints | None = None,
) -> tuple[Ints, float]:
    """Turn real micro-tasks into whole ones, feasible and without waste.

    Parameters
    ----------
    real : (M, F) micro-tasks, within the caps and capacities up to rounding errors
    base : (M, F) whole micro-tasks that stay granted in any case (minima); feasible
    most : (M,) micro-tasks
    bundle, capacity : (M, R), (F, R) thousandths
    may : (M, F) where a claim may be granted anything
    order : (M,) position of each claim in the order of ties
    phase : (M,) an earlier phase gets all that it can use before a later one

    Returns
    -------
    (M, F) micro-tasks, and the tasks lost by it as a part of all tasks.
    """
    tasks = floored(real, base, most)
    if _may_overflow(tasks, bundle, capacity):
        tasks, base, most, bundle, capacity = (each.astype(object) for each in (tasks, base, most, bundle, capacity))
    left = capacity * MICRO - tasks.T @ bundle
    pairs, bounds = _passes(real - tasks, may, order, phase)
    claim, flavor = np.divmod(pairs, tasks.shape[1])
    if (left < 0).any():
        unbounded(_take_back, left)(tasks, base, bundle, left, claim, flavor)
    spare = most - tasks.sum(axis=1)
    for begin, end in zip(bounds, [*bounds[1:], len(pairs)], strict=True):
        add_units(tasks, spare, bundle, left, claim[begin:end], flavor[begin:end])
    total = real.sum()
    tasks = tasks.astype(np.int64)
    return tasks, float(np.maximum(real - tasks, 0.0).sum() / total) if total > 0 else 0.0


def add_units(tasks: Ints, spare: Ints, bundle: Ints, left: Ints, claim: Ints, flavor: Ints) -> None:
    """Make passes over pairs until nobody fits one more micro-task; changes `tasks`, `spare` and `left` in place.

    tasks (M, F), spare (M,) what each claim may still take, left (F, R) millionths of thousandths, claim and flavor (P,);
    all amounts int64, or all objects.
    """
    open_ = spare[claim] > 0
    for r in range(bundle.shape[1]):
        open_ &= bundle[claim, r] <= left[flavor, r]
    claim, flavor = claim[open_], flavor[open_]
    while len(claim):
        units = unbounded(_surely, left)(tasks, spare, bundle, left, claim, flavor, np.zeros_like(left))
        fitted = unbounded(_pass, left)(units, tasks, spare, bundle, left, claim, flavor)
        claim, flavor = claim[fitted], flavor[fitted]


def floored(real: Floats, base: Ints, most: Ints) -> Ints:
    """Floor to whole micro-tasks, at least `base` and in all at most `most`: (M, F)."""
    near = np.floor(np.minimum(real * (1 + RELATIVE_HAIR) + HAIR, 2.0**62)).astype(np.int64)
    tasks = np.maximum(np.minimum(near, most[:, None]), base)
    over = tasks.sum(axis=1) - most
    if (over > 0).any():
        fattest = np.argmax(tasks - base, axis=1)
        tasks[np.arange(len(tasks)), fattest] -= np.maximum(over, 0)
    return tasks


def _may_overflow(tasks: Ints, bundle: Ints, capacity: Ints) -> bool:
    """Tell whether a sum of uses, of needs, or a capacity in micro-units might leave int64."""
    held = tasks.astype(np.float64).T @ bundle.astype(np.float64)
    once = bundle.sum(axis=0, dtype=np.float64) * tasks.shape[1]
    largest = (held.max(initial=0.0), once.max(initial=0.0), float(capacity.max(initial=0)) * MICRO)
    return bool(max(largest) >= 2.0**62)


def _passes(remainder: Floats, may: Bools, order: Ints, phase: Ints | None) -> tuple[Ints, list[int]]:
    """Put the pairs into the order of the passes: positions in the flattened (M, F), and where each phase begins."""
    by_tie = np.empty_like(order)
    by_tie[order] = np.arange(len(order))
    flavors = remainder.shape[1]
    pairs = (by_tie[:, None] * flavors + np.arange(flavors)).ravel()
    pairs = pairs[may.ravel()[pairs]]
    pairs = pairs[np.argsort(-remainder.ravel()[pairs], kind="stable")]
    if phase is None:
        return pairs, [0]
    of_pair = phase[pairs // max(flavors, 1)]
    by_phase = np.argsort(of_pair, kind="stable")
    begins = np.flatnonzero(np.diff(of_pair[by_phase])) + 1
    return pairs[by_phase], [0, *begins.tolist()]


@compiled
def _surely(tasks: Ints, spare: Ints, bundle: Ints, left: Ints, claim: Ints, flavor: Ints, need: Ints) -> int:
    """Say how many passes everybody surely fits, at least 1; `need` is room for what one pass uses: (F, R) zeros."""
    units = spare[claim[0]]
    for n in range(len(claim)):
        i, f = claim[n], flavor[n]
        units = min(units, spare[i] // tasks.shape[1])  # a claim may stand in the list once for each flavor
        for r in range(bundle.shape[1]):
            need[f, r] += bundle[i, r]
    for f in range(need.shape[0]):
        for r in range(need.shape[1]):
            if need[f, r] > 0:
                units = min(units, left[f, r] // need[f, r])
    return max(units, 1)  # type: ignore[no-any-return]  # an entry of an integer array


@compiled
def _pass(units: int, tasks: Ints, spare: Ints, bundle: Ints, left: Ints, claim: Ints, flavor: Ints) -> Bools:
    """Give `units` micro-tasks to each pair of the list that they fit, in its order, and say which those were: (P,)."""
    fitted = np.zeros(len(claim), dtype=np.bool_)
    for n in range(len(claim)):
        i, f = claim[n], flavor[n]
        fits = spare[i] >= units
        for r in range(bundle.shape[1]):
            fits = fits and bundle[i, r] * units <= left[f, r]
        if fits:
            fitted[n] = True
            tasks[i, f] += units
            spare[i] -= units
            for r in range(bundle.shape[1]):
                left[f, r] -= bundle[i, r] * units
    return fitted


@compiled
def _take_back(tasks: Ints, base: Ints, bundle: Ints, left: Ints, claim: Ints, flavor: Ints) -> None:
    """Take units back, least remainder first, where floats were a hair over a capacity."""
    for g in range(left.shape[0]):
        for q in range(left.shape[1]):
            while left[g, q] < 0:
                need = left[g, q] * 0
                for n in range(len(claim)):
                    i, f = claim[n], flavor[n]
                    if f == g and tasks[i, f] > base[i, f]:
                        need += bundle[i, q]
                if need == 0:
                    break
                units = max(-left[g, q] // need, 1)
                for n in range(len(claim) - 1, -1, -1):
                    i, f = claim[n], flavor[n]
                    if f == g and bundle[i, q] > 0 and left[g, q] < 0:
                        back = min(units, tasks[i, f] - base[i, f])
                        tasks[i, f] -= back
                        for r in range(bundle.shape[1]):
                            left[g, r] += bundle[i, r] * back
