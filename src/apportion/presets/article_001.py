"""Ten firms: most capability in all, max Σ P_i with Σ C_i ≤ C_total.

The article names no data but the ten firms; here a_i = 1.0, 1.1, … 1.9 and C_total = 100, made up. Policy
``max_capability``.
"""

import numpy as np

from apportion.concentration.indices import hhi
from apportion.presets.answer import Answer, asked, granted

SLOPES = [1.0 + i / 10 for i in range(10)]


def answer(exponent: float = 0.5) -> Answer:
    """Divide by a straight line for each, by a curve of its own for each, and by one curve for all.

    Parameters
    ----------
    exponent : k of the curves a_i·C^k, up to 1
    """
    situation = asked("001")
    names = [str(name) for name in situation.members.id]
    scales = ", ".join(f"{name}={slope!r}" for name, slope in zip(names, SLOPES, strict=True))
    linear = granted(situation, "max_capability", curve="linear", scales=scales)
    own = granted(situation, "max_capability", curve="power_law", exponent=exponent, scales=scales)
    common = granted(situation, "max_capability", curve="power_law", exponent=exponent)
    columns = zip(names, SLOPES, linear, own, common, strict=True)
    keys = ("firm", "slope a", "C if P = a·C", f"C if P = a·C^{exponent:g}", f"C if P = C^{exponent:g}")
    return Answer(
        "Ten firms: most capability in all",
        tuple(dict(zip(keys, row, strict=True)) for row in columns),
        (
            f"With straight lines the steepest firm gets everything: HHI {hhi(np.array(linear)):,.0f} of 10,000.",
            (
                f"With a curve of its own for each the HHI is {hhi(np.array(own)):,.0f}; with one for all, "
                f"{hhi(np.array(common)):,.0f}, equal shares."
            ),
        ),
        (
            "With straight lines the proposed remedy of concentration concentrates: all goes to one firm",
            "With one concave curve for all firms it gives equal shares, whatever the curve: solving it tells nothing",
            "The slopes and the total are made up here, as the article gives none",
        ),
    )
