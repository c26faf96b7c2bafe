"""What would the situation be if one member appeared as several?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from apportion.domain.arrays import Ints, Text, ints, take, text
from apportion.domain.situation import Situation
from apportion.domain.tables import NOBODY, Claims, Nodes
from apportion.proofs._changed import QUARTERS, Changed, in_quarters, with_members


@dataclass(frozen=True, eq=False)
class _Parting:
    """Where everybody is after the split.

    Attributes
    ----------
    id : (N',) names, in their order
    row : (N',) the former member of each
    kept : (N',) quarters that each has of it
    at : (N + 1,) where the former members are now, the split one at its first part; the last entry is `NOBODY`
    parts : (P,) where its parts are
    """

    member: int
    quarters: Ints
    id: Text
    row: Ints
    kept: Ints
    at: Ints
    parts: Ints


def split(first: Situation, member: int, quarters: Sequence[int], *, dealt: bool) -> Changed:
    """Let a member appear as several, with its standing, size and past use divided in `quarters` of the whole.

    Its nodes go to one part after the other. Its claims are cut in quarters likewise or, if `dealt`, go whole to one part
    after the other.
    """
    new = _parting(first, member, np.array(quarters))
    apart = with_members(first, new.row, new.kept, new.at)
    claims, origin = (_dealt if dealt else _cut)(first.claims, new)
    members = replace(apart.members, id=new.id)
    apart = replace(apart, members=members, claims=claims, nodes=_nodes(first.nodes, new))
    what = {
        "appears_as": " + ".join(f"{part}/{QUARTERS}" for part in quarters),
        "its_claims": "dealt out whole" if dealt else "cut likewise",
    }
    return Changed(what, ints([member]), apart, origin)


def _parting(first: Situation, member: int, quarters: Ints) -> _Parting:
    many = len(first.members)
    others = np.delete(np.arange(many), member)
    names = _new_names(str(first.members.id[member]), len(quarters), set(first.members.id))
    ids = text([*first.members.id[others], *names])
    order = np.argsort(ids, kind="stable")
    place = np.argsort(order, kind="stable")
    at = np.full(many + 1, NOBODY)
    at[others], at[member] = place[: many - 1], place[many - 1]
    row = np.append(others, np.full(len(quarters), member))[order]
    kept = np.append(np.full(many - 1, QUARTERS), quarters)[order]
    return _Parting(member, quarters, text(ids[order]), row, kept, at, place[many - 1 :])


def _new_names(name: str, parts: int, taken: set[str]) -> list[str]:
    mark = "~"
    while any(f"{name}{mark}{k}" in taken for k in range(parts)):
        mark += "~"
    return [f"{name}{mark}{k}" for k in range(parts)]


def _nodes(nodes: Nodes, new: _Parting) -> Nodes:
    return replace(nodes, owner=_in_turn(nodes.owner, new))


def _dealt(claims: Claims, new: _Parting) -> tuple[Claims, Ints]:
    return replace(claims, member=_in_turn(claims.member, new)), np.arange(len(claims))


def _in_turn(member: Ints, new: _Parting) -> Ints:
    """Hand the rows of the split member to one part after the other; (n,) members before and after."""
    own = np.flatnonzero(member == new.member)
    now = new.at[member]
    now[own] = new.parts[np.arange(len(own)) % len(new.parts)]
    return ints(now)


def _cut(claims: Claims, new: _Parting) -> tuple[Claims, Ints]:
    """Cut each claim of the member into as many as it has parts; also the claim that each comes from."""
    own = claims.member == new.member
    copies = np.where(own, len(new.parts), 1)
    origin = np.repeat(np.arange(len(claims)), copies)
    piece = np.arange(len(origin)) - (np.cumsum(copies) - copies)[origin]
    names = claims.id[origin]
    taken = set(claims.id)
    for k in np.flatnonzero(own[origin]):
        names[k] = _new_names(str(names[k]), len(new.parts), taken)[piece[k]]
    kept = np.where(own[origin], new.quarters[piece], QUARTERS)
    most, least = (in_quarters(column, origin, kept) for column in (claims.tasks_micro, claims.min_tasks_micro))
    who = np.where(own[origin], new.parts[piece], new.at[claims.member[origin]])
    rows = replace(take(claims, origin), id=text(names), member=ints(who), tasks_micro=most, min_tasks_micro=least)
    order = np.argsort(rows.id, kind="stable")
    return take(rows, order), origin[order]
