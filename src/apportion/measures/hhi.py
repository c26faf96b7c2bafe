"""How concentrated is it? The Herfindahl–Hirschman index of ownership, grants and use."""

from collections.abc import Sequence

from apportion.concentration.indices import hhi
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def measure(history: History) -> Sequence[Figure]:
    """Give the index by stage."""
    return [
        by_stage(
            history,
            "hhi",
            hhi,
            "points of 10,000",
            Better.LOW,
            "10,000 times the sum of squared shares of the scarcest resource over all members; "
            "10,000 means that one member holds all. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
