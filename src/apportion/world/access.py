"""Who holds enough for a workload?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apportion.capability.workload import UTILISATION, rate_needed
from apportion.domain.arrays import Bools, Floats
from apportion.errors import BadInput, Fault

H100 = 9.894e14  # FLOP/s at 16 bit, dense: NVIDIA's data sheet of the H100 SXM5, and Epoch AI's table of chips
RATES = {"EFLOP/s at 16 bit": 1e18, "H100 equivalents": H100}  # unit of a table → FLOP/s at 16 bit
NUMBER = r"[0-9]+(?:\.[0-9]+)?"
WORKLOAD = re.compile(rf"(?P<flop>{NUMBER}(?:[eE]\+?[0-9]{{1,3}})?)@(?P<days>{NUMBER})")
USUAL = ("1e24@90", "1e26@90")


@dataclass(frozen=True)
class Workload:
    """A training run: how many FLOP within how many days, at what part of the peak."""

    flop: float
    days: float
    utilisation: float = UTILISATION

    @property
    def name(self) -> str:
        return f"{self.flop:g} FLOP in {self.days:g} days".replace("e+", "e")

    @property
    def rate(self) -> float:
        """FLOP/s at peak."""
        return rate_needed(self.flop, self.days, self.utilisation)


@dataclass(frozen=True)
class Access:
    """How many of the holders have enough for a workload: `enough` of `holders`; `needs` is in the table's unit."""

    workload: str
    needs: float
    enough: int
    holders: int

    @property
    def share(self) -> float:
        return self.enough / self.holders if self.holders else float("nan")


def workloads(said: Sequence[str], utilisation: float) -> tuple[Workload, ...]:
    """Read workloads written ``1e24@90``.

    Raises
    ------
    BadInput
        with every one that cannot be meant.
    """
    matched = {words: WORKLOAD.fullmatch(words) for words in said or USUAL}
    odd = [words for words, match in matched.items() if match is None]
    if odd:
        mend = "write FLOP@DAYS, such as 1e24@90"
        raise BadInput([Fault(f'"{words}" is not a workload', "--workload", mend) for words in odd])
    found = [Workload(float(one["flop"]), float(one["days"]), utilisation) for one in matched.values() if one]
    for one in found:
        rate_needed(one.flop, one.days, utilisation)
    return tuple(found)


def access(amount: Floats, unit: str, asked: Sequence[Workload]) -> list[Access]:
    """Count the holders of amounts (N,) with at least what each workload needs; nothing for a unit that is no rate."""
    if unit not in RATES:
        return []
    return [
        Access(one.name, one.rate / RATES[unit], int(np.count_nonzero(amount * RATES[unit] >= one.rate)), len(amount))
        for one in asked
    ]


def reached(amount: Floats, pools: Sequence[tuple[float, Bools]]) -> Floats:
    """What each holder (N,) has, with the public pools that are open to it, one user at a time."""
    found = np.array(amount, dtype=np.float64)
    for size, is_open in pools:
        found[is_open] += size
    return found
