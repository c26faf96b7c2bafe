"""What must each kind of plug-in do?

A plug-in is a module: one file in the folder of its kind, or a module that another package names in the entry-point group
``apportion.<kind>``. It exposes the names below at its top level; nobody asks which plug-in it is.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from apportion.domain.arrays import Bools, Ints
from apportion.domain.figure import Figure
from apportion.domain.history import History, Usage
from apportion.domain.holdings import Holdings
from apportion.domain.plan import Plan
from apportion.domain.pool import Pool
from apportion.domain.schedule import Held, Schedule
from apportion.domain.situation import Situation, Window
from apportion.domain.trace import Trace
from apportion.domain.verdict import Verdict
from apportion.domain.written import Written


class Divide(Protocol):
    """Divide one situation; keyword parameters with defaults are the policy's own, set by the charter or ``--set``."""

    def __call__(self, situation: Situation, **parameters: Any) -> Plan: ...


class Policy(Protocol):
    """How is the pool divided? ``policies/<name>.py``."""

    GUARDS: frozenset[str]  # the guardrails this policy can hold
    divide: Divide

    def promises(self, situation: Situation, **parameters: Any) -> tuple[str, ...]:
        """Name the proofs that hold for every plan of this policy in this situation, and no others."""
        ...


class Proof(Protocol):
    """Is the plan what it claims to be? ``proofs/<name>.py``."""

    def check(self, situation: Situation, plan: Plan) -> Verdict:
        """Confirm or refute one property of one plan, independently of the policy that made it."""
        ...


class Probe(Protocol):
    """Does the rule behave as it should when the situation changes? Also ``proofs/<name>.py``, with `probe` for `check`."""

    def probe(self, situation: Situation, plan: Plan, divide: Callable[[Situation], Plan]) -> Verdict:
        """Look for a changed situation in which the rule does what it should not; `divide` is the rule that made the plan.

        A search can refute and never prove: what it does not refute is `not_shown`, with what was tried.
        """
        ...


class Measure(Protocol):
    """What did it do, and to whom? ``measures/<name>.py``."""

    def measure(self, history: History) -> Sequence[Figure]:
        """Compute the figures; a figure whose inputs are missing has the value None."""
        ...


class Source(Protocol):
    """Where do pools and traces come from? ``sources/<name>.py``.

    One that can ask a running cluster also has ``live(directory) -> list[Path]``, which saves what the cluster says as files
    for `read`, and raises Unreachable if it cannot.
    """

    def read(self, *paths: Path, **options: Any) -> Pool:
        """Read one pool; all faults are raised together as BadInput, and what is only worth telling is in its notices."""
        ...


class Holding(Protocol):
    """Where do tables of who holds how much come from? ``holdings/published/<name>.py``.

    One with a history also has ``over_time``, with the same arguments, which gives holdings by moment, in order.
    """

    def read(self, *paths: Path, **options: Any) -> Holdings:
        """Read one table at one moment; all faults are raised together as BadInput, every filter is in its filters.

        Options that mean the same everywhere: `at`, the moment; `without` and `also`, names of filters with commas between.
        """
        ...


class Queue(Protocol):
    """A replay under way: the same compiled code for a virtual and a real clock."""

    def follow(self, shares: Ints) -> None:
        """Take the planned shares of the window that begins: (N,) parts per billion of the pool, −1 for *must wait*.

        Disciplines that follow no plan ignore it.
        """
        ...

    def advance(self, until_s: int) -> None:
        """Handle every event before `until_s`."""
        ...

    def progress(self, rows: Ints) -> tuple[Ints, Bools]:
        """Say for how many seconds gangs, by rows of the trace that fit the pool, held it, and which of them ended."""
        ...

    def schedule(self) -> Schedule:
        """Say what became of each job so far; a copy."""
        ...

    def held(self) -> Held:
        """Say what was held where so far, by what has ended or was stopped."""
        ...


class Discipline(Protocol):
    """In which order do queued gangs start? ``simulation/disciplines/<name>.py``."""

    ALONE: tuple[str, ...]  # the disciplines of a member at home that a pooled replay is compared with
    PLANNED: bool  # whether it follows the shares of a plan, window by window

    def open_queue(self, trace: Trace, **parameters: Any) -> Queue:
        """Start a replay."""
        ...


class Engine(Protocol):
    """How is a plan made real? ``engines/<name>.py``."""

    def open_engine(
        self, pool: Pool, capacity: Ints | None = None, open_queue: Callable[[Trace], Queue] | None = None
    ) -> "OpenEngine":
        """Take hold of the pool; an engine on real nodes refuses another `capacity` than the pool's.

        `open_queue` is of the charter's discipline; without one, waiting jobs start as the plans say.
        """
        ...


class OpenEngine(Protocol):
    """An engine at work on one pool, window by window."""

    def windows(self) -> Iterator[Window]:
        """Say, one after the other, which windows there are to decide for."""
        ...

    def observe(self, window: Window) -> Ints:
        """Say which jobs are submitted and not finished at the start of a window: positions in the pool's jobs."""
        ...

    def apply(self, situation: Situation, plan: Plan, shares: Ints) -> Usage:
        """Make the plan real for its window, and read back what was used.

        `shares` is what the plan means to a queue: (N,) parts per billion of the pool, −1 for *must wait*.
        """
        ...

    def schedule(self) -> Schedule:
        """Say what became of each job, in the order of the pool's jobs."""
        ...


class Export(Protocol):
    """How is a plan written for the scheduler one already has? ``exports/<name>.py``; it touches nothing."""

    def write(self, situation: Situation, plan: Plan, **parameters: Any) -> Written:
        """Write what realises the plan there; what it cannot say or rounds down is in the losses."""
        ...
