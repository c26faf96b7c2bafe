"""What could a coalition make of its own nodes and claims?

    v(S) = max Σ_{i of S} value_i · z_i,    z_i = Σ_f speed[i,f] · x[i,f],
           Σ_{i of S} bundle[i,r] · x[i,f] ≤ Σ_{m∈S} brought[m,f,r],    min_i ≤ Σ_f x[i,f] ≤ tasks_i,    x ≥ 0

whatever policy the pool runs: what S could do, not what it would agree on. A member brings the nodes it owns; nodes that
nobody owns count to members by their standing. A member whose least tasks do not fit its own nodes cannot insist on them:
they are left out of every worth, so that every coalition has one, and `without_least` names whom that concerns.

Claims of one member that are alike are one claim. Coalitions are solved many at a time, as one linear program of blocks that
have nothing in common. Cost: about 0.1 ms for each coalition and each pair of claim and flavor in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from apportion.alliances.coalitions import FINE, every
from apportion.domain.arrays import Bools, Floats, Ints, Text
from apportion.domain.quantity import MICRO
from apportion.domain.situation import Situation
from apportion.domain.tables import NOBODY
from apportion.errors import BadInput, Failed
from apportion.solver.prices.linear import FEW, linear
from apportion.solver.problem import Problem

PAIRS = 4_000  # of claim and flavor in one program of blocks
TABLED = 14  # members, in 16,384 coalitions
HELD = 1e-6  # of a claim: HiGHS's error over a member's claims


@dataclass(frozen=True, eq=False)
class Program:
    """What members bring and want; tasks, thousandths, and worths of one task-second at speed 1.

    Attributes
    ----------
    names : (N,)
    brought : (N, F, R)
    member, value, least, most : (M,) of claims
    bundle, speed : (M, R), (M, F)
    without_least : (K,) members whose least tasks are left out
    """

    names: Text
    brought: Floats
    member: Ints
    value: Floats
    least: Floats
    most: Floats
    bundle: Floats
    speed: Floats
    without_least: Ints

    def problem(self, who: Bools | None = None, nodes_of: Bools | None = None) -> Problem:
        """The program of a coalition `who` (N,) on the nodes of `nodes_of`, by default its own; of all by default."""
        who = np.ones(len(self.names), dtype=bool) if who is None else who
        at = np.flatnonzero(who[self.member])
        capacity = self.brought[who if nodes_of is None else nodes_of].sum(axis=0)
        each = (self.most[at], self.value[at], self.least[at])
        return Problem(self.speed[at], self.bundle[at], capacity, *each)


def program(situation: Situation) -> Program:
    """Take what members bring and want from a situation."""
    claims = situation.claims
    made = _merged(
        Program(
            situation.members.id,
            brought(situation),
            claims.member,
            np.asarray(claims.value, dtype=np.float64),
            claims.min_tasks_micro / MICRO,
            claims.tasks_micro / MICRO,
            claims.bundle.astype(np.float64),
            np.where(situation.possible, claims.speed, 0.0),
            np.zeros(0, dtype=np.int64),
        )
    )
    return with_what_fits(made)


def brought(situation: Situation) -> Floats:
    """What each member brings: the nodes it owns, and its share of those that nobody owns: (N, F, R)."""
    nodes, shape = situation.nodes, (len(situation.members), *situation.capacity.shape)
    owned, free = np.zeros(shape), np.zeros(shape[1:])
    has = nodes.owner != NOBODY
    np.add.at(owned, (nodes.owner[has], nodes.flavor[has]), nodes.amount[has].astype(np.float64))
    np.add.at(free, nodes.flavor[~has], nodes.amount[~has].astype(np.float64))
    return owned + situation.standing.share[:, None, None] * free


def _merged(given: Program) -> Program:
    """Make one claim of those that are alike."""
    rows = np.column_stack([given.member, given.value, given.bundle, given.speed])
    _, first, of = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    of, many = of.ravel(), len(first)
    least = np.asarray(np.bincount(of, given.least, many), dtype=np.float64)
    most = np.asarray(np.bincount(of, given.most, many), dtype=np.float64)
    each = {name: getattr(given, name)[first] for name in ("member", "value", "bundle", "speed")}
    return replace(given, **each, least=least, most=most)


def with_what_fits(given: Program) -> Program:
    """Leave out the least tasks of members whose own nodes cannot hold them, and name those members."""
    asking = np.flatnonzero(given.least > 0)
    if not len(asking):
        return given
    reach = replace(
        given,
        member=given.member[asking],
        value=1.0 / given.least[asking],
        least=np.zeros(len(asking)),
        most=given.least[asking],
        bundle=given.bundle[asking],
        speed=(given.speed[asking] > 0).astype(np.float64),
    )
    many = len(given.names)
    wanted = np.bincount(given.member[asking], minlength=many)
    who = np.flatnonzero(wanted)
    alone = np.zeros((len(who), many), dtype=bool)
    alone[np.arange(len(who)), who] = True
    held = worths(reach, alone)  # how many of its claims each can give their least tasks
    unfit = who[held < wanted[who] - HELD]
    least = np.where(np.isin(given.member, unfit), 0.0, given.least)
    return replace(given, least=least, without_least=np.union1d(given.without_least, unfit))


def table(given: Program) -> Floats:
    """The worth of every coalition: (2^N,).

    Raises
    ------
    BadInput
        for more than 14 members.
    """
    many = len(given.names)
    if many > TABLED:
        mend = "take --credit owen, or --credit shapley with --samples"
        raise BadInput(f"{many} members have too many coalitions to look at each", "--credit", mend)
    return worths(given, every(many))


def worths(given: Program, who: Bools, nodes_of: Bools | None = None) -> Floats:
    """The worths of some coalitions (K, N), on the nodes of `nodes_of` (K, N), by default their own: (K,)."""
    nodes = who if nodes_of is None else nodes_of
    found = np.zeros(len(who))
    width = given.speed.shape[1]
    size = width * (who @ np.bincount(given.member, minlength=len(given.names)))
    for rows in _batches(size):
        problems = [given.problem(who[k], nodes[k]) for k in rows]
        large = len(rows) == 1 and len(problems[0]) > FEW and (problems[0].weight > 0).any()
        found[rows] = [linear(problems[0]).value] if large else _solve(_stacked(problems))
    return found


def with_centre(given: Program, name: str = "(centre)") -> Program:
    """The same pool as if one more member, who wants nothing, owned all nodes."""
    whole = given.brought.sum(axis=0, keepdims=True)
    names = np.append(given.names, name)
    owning = replace(given, names=names, brought=np.concatenate([np.zeros_like(given.brought), whole]))
    return with_what_fits(owning)


def _batches(size: Ints) -> Iterator[list[int]]:
    """Put coalitions together until they have so many pairs; at least one each."""
    batch: list[int] = []
    total = 0
    for k, more in enumerate(size.tolist()):
        if batch and total + more > PAIRS:
            yield batch
            batch, total = [], 0
        batch.append(k)
        total += more
    if batch:
        yield batch


@dataclass(frozen=True, eq=False)
class Blocks:
    """Several problems as one: pairs of claim and flavor with what they earn, rows, and whose each pair is.

    The variable of a pair is its tasks as a part of the most that claim and capacity allow, so that all are of one size.
    """

    many: int
    of: Ints
    gain: Floats
    matrix: Any
    low: Floats
    high: Floats


def _stacked(problems: list[Problem]) -> Blocks:
    from scipy.sparse import coo_array

    columns, rows, entries, of, gains, lows, highs = [], [], [], [], [], [], []
    pairs = row = 0
    for k, one in enumerate(problems):
        claim, flavor = np.nonzero(one.usable & (one.tasks > 0)[:, None])
        unit, need = _units(one, claim, flavor)
        width, here = one.capacity.shape[1], pairs + np.arange(len(claim))
        used, kept = np.nonzero(need)
        place = row + flavor[used] * width + kept
        columns += [here[used], here]
        rows += [place, row + one.capacity.size + claim]
        entries += [need[used, kept] * unit[used], unit / one.tasks[claim]]
        floor = np.divide(one.minimum, one.tasks, out=np.zeros(len(one)), where=one.tasks > 0)
        lows += [np.full(one.capacity.size, -np.inf), floor]
        highs += [np.ones(one.capacity.size + len(one))]
        of.append(np.full(len(claim), k))
        gains.append(one.weight[claim] * one.speed[claim, flavor] * unit)
        pairs, row = pairs + len(claim), row + one.capacity.size + len(one)
    matrix = coo_array((np.concatenate(entries), (np.concatenate(rows), np.concatenate(columns))), (row, pairs))
    gain, low, high = (np.concatenate(part) for part in (gains, lows, highs))
    return Blocks(len(problems), np.concatenate(of), gain, matrix, low, high)


def _units(one: Problem, claim: Ints, flavor: Ints) -> tuple[Floats, Floats]:
    """The most tasks of each pair, and what a task needs as a part of the capacity: (P,), (P, R)."""
    capacity, bundle = one.capacity[flavor], one.bundle[claim]
    need = np.divide(bundle, capacity, out=np.zeros(bundle.shape), where=bundle > 0)
    largest = need.max(axis=1, initial=0.0)
    hold = np.divide(1.0, largest, out=np.full(len(claim), np.inf), where=largest > 0)
    return np.minimum(hold, one.tasks[claim]), need


def _solve(blocks: Blocks) -> Floats:
    """The worth of each block: (K,).

    Raises
    ------
    Failed
        if least tasks do not fit.
    """
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    if not len(blocks.of):
        if (blocks.low > 0).any():
            raise Failed("least tasks do not fit")
        return np.zeros(blocks.many)
    top = float(blocks.gain.max()) or 1.0
    matrix = blocks.matrix.tocsr()
    least = np.flatnonzero(blocks.low > 0)
    found = linprog(
        -blocks.gain / top,
        A_ub=vstack([matrix, -matrix[least]]) if len(least) else matrix,
        b_ub=np.concatenate([blocks.high, -blocks.low[least]]),
        options=FINE,
    )
    if found.status != 0:
        raise Failed("least tasks do not fit")
    earned = np.maximum(found.x, 0.0) * blocks.gain
    return np.asarray(np.bincount(blocks.of, earned, blocks.many), dtype=np.float64)
