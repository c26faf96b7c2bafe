"""What may a member count on?

The charter's rule gives each member a vector E[m, f, r] in whole units and one integer weight W[m].

- ``contribution``: E is the capacity of the nodes the member owns; W is its share of all nodes' price per hour if every node
  has a price, else the mean over resources of owned / total. Nodes nobody owns are shared in proportion to W. Where no
  node has an owner, W is the column ``contribution`` of the members.
- ``equal``, ``size``, ``weight``, ``table``: W from the rule, E = W · capacity in whole units by largest remainder.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from apportion.domain.arrays import Floats, Ints
from apportion.domain.canonical import canonical_bytes, leaves
from apportion.domain.charter import RULES, Entitlements
from apportion.domain.quantity import fraction, whole_shares, whole_weights
from apportion.domain.tables import NOBODY, Members, Nodes
from apportion.domain.ties import tie_order
from apportion.errors import BadInput, Fault


@dataclass(frozen=True, eq=False)
class Standing:
    """What each member may count on.

    Attributes
    ----------
    entitlement : (N, F, R) whole thousandths; sums over members to at most the capacity
    weight : (N,) integers without common divisor; a member's share is its weight over their sum
    """

    entitlement: Ints
    weight: Ints

    @cached_property
    def leaves(self) -> list[bytes]:
        """Merkle leaves of the rows, in the order of the members."""
        rows = zip(self.weight.tolist(), self.entitlement.tolist(), strict=True)
        return leaves(canonical_bytes(["standing", weight, entitlement]) for weight, entitlement in rows)

    @property
    def share(self) -> Floats:
        """Each member's part of the pool: (N,), sums to 1, or zeros if nobody has standing."""
        return np.asarray(self.weight / max(int(self.weight.sum()), 1))


def standing(rule: Entitlements, members: Members, nodes: Nodes, owned: Ints, capacity: Ints, seed: bytes) -> Standing:
    """Apply the charter's rule.

    Raises
    ------
    BadInput
        if the rule needs a column that is empty, names unknown members, or both owners and contributions are given.
    """
    if rule.rule == "contribution":
        weight = _brought(members, nodes, owned, capacity)
    else:
        weight = whole_weights(_by_rule(rule, members))
    return Standing(entitlement(rule, weight, nodes, owned, capacity, tie_order(seed, members.id)), weight)


def entitlement(rule: Entitlements, weight: Ints, nodes: Nodes, owned: Ints, capacity: Ints, order: Ints) -> Ints:
    """Say what the charter's rule gives each member of some capacity (F, R), of which (N, F, R) is owned: (N, F, R).

    Parameters
    ----------
    weight, order : (N,), (N,) W and the tie order
    """
    if rule.rule == "contribution" and (nodes.owner != NOBODY).any():
        return np.asarray(owned + _divide(capacity - owned.sum(axis=0), weight, order))
    return _divide(capacity, weight, order)


def _divide(amount: Ints, weight: Ints, order: Ints) -> Ints:
    """Divide each entry of (F, R) by weight: (N, F, R)."""
    parts = np.zeros((len(weight), *amount.shape), dtype=np.int64)
    for f, r in zip(*np.nonzero(amount), strict=True):
        parts[:, f, r] = whole_shares(int(amount[f, r]), weight, order)
    return parts


def _brought(members: Members, nodes: Nodes, owned: Ints, capacity: Ints) -> Ints:
    given = ~np.isnan(members.contribution)
    if (nodes.owner == NOBODY).all():
        if not given.any():
            raise BadInput(
                "no node has an owner and no member has a contribution, so nobody has standing",
                where="charter.toml, entitlements.rule",
                mend='fill in owner in nodes.csv or contribution in members.csv, or set rule = "equal"',
            )
        return whole_weights(
            [
                fraction(value) if known else Fraction(0)
                for value, known in zip(members.contribution, given, strict=True)
            ]
        )
    if given.any():
        raise BadInput(
            "nodes have owners and members have contributions: two answers to what each brought",
            where="members.csv, column contribution",
            mend="leave contribution empty, or leave owner empty in nodes.csv",
        )
    if len(nodes) and (nodes.price_milli_per_hour > 0).all():
        worth = np.zeros(len(members) + 1, dtype=object)
        np.add.at(worth, nodes.owner, nodes.price_milli_per_hour.astype(object))
        return whole_weights([Fraction(int(value)) for value in worth[:-1]])
    total = capacity.sum(axis=0)
    own = owned.sum(axis=1)
    used = [r for r in range(len(total)) if total[r] > 0]
    return whole_weights(
        [sum((Fraction(int(row[r]), int(total[r])) for r in used), Fraction(0)) / max(len(used), 1) for row in own]
    )


def _by_rule(rule: Entitlements, members: Members) -> list[Fraction]:
    if rule.rule == "equal":
        return [Fraction(1)] * len(members)
    if rule.rule == "table":
        return _from_table(rule.shares, members)
    if rule.rule not in RULES:
        raise BadInput(f'unknown rule "{rule.rule}"', "charter.toml, entitlements.rule", f"known: {', '.join(RULES)}")
    column = members.size if rule.rule == "size" else members.weight
    missing = [str(name) for name, value in zip(members.id, column, strict=True) if np.isnan(value)]
    if missing:
        raise BadInput(
            f"no {rule.rule} for {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}",
            where=f"members.csv, column {rule.rule}",
            mend=f'fill in {rule.rule} for every member, or choose another rule than "{rule.rule}"',
        )
    return [fraction(value) for value in column]


def _from_table(shares: dict[str, float], members: Members) -> list[Fraction]:
    known = set(members.id)
    unknown = [
        Fault(f'share for "{name}", who is not a member', "charter.toml, entitlements", "remove it or add the member")
        for name in shares
        if name not in known
    ]
    if unknown:
        raise BadInput(unknown)
    return [fraction(shares.get(name, 0.0)) for name in members.id]
