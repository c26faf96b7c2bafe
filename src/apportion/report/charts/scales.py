"""Where on the paper does a number stand?"""

import math
from collections.abc import Callable, Sequence

Scale = Callable[[float], float]
MINUTE, HOUR, DAY = 60, 3600, 86_400
TIME_STEPS = {
    "minute": [MINUTE * n for n in (1, 2, 5, 10, 15, 30)],
    "hour": [HOUR * n for n in (1, 2, 3, 6, 12)],
    "day": [DAY * n * ten for ten in (1, 10, 100, 1000) for n in (1, 2, 5)],
}
ROUND_TIMES = (1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY, 100 * DAY, 1000 * DAY)
FINE_TIMES = (
    *(unit * n for unit in (1, MINUTE) for n in (1, 2, 5, 10, 20, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n * ten for ten in (1, 10, 100, 1000) for n in (1, 2, 5)),
)


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Map low..high to start..end in proportion."""
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Map low..high to start..end so that equal ratios are equal distances; what is not positive stands at the start."""
    span = math.log(high / low) or 1.0
    return lambda value: start + (math.log(max(value, low) / low)) / span * (end - start)


def nice_top(value: float) -> float:
    """Return the next number of the form 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten.

    >>> nice_top(1248), nice_top(0.0)
    (1500.0, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if value <= step * power * (1 + 1e-9))


def ticks(top: float, most: int = 6) -> list[float]:
    """Return round numbers from 0 to at most top, no more than `most` steps.

    >>> ticks(1500)
    [0.0, 250.0, 500.0, 750.0, 1000.0, 1250.0, 1500.0]
    """
    power = 10.0 ** math.floor(math.log10(top)) / 100
    sizes = [step * power * ten for ten in (1, 10, 100) for step in (1, 2, 2.5, 5)]
    step = next(size for size in sizes if top / size <= most + 1e-9)
    return [step * k for k in range(int(top / step + 1e-9) + 1)]


def time_ticks(span_s: float, most: int = 8) -> tuple[str, int, list[int]]:
    """Return a unit, its seconds, and round times from 0 to at most `span_s` seconds, no more than `most` steps.

    >>> time_ticks(60 * 86_400)[2][:3], time_ticks(86_400)[0], time_ticks(86_400)[2][:3]
    ([0, 864000, 1728000], 'hour', [0, 10800, 21600])
    """
    steps = [(unit, step) for unit, lengths in TIME_STEPS.items() for step in lengths]
    unit, step = next((pair for pair in steps if span_s / pair[1] <= most), steps[-1])
    return unit, {"minute": MINUTE, "hour": HOUR, "day": DAY}[unit], list(range(0, int(span_s) + 1, step))


def log_times(low: float, high: float, most: int = 8) -> list[int]:
    """Return round times in seconds within low..high for a logarithmic axis: fine ones unless they are too many.

    >>> log_times(1800, 12_000), log_times(600, 1_000_000)
    ([1800, 3600, 7200, 10800], [600, 3600, 21600, 86400, 259200, 864000])
    """
    fine, coarse = ([at for at in times if low <= at <= high] for times in (FINE_TIMES, ROUND_TIMES))
    return fine if len(fine) <= most else coarse


def log_ticks(low: float, high: float, steps: Sequence[float] = (1, 3)) -> list[float]:
    """Return 1, 3, 10, 30 … (or other steps) times powers of ten within low..high."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    return [step * 10.0**k for k in powers for step in steps if low <= step * 10.0**k <= high]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart so that neighbours are at least `gap` away, in their order, within low..high where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    at = low - gap
    for i in order:
        at = max(wanted[i], at + gap)
        placed[i] = at
    limit = high
    for i in reversed(order):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return placed
