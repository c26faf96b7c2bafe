"""How is a number written so that a person reads it right?

Every figure of the page and of the terminal passes through here: digits that mean something, separators, units, durations.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

NONE = "–"
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Units:
    """How one language writes units: a template for each, and what joins two of them."""

    percent: str
    under: str
    over: str
    second: str
    minute: str
    hour: str
    day: str
    days: str
    moment: str
    join: str
    list_join: str
    list_last: str


@dataclass(frozen=True)
class Numbers:
    """Numbers in one language."""

    units: Units

    def whole(self, value: float | None) -> str:
        """Write a count or a rounded amount: 69,351."""
        return self.decimal(value, 0)

    def decimal(self, value: float | None, digits: int) -> str:
        """Write a number to so many digits after the point, never as −0."""
        if value is None or not math.isfinite(value):
            return NONE
        text = f"{value:,.{digits}f}"
        return (text.removeprefix("-") if not text.strip("-0.,") else text).replace("-", "−")

    def amount(self, value: float | None) -> str:
        """Write an amount of a resource: whole if it is whole or large, else to three significant digits."""
        if value is None:
            return NONE
        near = abs(value - round(value)) < 5e-4
        return self.decimal(value, 0 if near or abs(value) >= 100 else 1 if abs(value) >= 10 else 2)

    def alike(self, values: Sequence[float]) -> list[str]:
        """Write the round numbers of an axis, all with as many digits as the finest of them needs, three at most."""
        digits = next((d for d in range(3) if all(abs(v - round(v, d)) < 1e-9 for v in values)), 3)
        return [self.decimal(value, digits) for value in values]

    def percent(self, part: float | None, digits: int = 0) -> str:
        """Write a part of one in percent; a part that is not all of it never reads 100 %, nor a little 0 %."""
        if part is None or not math.isfinite(part):
            return NONE
        least = 10.0**-digits
        shown = round(100 * part, digits)
        if part > 0 and shown == 0:
            return self.units.under.format(n=self.decimal(least, digits))
        if part < 1 and shown >= 100:
            return self.units.over.format(n=self.decimal(100 - least, digits))
        return self.units.percent.format(n=self.decimal(shown, digits))

    def figure(self, value: float) -> str:
        """Write a number of unknown size and meaning: whole as it is, else to four significant digits."""
        if float(value).is_integer() and abs(value) < 1e15:
            return self.decimal(value, 0)
        size = abs(value)
        if not 1e-4 <= size < 1e7:
            return f"{value:.3e}"
        return self.decimal(value, max(0, 3 - math.floor(math.log10(size))))

    def ratio(self, value: float | None) -> str:
        """Write a ratio to two digits, more where it would read 1.00 without being 1: 1 decides who is worse off."""
        return self.decimal(value, ratio_digits([value]))

    def duration(self, seconds: float | None) -> str:
        """Write a time in its two largest units: 5 h 18 min."""
        if seconds is None:
            return NONE
        units = self.units
        if abs(seconds) < MINUTE:
            return units.second.format(n=self.amount(seconds))
        whole = round(seconds)
        if whole < HOUR:
            return self._two(whole, MINUTE, units.minute, 1, units.second)
        if whole < 2 * DAY:
            return self._two(_rounded(whole, MINUTE), HOUR, units.hour, MINUTE, units.minute)
        if whole < 10 * DAY:
            return self._two(_rounded(whole, HOUR), DAY, units.day, HOUR, units.hour)
        return units.days.format(n=self.whole(whole / DAY))

    def moment(self, seconds: int) -> str:
        """Write a time since the first submission as day and time of day: day 34, 07:00."""
        return self.units.moment.format(
            day=self.whole(seconds // DAY + 1),
            hour=f"{seconds % DAY // HOUR:02d}",
            minute=f"{seconds % HOUR // MINUTE:02d}",
        )

    def listed(self, items: Sequence[str]) -> str:
        """Join words into a list: a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return self.units.list_join.join(items[:-1]) + self.units.list_last + items[-1]

    def _two(self, seconds: int, large: int, large_text: str, small: int, small_text: str) -> str:
        big, rest = divmod(seconds, large)
        first = large_text.format(n=self.whole(big))
        return first + self.units.join + small_text.format(n=rest // small) if rest // small else first


def ratio_digits(values: Iterable[float | None]) -> int:
    """Return how many digits, from 2 to 6, tell every ratio apart from 1 that is not 1.

    >>> ratio_digits([0.91, 1.0]), ratio_digits([0.997, 2.5])
    (2, 3)
    """
    close = min((abs(value - 1) for value in values if value not in {None, 1.0}), default=1.0)
    return next((digits for digits in range(2, 6) if round(close, digits) > 0), 6)


def time_unit(seconds: Iterable[float | None]) -> tuple[str, int]:
    """Choose one unit for a column of times, by its median: its name and its seconds.

    >>> time_unit([7200.0, 300.0, 9000.0])
    ('hour', 3600)
    """
    known = [abs(value) for value in seconds if value]
    middle = median(known) if known else 0
    for name, length in (("day", DAY), ("hour", HOUR), ("minute", MINUTE)):
        if middle >= (2 if name == "day" else 1) * length:
            return name, length
    return "second", 1


def _rounded(seconds: int, to: int) -> int:
    return round(seconds / to) * to
