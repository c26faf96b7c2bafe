"""What do rules of rising water give? Their definitions in fractions, from event to event.

From the tables of a situation alone; shares no code with `apportion.solver`. Tasks are whole tasks, amounts thousandths.
"""

from dataclasses import dataclass
from fractions import Fraction

from apportion.domain.situation import Situation

Row = list[Fraction]
NONE = Fraction(0)


@dataclass
class Layer:
    """A part of one claim's path: it rises at `pace` from level `begin` of `phase` on, to `most` tasks."""

    claim: int
    pace: Row
    most: Fraction
    begin: Fraction = NONE
    phase: int = 0


class Tables:
    """The columns of a situation as fractions, and what follows from them at once."""

    def __init__(self, situation: Situation) -> None:
        self.situation, claims = situation, situation.claims
        self.member = claims.member.tolist()
        self.tasks = [Fraction(n, 10**6) for n in claims.tasks_micro.tolist()]
        self.least = [Fraction(n, 10**6) for n in claims.min_tasks_micro.tolist()]
        self.bundle = [[Fraction(n) for n in row] for row in claims.bundle.tolist()]
        self.capacity = [[Fraction(n) for n in row] for row in situation.capacity.tolist()]
        self.weight = [Fraction(n) for n in situation.standing.weight.tolist()]
        self.may = [
            [
                bool(v) and not any(b and not c for b, c in zip(need, row, strict=True))
                for v, row in zip(speed, self.capacity, strict=True)
            ]
            for speed, need in zip(claims.speed.tolist(), self.bundle, strict=True)
        ]

    def share(self, i: int, f: int) -> Fraction:
        """Largest part of a resource of flavor f that a task uses."""
        parts = (need / there for need, there in zip(self.bundle[i], self.capacity[f], strict=True) if need)
        return max(parts, default=NONE) if self.may[i][f] else NONE

    def dominant(self, i: int) -> Fraction:
        """Largest part of a resource of the whole pool that a task uses; 0 for a claim that can hold nothing."""
        total = [sum(column) for column in zip(*self.capacity, strict=True)]
        parts = (need / there for need, there in zip(self.bundle[i], total, strict=True) if need and there)
        return max(parts, default=NONE) if any(self.may[i]) else NONE

    def wish(self, m: int) -> Fraction:
        """What a member asks for, in dominant shares."""
        return sum((self.tasks[i] * self.dominant(i) for i in self.of(m)), NONE)

    def of(self, m: int) -> list[int]:
        """The claims of a member."""
        return [i for i, who in enumerate(self.member) if who == m]

    def by_demand(self, i: int) -> Row:
        """All tasks in a unit of level, flavors by how many of them each holds."""
        hold = [1 / share if (share := self.share(i, f)) else NONE for f in range(len(self.capacity))]
        return [self.tasks[i] * part / (sum(hold) or 1) for part in hold]

    def by_wish(self, i: int, speed: Fraction) -> Row:
        """The member's dominant share rises at a speed, all its claims alike."""
        wish = self.wish(self.member[i])
        return [pace * speed / wish if wish else NONE for pace in self.by_demand(i)]

    def by_share(self, i: int, speed: Fraction) -> Row:
        """The member's share of every flavor rises at a speed."""
        row = []
        for f in range(len(self.capacity)):
            total = sum((self.tasks[k] * self.share(k, f) for k in self.of(self.member[i])), NONE)
            row.append(speed * self.tasks[i] / total if self.share(i, f) and total else NONE)
        return row


def risen(
    tables: Tables, layers: list[Layer], base: list[Row], steady: bool, capacity: list[Row] | None = None
) -> list[Row]:
    """Let the layers rise, phase after phase, from what is held; claims that use nothing hold all that they ask for."""
    room = [list(row) for row in capacity or tables.capacity]
    for f, row in enumerate(room):
        for r in range(len(row)):
            row[r] -= sum((x[f] * need[r] for x, need in zip(base, tables.bundle, strict=True)), NONE)
    held = [[NONE] * len(room) for _ in layers]
    rest = [sum(x) for x in base]
    for k, layer in enumerate(layers):  # what is held fills the lowest layers, and the last one takes what is over
        more = any(other.claim == layer.claim for other in layers[k + 1 :])
        within = min(rest[layer.claim], layer.most) if more else rest[layer.claim]
        whole = sum(base[layer.claim])
        held[k] = [x * within / whole if whole else NONE for x in base[layer.claim]]
        rest[layer.claim] -= within
    for phase in sorted({layer.phase for layer in layers}):
        at = [k for k, layer in enumerate(layers) if layer.phase == phase and any(layer.pace)]
        _rise(tables, [layers[k] for k in at], [held[k] for k in at], room, steady)
    x = [
        list(row) if not any(layer.claim == i for layer in layers) else [NONE] * len(room) for i, row in enumerate(base)
    ]
    for layer, row in zip(layers, held, strict=True):
        x[layer.claim] = [a + b for a, b in zip(x[layer.claim], row, strict=True)]
    return x


def _rise(tables: Tables, layers: list[Layer], held: list[Row], room: list[Row], steady: bool) -> None:
    """Go from event to event in one phase, changing `held` and `room`."""
    start = [layer.begin + sum(x) / sum(layer.pace) for layer, x in zip(layers, held, strict=True)]
    level = NONE
    while True:
        pace = [_open(tables, layer, x, room, steady) for layer, x in zip(layers, held, strict=True)]
        going = [k for k, row in enumerate(pace) if any(row)]
        if not going:
            return
        up = [k for k in going if start[k] <= level]
        steps = [start[k] - level for k in going if start[k] > level]
        steps += [(layers[k].most - sum(held[k])) / sum(pace[k]) for k in up]
        use = [
            [sum((pace[k][f] * tables.bundle[layers[k].claim][r] for k in up), NONE) for r in range(len(row))]
            for f, row in enumerate(room)
        ]
        steps += [
            left / by for row, speeds in zip(room, use, strict=True) for left, by in zip(row, speeds, strict=True) if by
        ]
        step = min(steps)
        level += step
        for k in up:
            held[k][:] = [x + step * by for x, by in zip(held[k], pace[k], strict=True)]
        for row, speeds in zip(room, use, strict=True):
            row[:] = [left - step * by for left, by in zip(row, speeds, strict=True)]


def _open(tables: Tables, layer: Layer, held: Row, room: list[Row], steady: bool) -> Row:
    """How fast a layer rises on each flavor now."""
    if sum(held) >= layer.most:
        return [NONE] * len(room)
    need = tables.bundle[layer.claim]
    pace = [
        p if not any(b and not left for b, left in zip(need, row, strict=True)) else NONE
        for p, row in zip(layer.pace, room, strict=True)
    ]
    total = sum(pace)
    return [p * sum(layer.pace) / total for p in pace] if steady and total else pace
