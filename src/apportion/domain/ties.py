"""Who goes first among equals?

The order of SHA-256(seed ‖ id), smallest first: nobody can aim for it by choosing a name, a row or a content, and no one
is favoured for ever, since the seed changes.
"""

import hashlib
from collections.abc import Iterable

import numpy as np

from apportion.domain.arrays import Ints


def tie_order(seed: bytes, ids: Iterable[str]) -> Ints:
    """Return each id's position in the tie order: 0 goes first.

    >>> tie_order(bytes(32), ["a", "b", "c"]).tolist()
    [0, 2, 1]
    """
    prefix = hashlib.sha256(seed)
    keys = []
    for name in ids:
        digest = prefix.copy()
        digest.update(name.encode())
        keys.append(digest.digest())
    position = np.empty(len(keys), dtype=np.int64)
    position[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return position


def seed_from(text: str) -> bytes:
    """Make the 32 bytes of a seed from what a charter or a flag says: 64 hex digits as they are, else its SHA-256."""
    if len(text) == 64 and all(digit in "0123456789abcdef" for digit in text):
        return bytes.fromhex(text)
    return hashlib.sha256(text.encode()).digest()
