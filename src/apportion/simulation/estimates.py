"""What is known of how long a job will take?

- ``exact``: the trace's durations, as if every member told the truth
- ``member_mean``: the mean of the member's jobs, to the nearest second
- ``class_median``: the median of the member's jobs of the same need; the lower middle of an even number
- ``noise:σ``: the trace's duration times exp(σ·z) with z standard normal, made from the seed and the job's id, so that no
  other job can change it; to the nearest second, and at least one for a job of any length

Means and medians are of the whole trace, and stand for what is known of a member from before.
"""

import hashlib
import math

import numpy as np
from scipy.special import ndtri

from apportion.domain.arrays import Floats, Ints, kinds
from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest

KNOWN = ("exact", "member_mean", "class_median", "noise:0.5")
MOST_NOISE = 3.0
LONGEST_S = 2.0**61


def estimated(trace: Trace, estimate: str) -> Ints:
    """Estimate the duration of every job: (J,) whole seconds.

    Raises
    ------
    BadInput
        for an unknown estimate, or a σ that is no number from 0 to 3.
    """
    name, _, sigma = estimate.partition(":")
    if name == "noise":
        return _noisy(trace, _sigma(sigma))
    if estimate == "exact":
        return trace.duration_s
    if estimate == "member_mean":
        return _mean(trace.duration_s, trace.member)
    if estimate == "class_median":
        return _median(trace.duration_s, kinds(np.column_stack([trace.member, trace.need])))
    raise BadInput(f'no estimate is called "{estimate}"', "parameter estimate", nearest(estimate, KNOWN))


def _mean(duration: Ints, group: Ints) -> Ints:
    size = np.bincount(group)
    total = np.zeros(len(size), dtype=np.int64)
    np.add.at(total, group, duration)
    nearest_second = (total + size // 2) // np.maximum(size, 1)
    return np.asarray(nearest_second[group])


def _median(duration: Ints, group: Ints) -> Ints:
    size = np.bincount(group)
    middle = np.cumsum(size) - size + (size - 1) // 2
    return np.asarray(duration[np.lexsort((duration, group))[middle]][group])


def _sigma(text: str) -> float:
    try:
        sigma = float(text)
    except ValueError:
        sigma = math.nan
    if not 0 <= sigma <= MOST_NOISE:
        raise BadInput(
            f'"{text}" is no spread of noise', "parameter estimate", f"noise:0.5; σ from 0 to {MOST_NOISE:g}"
        )
    return sigma


def _noisy(trace: Trace, sigma: float) -> Ints:
    guess = np.rint(trace.duration_s * np.exp(sigma * _normal(trace)))
    return np.clip(guess, np.minimum(trace.duration_s, 1), LONGEST_S).astype(np.int64)


def _normal(trace: Trace) -> Floats:
    """One standard normal number a job, from SHA-256(seed ‖ "noise" ‖ id): the quantile of its first 53 bits."""
    prefix = hashlib.sha256(trace.seed + b"noise")
    bits = np.empty(len(trace), dtype=np.int64)
    for i, name in enumerate(trace.id):
        digest = prefix.copy()
        digest.update(name.encode())
        bits[i] = int.from_bytes(digest.digest()[:8], "big") >> 11
    return np.asarray(ndtri((bits + 0.5) / 2.0**53))
