"""What is the next number in a set of whole numbers?

A set is a tree of words of 64 bits in one array: the bit of a number is set in a leaf, and the bit of a word in the word
above it where that word is not zero. The words below word i are those from 64 i + 1 to 64 i + 64. Every question and every
move costs O(log₆₄ size). An instance of the trees of van Emde Boas (*Information Processing Letters* 6, 1977), cut off at one
machine word.
"""

from typing import Any

import numpy as np
from numba.cpython.unsafe import numbers

from apportion.domain.arrays import Ints
from apportion.simulation.compiled import compiled

trailing_zeros: Any = numbers.trailing_zeros  # one instruction; numba has no public name for it, and no type


def no_numbers(size: int) -> tuple[Ints, int]:
    """Open an empty set of numbers below `size`: its words, and the first of them that is a leaf."""
    leaves, reach = 0, 64
    while reach < size:
        leaves, reach = 64 * leaves + 1, 64 * reach
    return np.zeros(leaves + (size + 63) // 64, dtype=np.int64), leaves


@compiled
def put(words: Ints, leaves: int, number: int) -> None:
    """Put a number into a set."""
    at, bit = leaves + (number >> 6), number & 63
    while True:
        before = words[at]
        words[at] = before | (1 << bit)
        if before != 0 or at == 0:
            return
        at, bit = (at - 1) >> 6, (at - 1) & 63


@compiled
def drop(words: Ints, leaves: int, number: int) -> None:
    """Take a number out of a set."""
    at, bit = leaves + (number >> 6), number & 63
    while True:
        words[at] &= ~(1 << bit)
        if words[at] != 0 or at == 0:
            return
        at, bit = (at - 1) >> 6, (at - 1) & 63


@compiled
def following(words: Ints, leaves: int, number: int) -> int:
    """Tell the smallest number in a set that is not below this one, which must be below its size; −1 if there is none."""
    at = leaves + (number >> 6)
    found = words[at] & (-1 << (number & 63))
    while found == 0:
        if at == 0:
            return -1
        at, bit = (at - 1) >> 6, (at - 1) & 63
        found = words[at] & (-2 << bit)
    while at < leaves:
        at = 64 * at + 1 + int(trailing_zeros(found))
        found = words[at]
    return ((at - leaves) << 6) + int(trailing_zeros(found))
