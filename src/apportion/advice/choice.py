"""Which charter is best, and is it enough better to change?

Among the charters under which nobody is shut out, and no job that ends now would never end:

1. services come first: those that answer fewer requests in time than the best does, by more than half a percent, are out;
2. nobody shall be worse off than alone: those under which some member with standing is, by more than one percent, are out; if
   all are, those stay whose worst member is within a twentieth of the least that there is;
3. of what is left, the one under which members gain most (`Outcome.gain`), weighed by their standing;
4. nobody would notice two percent: if the present charter is within them, it stays; else, of those that are, the one whose
   worst member is best off where the load is a fifth higher; equals in the order of the candidates.
"""

from collections.abc import Sequence

import numpy as np

from apportion.advice.outcome import Outcome
from apportion.domain.arrays import Bools, Floats

SLO = 0.005
SAFE = 1.01
NEAR = 1.05
LEAST = 0.02  # gain below which nobody would notice
NOTICED = 0.01  # change of one member's burden
OTHERS = 2
STRESS = 1.2  # times the load


def near(outcomes: Sequence[Outcome], weight: Floats) -> list[Outcome]:
    """Say which stay and are as good as the best, but for what nobody would notice; the present charter alone if it is."""
    now, kept = outcomes[0], staying(outcomes, weight)
    most = max(one.gain(now, weight) for one in kept)
    found = [one for one in kept if one.gain(now, weight) >= most - LEAST]
    return [now] if any(one is now for one in found) else found


def steadiest(found: Sequence[Outcome], stressed: Sequence[Outcome], weight: Floats) -> Outcome:
    """Of charters that are as good as each other, choose by what they do to the worst placed member under a higher load."""
    return min(zip(found, stressed, strict=True), key=lambda pair: round(worst(pair[1], weight), 2))[0]


def ranked(outcomes: Sequence[Outcome], weight: Floats) -> list[Outcome]:
    """Order all: those that stay by gain, the most first, then those that are out, likewise."""
    now = outcomes[0]
    kept = {id(one) for one in staying(outcomes, weight)}
    return sorted(outcomes, key=lambda one: (id(one) not in kept, -round(one.gain(now, weight), 3)))


def spared(outcomes: Sequence[Outcome], weight: Floats) -> Outcome | None:
    """Name the charter under which members would gain most, and noticeably, if some of them might be worse off than alone."""
    now, stay = outcomes[0], staying(outcomes, weight)
    out = [one for one in _serving(outcomes) if all(one is not other for other in stay)]
    best = max(out, key=lambda one: one.gain(now, weight), default=None)
    return best if best is not None and best.gain(now, weight) >= LEAST else None


def _serving(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Leave those that shut nothing out, and of these what answers services best."""
    open_to_all = [one for one in outcomes if not one.shut_out(outcomes[0])]
    answering = max((one.answered for one in open_to_all if one.answered is not None), default=0.0)
    return [one for one in open_to_all if one.answered is None or one.answered >= answering - SLO]


def staying(outcomes: Sequence[Outcome], weight: Floats) -> list[Outcome]:
    """Say which are not out."""
    kept = _serving(outcomes)
    least = min((worst(one, weight) for one in kept), default=0.0)
    most = SAFE if least <= SAFE else least * NEAR
    return [one for one in kept if worst(one, weight) <= most]


def worse_off(outcome: Outcome, weight: Floats) -> Bools:
    """Say which members with standing are worse off than alone: (N,)."""
    return np.asarray((weight > 0) & (np.nan_to_num(outcome.against_alone) > SAFE))


def worst(outcome: Outcome, weight: Floats) -> float:
    """The largest burden over that alone among members with standing; 0 where none is known."""
    known = np.isfinite(outcome.against_alone) & (weight > 0)
    return float(outcome.against_alone[known].max(initial=0.0))


def others(outcomes: Sequence[Outcome], chosen: Outcome, weight: Floats) -> list[Outcome]:
    """Name the next best that shut nothing out and are not the chosen one nor the present one, of different kinds."""
    found: list[Outcome] = []
    for one in ranked([one for one in outcomes if not one.shut_out(outcomes[0])], weight):
        kinds = {other.candidate.key for other in (chosen, *found)}
        if one is not outcomes[0] and one.candidate.key not in kinds:
            found.append(one)
    return found[:OTHERS]
