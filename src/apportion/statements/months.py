"""Into which months does a trace's clock fall?

With the moment at which second 0 of the clock is, calendar months in the time zone of that moment; without it, periods of
30 days, numbered from 1 at second 0.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from apportion.domain.arrays import Ints, ints
from apportion.errors import BadInput

DAY_S = 86_400
PERIOD_S = 30 * DAY_S
MOST = 12_000  # a thousand years


@dataclass(frozen=True, eq=False)
class Periods:
    """Consecutive stretches of time.

    Attributes
    ----------
    names : of each of K periods: ``2017-10``, or ``1``
    bounds : (K + 1,) seconds on the trace's clock at which they begin, and the end
    """

    names: tuple[str, ...]
    bounds: Ints

    def __len__(self) -> int:
        return len(self.names)


def periods(start_s: int, end_s: int, zero: datetime | None = None) -> Periods:
    """Cut the time from one second to before another into months; the first and the last may be parts of one.

    >>> found = periods(0, 40 * DAY_S, datetime(2017, 10, 1))
    >>> found.names, (found.bounds // DAY_S).tolist()
    (('2017-10', '2017-11'), [0, 31, 40])
    >>> periods(0, 40 * DAY_S).names
    ('1', '2')

    Raises
    ------
    BadInput
        if the time is beyond what a calendar tells, or longer than a thousand years.
    """
    if end_s - start_s > MOST * PERIOD_S:
        raise BadInput("the jobs run for more than a thousand years", "jobs.csv", "check submit_s and duration_s")
    if zero is None:
        numbers = range(start_s // PERIOD_S, -(-end_s // PERIOD_S))
        names, begins = [str(n + 1) for n in numbers], [n * PERIOD_S for n in numbers]
    else:
        names, begins = _months(start_s, end_s, zero)
    return Periods(tuple(names), ints([max(start_s, begin) for begin in begins] + [end_s]))


def _months(start_s: int, end_s: int, zero: datetime) -> tuple[list[str], list[int]]:
    names, begins = [], []
    try:
        first = zero + timedelta(seconds=start_s)
        month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while (begin := round((month - zero).total_seconds())) < end_s:
            names.append(f"{month.year:04d}-{month.month:02d}")
            begins.append(begin)
            month = (month + timedelta(days=32)).replace(day=1)
    except OverflowError:
        raise BadInput("the jobs run beyond the year 9999", "--zero", "check it, and submit_s of the jobs") from None
    return names, begins


def whole_hours(bounds: Ints, hour_s: int) -> Ints:
    """Give every full hour between the bounds, and the bounds: ascending."""
    first, last = -(-int(bounds[0]) // hour_s), int(bounds[-1]) // hour_s
    return np.union1d(bounds, np.arange(first, last + 1) * hour_s)
