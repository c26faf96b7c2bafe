"""How is HiGHS made to work in one way or another, wherever the package asks it anything?"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import scipy.optimize

from apportion.solver.integers import packing
from apportion.solver.levels import program

SETTINGS = {
    "simplex": {"method": "highs-ds"},
    "interior point": {"method": "highs-ipm"},
    "without presolve": {"presolve": False},
}


PATIENCE = 60.0  # seconds: without a limit HiGHS has been seen to go on for ever by interior point


@contextmanager
def under(setting: str) -> Iterator[Counter]:
    """Set how HiGHS works, and count how often it is asked; a mixed-integer program has no choice of method."""
    how, asked = SETTINGS[setting], Counter()

    def told(solve, *args, options=None, **given):
        asked[solve.__name__] += 1
        options = dict(options or {}) | {key: value for key, value in how.items() if key == "presolve"}
        options |= {"time_limit": PATIENCE}
        if solve.__name__ == "linprog" and "method" in how:
            given["method"] = how["method"]
        return solve(*args, **given, options=options)

    linprog, milp = (partial(told, solve) for solve in (scipy.optimize.linprog, scipy.optimize.milp))
    with (
        patch.object(scipy.optimize, "linprog", linprog),
        patch.object(program, "linprog", linprog),
        patch.object(packing, "linprog", linprog),
        patch.object(packing, "milp", milp),
    ):
        yield asked
