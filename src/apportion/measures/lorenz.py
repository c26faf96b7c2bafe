"""What part of the pool do the smallest members hold? The Lorenz curve, and how far it is from equality."""

from collections.abc import Sequence

from apportion.concentration.indices import hoover, lorenz
from apportion.domain.arrays import Floats
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage, stages


def curves(history: History) -> dict[str, tuple[Floats, Floats]]:
    """Return the curve of each stage that the history knows."""
    return {
        stage: lorenz(amount) for stage, amount in stages(history).items() if amount is not None and amount.sum() > 0
    }


def measure(history: History) -> Sequence[Figure]:
    """Give the largest distance from equality by stage; the curves themselves come from `curves`."""
    return [
        by_stage(
            history,
            "hoover",
            hoover,
            "share of 1",
            Better.LOW,
            "Largest distance of the Lorenz curve from equality: the part of the scarcest resource that would have to change "
            "hands for all members to hold as much. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
