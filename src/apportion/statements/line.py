"""What stands on a statement?"""

from dataclasses import dataclass
from datetime import datetime

from apportion.statements.months import Periods

NOBODY = ""  # the name of whoever has what no member is entitled to


@dataclass(frozen=True)
class Grams:
    """CO2e in whole milligrams, of one kind: of what a member held, and of what lay idle in its entitlement."""

    held_mg: int
    idle_mg: int


@dataclass(frozen=True)
class Energy:
    """Estimated millijoules: of what a member held, and of what lay idle in its entitlement."""

    held_mj: int
    idle_mj: int


@dataclass(frozen=True)
class Cost:
    """Whole millionths of the unit of ``price_per_hour``.

    Attributes
    ----------
    own, borrowed, idle : what the member owes for
    lent : what those who borrow pay for what the member lends; owed by them
    """

    own: int
    borrowed: int
    idle: int
    lent: int

    @property
    def owed(self) -> int:
        """What the member owes in all."""
        return self.own + self.borrowed + self.idle


@dataclass(frozen=True)
class Line:
    """One member, one period, one class of nodes. Amounts are resource-seconds in whole thousandths; see `sweep.Parts`.

    Attributes
    ----------
    period : position in `Statements.periods`
    member : its name, empty for what nobody is entitled to, and nodes that are down
    flavors, resource : the class of nodes, and by which resource it is told
    cost, energy, grams : None, or empty, where that is not known; `grams` by ``direct`` and ``lifecycle``
    """

    period: int
    member: str
    flavors: tuple[str, ...]
    resource: str
    own: int
    borrowed: int
    lent: int
    idle: int
    wanted: int
    beyond_need: int
    cost: Cost | None
    energy: Energy | None
    grams: dict[str, Grams]

    @property
    def held(self) -> int:
        """What the member's jobs and services held."""
        return self.own + self.borrowed

    @property
    def used(self) -> int:
        """What of it was needed: all that jobs held, and what the targets of services ask for."""
        return self.held - self.beyond_need

    @property
    def entitled(self) -> int:
        """What the member could count on."""
        return self.own + self.lent + self.idle


@dataclass(frozen=True)
class Statements:
    """All lines, by period, class of nodes and member, and what they rest on.

    Attributes
    ----------
    zero : the moment at second 0 of the trace's clock; None where months are periods of 30 days
    prices, watts : how many nodes say what they cost, and what they draw
    nodes : how many there are
    """

    periods: Periods
    zero: datetime | None
    lines: tuple[Line, ...]
    nodes: int
    prices: int
    watts: int
