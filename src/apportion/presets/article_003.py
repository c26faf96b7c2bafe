"""Three tasks compete for 5 CPUs and 3 GPUs: which of them run, if all count the same?

t1 needs (2 CPU, 1 GPU, 4 GB), t2 (1, 2, 2), t3 (3, 1, 6). As fractions the most is 2.4 tasks at (1, 0.6, 0.8); of whole
tasks it is 2, in three ways. Policy ``priority_packing``; the demand matrix is that of ``assess``.
"""

from itertools import combinations

import numpy as np

from apportion.domain.quantity import MILLI
from apportion.domain.situation import Situation
from apportion.presets.answer import Answer, asked, granted
from apportion.solver import solve


def answer() -> Answer:
    """Give the demand matrix, the best fractions and whole tasks, and all ties of the latter."""
    situation = asked("003")
    need, room = situation.claims.bundle / MILLI, situation.capacity.sum(axis=0) / MILLI
    parts = solve(
        "utilitarian", speed=np.ones((len(need), 1)), bundle=need, capacity=room[None], tasks=np.ones(len(need))
    )
    whole = granted(situation, "priority_packing")
    names = [str(name) for name in situation.claims.id]
    units = [resource.replace("_milli", "") for resource in situation.resources]
    rows = [
        {"task": name, **dict(zip(units, bundle, strict=True)), "fraction": float(x), "whole": int(done)}
        for name, bundle, x, done in zip(names, need.tolist(), parts.x.sum(axis=1), whole, strict=True)
    ]
    ties = _best_sets(situation)
    return Answer(
        "Three tasks on 5 CPUs and 3 GPUs",
        tuple(rows),
        (
            (
                f"As fractions {parts.value:.1f} tasks; of whole ones {int(sum(whole))}, which {len(ties)} choices reach: "
                f"{', '.join(' and '.join(names[i] for i in chosen) for chosen in ties)}. Ties go by the charter's seed."
            ),
        ),
        (
            (
                "A fraction of a task is an average over time: 0.6 of t2 runs for 60 % of the window, or not at all "
                "if it cannot be stopped"
            ),
            (
                "The article's quantisation model, min Σ p′·|p − p′| with p′ ≤ p, has the trivial optimum 0 at p′ = p (and "
                "at p′ = 0), so it asks for no quantisation; its example breaks p′ ≤ p. What quantisation does to a model "
                "has to be measured on that model"
            ),
        ),
    )


def _best_sets(situation: Situation) -> list[tuple[int, ...]]:
    """Every largest set of whole tasks that fits, by trying all."""
    need, room = situation.claims.bundle, situation.capacity.sum(axis=0)
    for many in range(len(need), 0, -1):
        fit = [
            chosen for chosen in combinations(range(len(need)), many) if (need[list(chosen)].sum(axis=0) <= room).all()
        ]
        if fit:
            return fit
    return []
