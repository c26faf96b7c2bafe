"""How much do the largest members hold together?"""

from collections.abc import Sequence
from functools import partial

from apportion.concentration.indices import concentration_ratio
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage

SIZES = (1, 4)


def measure(history: History) -> Sequence[Figure]:
    """Give CR-1 and CR-4 by stage."""
    return [
        by_stage(
            history,
            f"concentration_ratio.{k}",
            partial(concentration_ratio, k=k),
            "share of 1",
            Better.LOW,
            f"CR-{k}: the part of the scarcest resource held by the largest members, {k} in number, found anew at each "
            "stage. The value is that of the last stage there is: used, granted, owned.",
        )
        for k in SIZES
    ]
