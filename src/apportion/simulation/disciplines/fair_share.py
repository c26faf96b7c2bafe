"""The member that would hold the least for its weight goes first.

After all events of an instant, repeat: among members whose *first* queued gang fits, start that of the member with the
least (held + asked) / W, where held + asked is the dominant share max_r (held + asked)_r / capacity_r of the pool that the
member would then hold (with one resource: the amount itself). Equal members go in the tie order of the seed. Members of
weight 0 come after all others, and are equals among themselves.

With `level` ``tree`` the choice goes from the top of the members' tree down, and at last to users: at each branch the child
with the least (held + asked) / W, where asked is the gang that the child itself would start. A branch is a member with all
members below it: its W is the sum of theirs, and where it has jobs of its own it is itself one of the children. Users of one
member are equals, of weight 1; among them the tie order is SHA-256(seed ‖ number of the user).

Weights may change over time (`Trace.standings`): from then on, what starts goes by the new ones.

Shares are compared exactly: as integers over a common multiple of the capacities, and fractions by Euclid's algorithm. If
that multiple exceeds 2⁶², shares are counted in parts per 2⁶² of the pool, each gang's rounded down.

One member alone has no other to be fair to: that is `strict_fifo`. O(members queued) a start, with ``tree`` O(users queued +
members). Dominant shares are those of Ghodsi et al., Dominant Resource Fairness (NSDI 2011), section 4.2, weighted as in 4.3
with one weight a member.
"""

import math
from functools import partial
from typing import NamedTuple

import numpy as np

from apportion.domain.arrays import Ints, distinct
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.errors import BadInput, nearest
from apportion.ports import Queue
from apportion.simulation.compiled import compiled, part
from apportion.simulation.events import (
    ARRIVED,
    CHANGED,
    RUNNING,
    Jobs,
    Rows,
    State,
    begin,
    change,
    complete,
    fits,
    fixed,
    held_in_all,
    next_instant,
    opening,
    overfull,
    stop,
)
from apportion.simulation.lines import Lines, head, join, leave, lines
from apportion.simulation.replay import KernelQueue

ALONE = ("strict_fifo",)
PLANNED = False
LEVELS = ("member", "tree")
FINEST = 2**62
WEIGHT, ORDER, ABOVE, CHOSEN, OF, LEAST = 0, 1, 2, 3, 4, 5  # columns of Held.facts


class Held(NamedTuple):
    """What members hold and what gangs ask for, as parts of the pool over one denominator.

    Attributes
    ----------
    share : (J, R) what each gang asks for
    changes : (H, 3) second, group, and how much more it and all above it weigh from then on; `changed` (1,) are past
    held : (G, R) what each group holds: first the lines of gangs, then branches from the leaves up, the last is the root
    facts : (G, 6) `WEIGHT` and `ORDER` among ties of each group, the group `ABOVE` it; of its children, the line that is
        `CHOSEN`, −1 for none, the share that the child `OF` this line would hold, the `LEAST`
    """

    share: Ints
    held: Ints
    facts: Ints
    changes: Ints
    changed: Ints


def open_queue(trace: Trace, level: str = "member") -> Queue:
    """Start a replay.

    Parameters
    ----------
    level : ``member``, all side by side, or ``tree``

    Raises
    ------
    BadInput
        for another level, or if the last job could end beyond what 64 bits can tell.
    """
    if level not in LEVELS:
        raise BadInput(f'no members stand by "{level}"', "discipline fair_share", nearest(level, LEVELS))
    rows, jobs, state = opening(trace)
    line, facts = _flat(trace, rows) if level == "member" else _tree(trace, rows)
    share = shares(jobs.need, held_in_all(state))
    first = 0 if level == "member" else int(line.max(initial=-1)) + 1  # the group of member 0 by itself
    held = Held(
        share,
        np.zeros((len(facts), share.shape[1]), dtype=np.int64),
        facts,
        _reweighed(trace, first),
        np.zeros(1, dtype=np.int64),
    )
    queued = lines(line, int(line.max(initial=-1)) + 1 if level == "tree" else len(trace.weight))
    return KernelQueue(trace, rows, jobs, state, partial(_advance, jobs, state, queued, held))


def _reweighed(trace: Trace, first: int) -> Ints:
    """Write how weights change as Held.changes; the group of a member is so many behind the first."""
    if trace.standings is None:
        return fixed(np.zeros((0, 3), dtype=np.int64))
    weight, rows = trace.weight.copy(), []
    for second, member, now in zip(
        *(c.tolist() for c in (trace.standings.at_s, trace.standings.member, trace.standings.weight)), strict=True
    ):
        rows.append((second, first + member, now - int(weight[member])))
        weight[member] = now
    return fixed(np.array(rows, dtype=np.int64).reshape(-1, 3))


def _flat(trace: Trace, rows: Rows) -> tuple[Ints, Ints]:
    """One line a member, all below the root: the line of each gang (J,), and Held.facts."""
    members = len(trace.weight)
    return trace.member[rows], _groups(trace.weight, trace.member_order, np.full(members, members))


def _tree(trace: Trace, rows: Rows) -> tuple[Ints, Ints]:
    """One line a user; above them each member by itself, and with those below it if there are any."""
    members = len(trace.weight)
    user = np.zeros(len(trace), dtype=np.int64) if trace.user is None else trace.user
    parent = np.full(members, -1) if trace.parent is None else trace.parent
    of, line = distinct(np.column_stack([trace.member, user])[rows])
    branches = _from_below(parent)
    itself = len(of) + np.arange(members)
    root = len(of) + members + len(branches)
    branch = np.full(members + 1, root)  # its last entry is that of no parent
    branch[branches] = len(of) + members + np.arange(len(branches))
    weight = trace.weight.copy()
    for member in branches.tolist():
        weight[member] += weight[parent == member].sum()
    above = np.concatenate(
        [itself[of[:, 0]], np.where(branch[:-1] < root, branch[:-1], branch[parent]), branch[parent][branches]]
    )
    ties = tie_order(trace.seed, [str(number) for number in of[:, 1].tolist()])
    order = np.concatenate([ties, trace.member_order, trace.member_order[branches]])
    return line, _groups(
        np.concatenate([np.ones(len(of)), trace.weight, weight[branches]]).astype(np.int64), order, above
    )


def _from_below(parent: Ints) -> Ints:
    """The members that have members below them, none before one that is below it."""
    depth, up = np.zeros(len(parent), dtype=np.int64), parent
    while (up >= 0).any():
        depth += up >= 0
        up = np.where(up >= 0, parent[up], -1)
    branches = np.unique(parent[parent >= 0])
    return branches[np.argsort(-depth[branches], kind="stable")]


def _groups(weight: Ints, order: Ints, above: Ints) -> Ints:
    """Held.facts of these groups, and of the root."""
    facts = np.full((len(weight) + 1, 6), -1, dtype=np.int64)
    facts[:-1, WEIGHT], facts[:-1, ORDER], facts[:-1, ABOVE] = weight, order, above
    return facts


def shares(need: Ints, capacity: Ints) -> Ints:
    """Write needs as parts of the pool over one denominator for all resources: (J, R), (R,) → (J, R).

    >>> shares(np.array([[2, 3], [4, 0]]), np.array([4, 6]))
    array([[1, 1],
           [2, 0]])
    """
    divisors = [
        math.gcd(int(whole), int(np.gcd.reduce(column))) for whole, column in zip(capacity, need.T, strict=True)
    ]
    common = min(math.lcm(*(int(whole) // d for whole, d in zip(capacity, divisors, strict=True))), FINEST)
    share = np.empty_like(need)
    for r, whole in enumerate(capacity.tolist()):
        amounts, at = np.unique(need[:, r], return_inverse=True)
        share[:, r] = np.array([amount * common // whole for amount in amounts.tolist()], dtype=np.int64)[at]
    return share


@compiled
def _advance(jobs: Jobs, state: State, queued: Lines, held: Held, until: int) -> None:
    while True:
        now = next_instant(jobs, state)
        if now >= until:
            return
        _reweigh(held, now)
        while state.counts[RUNNING] > 0 and state.ends[0] == now:
            job = complete(jobs, state)
            _hold(held, queued.line[job], job, -1)
        if state.counts[CHANGED] < len(state.changes):
            change(state, now)
            job = overfull(jobs, state)
            while job >= 0:
                stop(jobs, state, job, now)
                _hold(held, queued.line[job], job, -1)
                join(queued, job)
                job = overfull(jobs, state)
        while state.counts[ARRIVED] < len(jobs.submit) and jobs.submit[state.counts[ARRIVED]] == now:
            join(queued, state.counts[ARRIVED])
            state.counts[ARRIVED] += 1
        line = _first(jobs, state, queued, held)
        while line >= 0:
            job = leave(queued, line)
            _hold(held, line, job, 1)
            begin(jobs, state, job, now)
            line = _first(jobs, state, queued, held)


@part
def _reweigh(held: Held, now: int) -> None:
    """Let everybody weigh what it weighs now. (Nothing starts for that alone: what fits has started.)"""
    while held.changed[0] < len(held.changes) and held.changes[held.changed[0], 0] <= now:
        group, root = held.changes[held.changed[0], 1], len(held.facts) - 1
        while group != root:
            held.facts[group, WEIGHT] += held.changes[held.changed[0], 2]
            group = held.facts[group, ABOVE]
        held.changed[0] += 1


@part
def _hold(held: Held, line: int, job: int, times: int) -> None:
    group, root = line, len(held.facts) - 1
    while group != root:
        for r in range(held.share.shape[1]):
            held.held[group, r] += times * held.share[job, r]
        group = held.facts[group, ABOVE]


@part
def _first(jobs: Jobs, state: State, queued: Lines, held: Held) -> int:
    """Find the line whose first gang, which must fit, is chosen at each group on the way to the root; −1 if none fits."""
    for i in range(queued.number[0]):
        line = queued.waiting[i]
        job = head(queued, line)
        if fits(jobs, state, job):
            _offer(held, line, line, job)
    root = len(held.facts) - 1
    for group in range(len(queued.of), root):
        line = held.facts[group, CHOSEN]
        if line >= 0:
            _offer(held, group, line, head(queued, line))
            held.facts[group, CHOSEN] = -1
    chosen = held.facts[root, CHOSEN]
    held.facts[root, CHOSEN] = -1
    return int(chosen)


@part
def _offer(held: Held, group: int, line: int, job: int) -> None:
    """Choose the first gang of a line, which this group would start, if the group would hold less than the others so far."""
    facts, would = held.facts, 0
    for r in range(held.share.shape[1]):
        would = max(would, held.held[group, r] + held.share[job, r])
    above, weight, order = facts[group, ABOVE], facts[group, WEIGHT], facts[group, ORDER]
    if facts[above, CHOSEN] >= 0:
        least, other = facts[above, LEAST], facts[above, OF]
        if not _before(would, weight, order, least, facts[other, WEIGHT], facts[other, ORDER]):
            return
    facts[above, CHOSEN], facts[above, LEAST], facts[above, OF] = line, would, group


@part
def _before(would: int, weight: int, order: int, least: int, its_weight: int, its_order: int) -> bool:
    if (weight == 0) != (its_weight == 0):
        return its_weight == 0
    sign = compare(would, max(weight, 1), least, max(its_weight, 1))
    return sign < 0 or (sign == 0 and order < its_order)


@compiled
def compare(a: int, b: int, c: int, d: int) -> int:
    """Sign of a/b − c/d for a, c ≥ 0 and b, d > 0, without overflow: by whole parts, then by the inverse of what remains.

    O(log min(b, d)), and one step where whole parts differ.
    """
    while True:
        whole, other = a // b, c // d
        if whole != other:
            return 1 if whole > other else -1
        a, c = a - whole * b, c - other * d
        if a == 0 or c == 0:
            return int(a > 0) - int(c > 0)
        a, b, c, d = d, c, b, a
