"""How many equal members would be as concentrated as these are?"""

from collections.abc import Sequence

from apportion.concentration.indices import effective_number
from apportion.domain.figure import Better, Figure
from apportion.domain.history import History
from apportion.measures._stages import by_stage


def measure(history: History) -> Sequence[Figure]:
    """Give the number by stage."""
    return [
        by_stage(
            history,
            "effective_number",
            effective_number,
            "members",
            Better.HIGH,
            "One over the sum of squared shares of the scarcest resource: so many members of equal size would be as "
            "concentrated. The value is that of the last stage there is: used, granted, owned.",
        )
    ]
