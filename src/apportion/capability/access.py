"""Who can do a piece of AI work in time?

A holder with FLOP/s c, at its utilisation, finishes a workload of W FLOP in W / c seconds; it can, if that is within the time
that there is. A service needs a rate, and has no end. Memory, network and data are not looked at: whoever cannot by this
count cannot at all, and whoever can may still lack something else.

| workload | FLOP | from |
|---|---|---|
| finetune-7b | 6 · 7e9 parameters · 1e9 tokens = 4.2e19, within 7 days | 6 a parameter and token: Kaplan et al., 2.1 |
| train-1e24 | 1e24, within 90 days | about Llama 2 70B: 6 · 70e9 · 2e12 = 8.4e23: Touvron et al., table 1 |
| serve-100rps | 100 requests a second · 1,000 tokens · 2 · 7e9 = 1.4e15 a second | 2 a parameter and token: Kaplan et al. |

Utilisation is 40 % of the peak in training (published runs reach about 30 to 55 %) and 10 % in serving, where one token after
another is limited by memory: an assumption, to be replaced by what one measures. Sources: Kaplan et al., *Scaling Laws for
Neural Language Models*, arXiv 2001.08361; Touvron et al., *Llama 2*, arXiv 2307.09288.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from apportion.capability.hardware import chip
from apportion.capability.workload import UTILISATION
from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput, nearest

HOUR = 3600.0
UNITS = {"m": 60.0, "h": HOUR, "d": 86_400.0, "w": 7 * 86_400.0}
SERVING = 0.1
CUSTOM = re.compile(r"(?P<hours>\d+(?:\.\d+)?)h@(?P<chip>[a-z0-9-]+)|(?P<flop>\d+(?:\.\d+)?(?:[eE]\+?\d{1,2})?)")


@dataclass(frozen=True)
class Workload:
    """A piece of work.

    Attributes
    ----------
    flop : FLOP in all, or each second for a service
    within_s : seconds that there are; None for a service
    utilisation : part of the peak that it reaches
    """

    name: str
    flop: float
    within_s: float | None
    utilisation: float = UTILISATION

    @property
    def rate(self) -> float:
        """Peak FLOP/s that it needs."""
        return self.flop / self.utilisation / (1.0 if self.within_s is None else self.within_s)


WORKLOADS = (
    Workload("finetune-7b", 6 * 7e9 * 1e9, 7 * UNITS["d"]),
    Workload("train-1e24", 1e24, 90 * UNITS["d"]),
    Workload("serve-100rps", 100 * 1000 * 2 * 7e9, None, SERVING),
)


def workload(said: str, within: str = "", utilisation: float | None = None) -> Workload:
    """Read a workload: one by name, ``1e22`` FLOP, or ``500h@a100`` hours of a chip; with another time or utilisation.

    Raises
    ------
    BadInput
        if there is no such workload, or the time or utilisation is none.

    >>> round(workload("100h@a100", "10h").rate / 3.12e14, 6)  # ten chips
    10.0
    """
    named = {one.name: one for one in WORKLOADS}
    if said in named:
        found = named[said]
    else:
        made = CUSTOM.fullmatch(said)
        of = chip(made["chip"]) if made and made["chip"] else None
        if made is None or (made["chip"] and of is None) or float(made["flop"] or made["hours"]) <= 0:
            mend = f"{nearest(said, list(named))}; or FLOP, as 1e22, or hours of a chip, as 500h@a100"
            raise BadInput(f'there is no workload "{said}"', "--workload", mend)
        part = UTILISATION if utilisation is None else utilisation
        flop = float(made["flop"]) if of is None else float(made["hours"]) * HOUR * of.peak * part
        found = Workload(said, flop, 30 * UNITS["d"])
    if utilisation is not None:
        if not 0 < utilisation <= 1:
            raise BadInput(f"{utilisation:g} is no part of a peak", "--utilisation", "give more than 0, at most 1")
        found = replace(found, utilisation=utilisation)
    if within and found.within_s is not None:
        found = replace(found, within_s=seconds(within))
    return found


def seconds(said: str) -> float:
    """Read ``30d``, ``12h``, ``90m`` or ``2w``.

    >>> seconds("30d")
    2592000.0
    """
    made = re.fullmatch(r"(\d+(?:\.\d+)?)([mhdw])", said)
    if made is None or float(made[1]) <= 0:
        raise BadInput(f'"{said}" is no time', "--within", "write 30d, 12h, 90m or 2w")
    return float(made[1]) * UNITS[made[2]]


def able(peak: Floats, asked: Workload) -> Bools:
    """Tell who can, of holders with so many peak FLOP/s (N,); a billionth short counts as enough."""
    return np.asarray(peak >= asked.rate * (1 - 1e-9))


def needed_s(peak: Floats, asked: Workload) -> Floats:
    """Seconds that each would need for it: (N,), ∞ with nothing; NaN for a service."""
    if asked.within_s is None:
        return np.full(len(peak), np.nan)
    with np.errstate(divide="ignore"):
        return np.asarray(asked.flop / (peak * asked.utilisation))
