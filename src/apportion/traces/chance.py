"""Which numbers does a seed draw? Integers of PCG64, whose stream NumPy keeps the same in every version."""

import hashlib

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.ties import seed_from

DIGITS = 53  # binary digits of a float64 in [0, 1): what is drawn is exact on every machine


class Chance:
    """A stream of numbers of its own for every name, so that what one name draws cannot change another's.

    Source: O'Neill, PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
    Generation (2014). NumPy's `Generator` is not used: its distributions may change from version to version.
    """

    def __init__(self, seed: str, *names: str) -> None:
        stream = hashlib.sha256(seed_from(seed))
        for name in names:
            stream.update(hashlib.sha256(name.encode()).digest())
        self._bits = np.random.PCG64(int.from_bytes(stream.digest()))

    def part(self, count: int) -> Floats:
        """Draw numbers from 0 to before 1, in steps of 2⁻⁵³: (count,)."""
        raw = self._bits.random_raw(count) >> np.uint64(64 - DIGITS)
        return np.asarray(raw.astype(np.float64) * 2.0**-DIGITS)

    def below(self, bound: int, count: int) -> Ints:
        """Draw whole numbers from 0 to before `bound`: (count,); each as likely as another up to bound · 2⁻⁵³."""
        return np.asarray(np.floor(self.part(count) * bound).astype(np.int64))
