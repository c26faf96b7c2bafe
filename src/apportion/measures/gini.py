"""How unequal is it? The Gini coefficient of ownership, grants and use."""

from collections.abc import Sequence

from apportion.concentration.indices import gini
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def measure(history: History) -> Sequence[Figure]:
    """Give the coefficient by stage."""
    return [
        by_stage(
            history,
            "gini",
            gini,
            "0 to 1",
            Better.LOW,
            "Mean difference between two members' amounts of the scarcest resource over twice their mean, every member "
            "counting once, without the correction n/(n−1). The value is that of the last stage there "
            "is: used, granted, owned.",
        )
    ]
