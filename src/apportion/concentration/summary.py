"""Which indices are shown side by side, and what does each ask?"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apportion.concentration import indices
from apportion.domain.arrays import Floats


@dataclass(frozen=True)
class Index:
    """One index of a summary.

    Attributes
    ----------
    name, label : for scripts, for people
    of : (N,) amounts, (N,) weights or None → value
    asks : the question that it answers
    counts : whether a weight must be a number of holders, because the index depends on how many there are
    grows : whether it grows without bound if "other" is a crowd
    """

    name: str
    label: str
    of: Callable[[Floats, Floats | None], float]
    asks: str
    counts: bool = False
    grows: bool = False


SUMMARY = (
    Index("hhi", "HHI", indices.hhi, "how likely is it that two units have one holder, in points of 10,000", True),
    Index("effective_number", "effective number", indices.effective_number, "as of how many equal holders", True),
    Index("cr_1", "CR-1", lambda x, w: indices.concentration_ratio(x, 1, w), "what part the largest holds", True),
    Index("cr_4", "CR-4", lambda x, w: indices.concentration_ratio(x, 4, w), "what part the four largest hold", True),
    Index("gini", "Gini", indices.gini, "how far two holders differ, in half means"),
    Index("theil_t", "Theil T", indices.theil_t, "inequality, most sensitive at the top", False, True),
    Index("theil_l", "Theil L", indices.theil_l, "inequality, most sensitive at the bottom"),
    Index(
        "atkinson_1",
        "Atkinson(1)",
        lambda x, w: indices.atkinson(x, 1.0, w),
        "what part could be given up if the rest were equal",
    ),
    Index("hoover", "Hoover", indices.hoover, "what part would have to change hands"),
    Index("palma", "Palma", indices.palma, "what the top tenth holds over the lowest four tenths"),
    Index("entropy_number", "entropy number", indices.entropy_number, "as of how many, small ones seen", True, True),
    Index("jain", "Jain", indices.jain, "what part of holders is served as if equally"),
)


def summary(x: Floats, weight: Floats | None = None) -> dict[str, float]:
    """All indices by name; NaN where an index has no value, and for those that count holders if weights are no counts.

    >>> found = summary(np.array([1.0, 2.0, 3.0, 4.0]))
    >>> found["hhi"], found["gini"], found["cr_1"]
    (3000.0, 0.25, 0.4)
    """
    counts = counted(weight)
    return {one.name: one.of(x, weight) if counts or not one.counts else math.nan for one in SUMMARY}


def counted(weight: Floats | None) -> bool:
    """Whether weights can be numbers of holders: none of them between 0 and 1."""
    return weight is None or not bool(((np.asarray(weight) > 0) & (np.asarray(weight) < 1)).any())
