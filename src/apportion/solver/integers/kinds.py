"""Which tasks are the same to a rule, and who gets them when some of a kind are granted?

Tasks with the same bundle and the same worth on every flavor are of one *kind*. What a member asks for of a kind stands in
one *line*, however many claims it is written in. A rule decides how many tasks of each kind run on each flavor. From there
each line gets its part in proportion to what it asks for, in whole tasks if the rule grants whole ones, and each claim its
part of its line likewise. So neither the order of rows nor cutting a claim in two changes anything, equals are treated
alike, and a problem is as large as the number of its kinds.
"""

from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.quantity import MICRO, exact_products, whole_shares
from apportion.domain.situation import Situation


@dataclass(frozen=True, eq=False)
class Kinds:
    """The tasks of a situation that a rule may grant, beyond the minima.

    Attributes
    ----------
    worth : (K, F) of one task of each kind; 0 where it may not run
    bundle : (K, R) thousandths
    kind, member : (L,) of each line
    asked_micro : (L,) micro-tasks that each line asks for, beyond its minima
    line : (M,) of each claim
    spare : (M,) micro-tasks that each claim asks for, beyond its minimum
    order : (L,) position of each line in the order of ties, which is its member's
    """

    worth: Floats
    bundle: Ints
    kind: Ints
    member: Ints
    asked_micro: Ints
    line: Ints
    spare: Ints
    order: Ints

    def __len__(self) -> int:
        return len(self.worth)

    @property
    def whole(self) -> Ints:
        """Whole tasks that the lines of each kind ask for: (K,)."""
        return self.sums(self.asked_micro // MICRO)

    @property
    def tasks(self) -> Floats:
        """Tasks that are asked for of each kind: (K,)."""
        return np.asarray(self.sums(self.asked_micro) / MICRO)

    def sums(self, lines: Ints) -> Ints:
        """Add up lines by kind: (L,) → (K,)."""
        total = np.zeros(len(self), dtype=np.int64)
        np.add.at(total, self.kind, lines)
        return total

    def without(self, member: int) -> "Kinds":
        """The same kinds, of which one member asks for nothing."""
        return replace(self, asked_micro=np.where(self.member == member, 0, self.asked_micro))


def kinds(situation: Situation, worth: Floats, base: Ints) -> Kinds:
    """Sort claims into kinds by bundle and worth (M, F); `base` (M, F) is what they hold already."""
    claims = situation.claims
    spare = np.maximum(claims.tasks_micro - base.sum(axis=1), 0)
    row, of = np.unique(_coded(claims.bundle, worth), axis=0, return_inverse=True)
    first = np.full(len(row), len(claims), dtype=np.int64)
    np.minimum.at(first, of.ravel(), np.arange(len(claims)))
    lines, line = np.unique(np.column_stack([of.ravel(), claims.member]), axis=0, return_inverse=True)
    asked = np.zeros(len(lines), dtype=np.int64)
    np.add.at(asked, line.ravel(), spare)
    kind, member = lines[:, 0], lines[:, 1]
    order = situation.member_order[member]
    return Kinds(worth[first], claims.bundle[first], kind, member, asked, line.ravel(), spare, order)


def _coded(bundle: Ints, worth: Floats) -> Ints:
    """Write bundles and worths as rows of integers that sort alike."""
    codes = [np.unique(column, return_inverse=True)[1].ravel() for column in worth.T]
    return np.asarray(np.column_stack([bundle, *codes]).astype(np.int64))


def whole_lines(of: Kinds, granted: Ints) -> Ints:
    """Give whole tasks of each kind (K, F) to its lines: (L, F), in proportion to the whole tasks that they ask for.

    Remainders by size, then ties. Which flavor a line is served on follows the order of ties.
    """
    asked = of.asked_micro // MICRO
    lines = np.zeros((len(asked), granted.shape[1]), dtype=np.int64)
    by_kind = np.argsort(of.kind, kind="stable")
    bounds = np.searchsorted(of.kind[by_kind], np.arange(len(of) + 1))
    for k in np.flatnonzero(granted.any(axis=1)):
        at = by_kind[bounds[k] : bounds[k + 1]]
        at = at[np.argsort(of.order[at])]
        share = whole_shares(int(granted[k].sum()), asked[at], np.arange(len(at)))
        lines[at] = _served(share, granted[k])
    return lines


def _served(share: Ints, granted: Ints) -> Ints:
    """Serve lines one after the other from the flavors one after the other: (n,), (F,) → (n, F), sums as given."""
    need_to, have_to = np.cumsum(share), np.cumsum(granted)
    low = np.maximum((need_to - share)[:, None], (have_to - granted)[None, :])
    high = np.minimum(need_to[:, None], have_to[None, :])
    return np.asarray(np.maximum(high - low, 0))


def whole_claims(of: Kinds, lines: Ints, order: Ints) -> Ints:
    """Give what lines (L, F) have, in whole tasks, to their claims: (M, F) micro-tasks, in proportion to what they ask.

    What is lost in rounding goes one micro-task each to the first in the order of ties `order` (M,).
    """
    total = np.maximum(of.asked_micro, 1).astype(object)
    part = of.spare.astype(object)[:, None] * MICRO * lines[of.line].astype(object)
    tasks = (part // total[of.line][:, None]).astype(np.int64)
    by_line = np.lexsort([order, of.line])
    for f in range(lines.shape[1]):
        short = lines[:, f] * MICRO
        np.subtract.at(short, of.line, tasks[:, f])
        able = by_line[(short[of.line] > 0)[by_line] & (tasks.sum(axis=1) < of.spare)[by_line]]
        rank = np.arange(len(able)) - np.searchsorted(of.line[able], of.line[able])
        tasks[able[rank < short[of.line[able]]], f] += 1
    return np.asarray(tasks)


def real_claims(of: Kinds, granted: Floats) -> Floats:
    """Give tasks of each kind (K, F) to its claims in proportion to what they ask: (M, F) micro-tasks."""
    total = of.sums(of.asked_micro)
    part = np.divide(of.spare, total[of.kind[of.line]], out=np.zeros(len(of.spare)), where=of.spare > 0)
    return np.asarray(granted[of.kind[of.line]] * MICRO * part[:, None])


def left_micro(situation: Situation, base: Ints) -> Ints:
    """What is left when `base` (M, F) micro-tasks are held: (F, R) millionths of thousandths, Python's integers."""
    used = exact_products(base, situation.claims.bundle).astype(object)
    return np.asarray(situation.capacity.astype(object) * MICRO - used)
