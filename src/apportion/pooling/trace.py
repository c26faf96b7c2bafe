"""What is pooling worth by how much sooner jobs end?

    v(S) = hours by which the jobs of S end sooner, all together, on the nodes of S as one pool than each member's on its own

under one discipline both times, so v({m}) = 0 for every discipline. Counted are jobs that fit their member's own nodes; those
that only fit a pool run there, take room, and are not counted. The core may be empty: somebody's queue may be longer in
company. There is no price of which a division follows, so there is no Owen point here.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from apportion import registry
from apportion.alliances.coalitions import inside
from apportion.alliances.least_core import least_core
from apportion.domain.arrays import Bools, Floats, Ints
from apportion.domain.over_time import stays
from apportion.domain.pool import Pool
from apportion.domain.schedule import NEVER
from apportion.domain.ties import seed_from
from apportion.domain.trace import COUNTING, Places, Trace, one_place
from apportion.errors import BadInput
from apportion.pooling.dividing import MEANING, blocks, check_name, divided, estimated, left, named, rows
from apportion.pooling.joining import concentration, merged
from apportion.replays import arriving
from apportion.simulation.replay import replay

HOUR = 3600.0
REPLAYED = 10  # members, in 1,024 replays
DRAWS = 3


class Game:
    """Worths by replay, each coalition's once."""

    def __init__(
        self,
        pool: Pool,
        discipline: str,
        parameters: dict[str, Any],
        placement: str = COUNTING,
        tick: Callable[[int], None] = lambda _done: None,
    ) -> None:
        module = registry.discipline(discipline)
        if module.PLANNED:
            mend = "take another, for example --discipline fair_share"
            raise BadInput(f"{discipline} plans for the whole pool, not for a part of it", "--discipline", mend)
        if not stays(pool):
            what = "a coalition is replayed on what its members always have, and this pool changes over time"
            raise BadInput(what, "outages.csv, standings.csv", "ask of a copy of the pool without these tables")
        self.open_queue, self.tick = module.open_queue, tick
        self.parameters = registry.checked("discipline", discipline, module.open_queue, parameters)
        self.jobs = arriving(pool, placement)
        self.homes = self.jobs.homes or tuple(one_place(own) for own in self.jobs.entitlement)
        self.many = len(pool.members)
        self.counted = self.jobs.possible_alone
        self.known: dict[bytes, float] = {}
        self.alone = np.full(len(self.jobs), NEVER, dtype=np.int64)
        for m in range(self.many):
            rows, end = self._ends(np.arange(self.many) == m)
            self.alone[rows] = end

    def worths(self, who: Bools) -> Floats:
        """The worths of some coalitions: (K, N) → (K,)."""
        return np.array([self._worth(one) for one in who])

    def _worth(self, who: Bools) -> float:
        key = who.tobytes()
        if key not in self.known:
            self.known[key] = self._saved(who) if who.sum() > 1 else 0.0
            self.tick(len(self.known))
        return self.known[key]

    def _saved(self, who: Bools) -> float:
        rows, end = self._ends(who)
        both = self.counted[rows] & (end != NEVER) & (self.alone[rows] != NEVER)
        return float((self.alone[rows] - end)[both].sum()) / HOUR

    def _ends(self, who: Bools) -> tuple[Ints, Ints]:
        """Replay the jobs of a coalition on what its members have alone, put together: rows, and when they end."""
        rows = np.flatnonzero(who[self.jobs.member])
        if not len(rows):
            return rows, np.zeros(0, dtype=np.int64)
        places = _together([home for home, one in zip(self.homes, who, strict=True) if one], self.jobs)
        theirs: Trace = replace(self.jobs.rows(rows), capacity=places.total, places=places, homes=None, changes=None)
        return rows, replay(self.open_queue(theirs, **self.parameters)).end_s


def _together(homes: list[Places], jobs: Trace) -> Places:
    """Put the places of some members together: as one a class where they are counted, else side by side."""
    amount, kind = np.concatenate([h.amount for h in homes]), np.concatenate([h.kind for h in homes])
    if jobs.placement == COUNTING:
        total = np.zeros((int(kind.max(initial=0)) + 1, amount.shape[1]), dtype=np.int64)
        np.add.at(total, kind, amount)
        return Places(total, np.arange(len(total)), np.zeros(0, dtype=np.int64))
    order = np.argsort(kind, kind="stable")
    return Places(amount[order], kind[order], np.zeros(0, dtype=np.int64))


def alliance(
    pool: Pool,
    credit: str = "shapley",
    discipline: str = "skip_fifo",
    parameters: dict[str, Any] | None = None,
    placement: str = COUNTING,
    samples: int | None = None,
    seed: str | None = None,
    tick: Callable[[int], None] = lambda _done: None,
) -> dict[str, Any]:
    """Tell what pooling saves the jobs of a pool's members in waiting, and how that could be divided.

    Parameters
    ----------
    credit : ``shapley``, ``least_core`` or ``nucleolus``
    samples, seed : draws of orders beyond 10 members, and what decides them
    tick : called with how many coalitions have been replayed

    Raises
    ------
    BadInput
        for ``owen``, a discipline that plans, a pool without jobs or one that changes over time, or too many members for the
        division.
    """
    check_name(credit)
    if credit == "owen":
        raise BadInput("worth by replay has no prices, so no Owen point", "--credit", "take shapley or least_core")
    game = Game(pool, discipline, parameters or {}, placement, tick)
    names = [str(name) for name in pool.members.id]
    whole = float(game.worths(np.ones((1, game.many), dtype=bool))[0])
    drawn: dict[str, Any]
    if game.many <= REPLAYED and samples is None:
        v = game.worths(inside(np.arange(1 << game.many), game.many))
        division, drawn = divided(credit, v), {"epsilon": least_core(v).epsilon}
        leaving = blocks(v, division.credit)
    elif credit == "shapley":
        given = pool.seed if seed is None else seed_from(seed)
        division, found = estimated(game.worths, game.many, samples or DRAWS, given)
        drawn = {"epsilon": None, "draws": found.draws, "worths": len(game.known), "confidence": found.confidence}
        leaving = left(None, shown=False)
    else:
        mend = "take --credit shapley, which is sampled"
        raise BadInput(f"{game.many} members have too many coalitions to replay each", "--credit", mend)
    return {
        "name": pool.charter.name,
        "basis": "trace",
        "discipline": discipline,
        "placement": placement,
        "unit": "hours by which jobs end sooner",
        "jobs": len(game.jobs),
        "only_in_pool": int((~game.counted).sum()),
        "replays": len(game.known),
        "services_left_out": pool.services is not None,
        "worth": whole,
        "apart": 0.0,
        "gain": whole,
        "credit": {"name": credit, "meaning": MEANING[credit], **drawn},
        "members": rows(names, np.zeros(game.many), division, lambda _m: {}),
        "leaving": [
            {
                "under": credit,
                **named(leaving, names),
                "merger": merged(pool, leaving["members"]) if leaving["members"] else None,
            }
        ],
        "concentration": concentration(pool),
    }
