"""How few machines would do, under which discipline, with no member worse off than alone?

Every discipline replays the same jobs on 100 % of the pool and less, while each member keeps its whole entitlement alone:
the yardstick does not shrink. A size serves everyone if the worst member's ρ is at most 1; the fewest is the smallest size
down to which all larger sizes on the grid serve everyone too.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.arrays import Ints
from apportion.domain.figure import Figure
from apportion.domain.history import History, Replay
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Schedule
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.loop import Rule
from apportion.measures._stages import scarcest
from apportion.measures._times import Pairs, pairs
from apportion.replays import arrivals, at_home, figures, pooled

PERCENTS = (100, 95, 90, 88, 86, 85, 84, 82, 80, 79, 78, 77, 76, 75, 70)
SHOWN = (100, 90, 85, 80, 70)  # at these sizes the spread over seeds of the tie order is told
SEEDS = 5
MEASURES = ("waiting", "rho", "unfair_fraction")


@dataclass(frozen=True)
class Variant:
    """A discipline with parameters; `name` is empty for its defaults."""

    discipline: str
    name: str
    parameters: dict[str, Any]
    seeds: int


VARIANTS = (
    Variant("strict_fifo", "", {}, 1),
    Variant("skip_fifo", "", {}, 1),
    Variant("fair_share", "", {}, SEEDS),
    Variant("entitled", "", {}, 1),
    Variant("virtual_finish", "", {}, SEEDS),
    Variant("virtual_finish", "backfilling", {"alone": "skip_fifo"}, 1),
    Variant("virtual_finish", "member_mean", {"estimate": "member_mean"}, 1),
)


def size(pool: Pool, by: Rule, tick: Callable[[int], None] = lambda _done: None) -> dict[str, Any]:
    """Replay a pool's jobs at every size under every discipline.

    `tick` is called with how many of `PERCENTS` are done. Returns what ``run.json`` keeps under "sizing".
    """
    whole = arrivals(pool)
    history = History(pool)
    r = scarcest(history)
    homes = {home: at_home(whole, home) for home in ("strict_fifo", "skip_fifo")}
    rows: list[dict[str, Any]] = []
    for done, percent in enumerate(PERCENTS, 1):
        capacity = _whole_units(whole.capacity * percent // 100)
        for variant in VARIANTS:
            rows += _sized(pool, whole.with_capacity(capacity), by, variant, percent, homes, r)
        tick(done)
    return {
        "resource": pool.resources[r],
        "capacity": int(whole.capacity[r]) // MILLI,
        "load": float(whole.load[r]),
        "percents": list(PERCENTS),
        "seeds": SEEDS,
        "rows": rows,
        "fewest": _fewest(rows),
        "decomposition": [_steps(rows, percent) for percent in SHOWN],
    }


def _whole_units(capacity: Ints) -> Ints:
    """Drop parts of a unit: nobody buys half a GPU."""
    return np.asarray(capacity // MILLI * MILLI)


def _sized(
    pool: Pool, jobs: Trace, by: Rule, variant: Variant, percent: int, homes: dict[str, Schedule], r: int
) -> list[dict[str, Any]]:
    """Replay one variant at one size; a row for each discipline at home it is compared with."""
    compare = {home: homes[home] for home in _homes(variant)}
    seeds = variant.seeds if percent in SHOWN else 1
    found = []
    for seeded in _seeded(jobs, pool, seeds):
        replay = Replay(
            variant.discipline,
            "counting",
            jobs.capacity,
            pooled(pool, seeded, variant.discipline, variant.parameters, by),
            compare,
        )
        history = History(pool, replay=replay)
        found.append((figures(history, MEASURES), {pair.home: pair for pair in pairs(history)}))
    return [_row(variant, percent, int(jobs.capacity[r]) // MILLI, home, found) for home in compare]


def _homes(variant: Variant) -> Sequence[str]:
    """A variant that orders by another schedule at home is compared with that one."""
    home = variant.parameters.get("alone")
    return (home,) if home else registry.discipline(variant.discipline).ALONE


def _seeded(jobs: Trace, pool: Pool, seeds: int) -> Iterable[Trace]:
    """Give the trace under the charter's seed, then under others made from it."""
    yield jobs
    for k in range(1, seeds):
        seed = hashlib.sha256(jobs.seed + bytes([k])).digest()
        yield jobs.with_seed(seed, tie_order(seed, pool.members.id))


def _row(
    variant: Variant, percent: int, units: int, home: str, found: Sequence[tuple[dict[str, Figure], dict[str, Pairs]]]
) -> dict[str, Any]:
    first, pair = found[0][0], found[0][1][home]
    rho = first[f"rho.{home}"]
    known = {member: value for member, value in rho.rows.items() if value is not None}
    spread = [value for one, _ in found if (value := one[f"rho.{home}"].value) is not None]
    return {
        "discipline": variant.discipline,
        "variant": variant.name,
        "percent": percent,
        "gpus": units,
        "alone": home,
        "mean_jct_s": first["mean_jct"].value,
        "unfinished": first["unfinished"].value,
        "worst_rho": rho.value,
        "worst_rho_range": [min(spread), max(spread)] if spread else None,
        "worst_member": max(known, key=lambda member: known[member]) if known else None,
        "rho": rho.rows,
        "mean_jct": first["mean_jct"].rows,
        "compared_mean_jct_s": _mean(pair.pooled_s),
        "alone_mean_jct_s": _mean(pair.alone_s),
        "later": first[f"unfair_fraction.{home}"].value,
    }


def _mean(seconds: Ints) -> float | None:
    return int(seconds.sum()) / len(seconds) if len(seconds) else None


def _fewest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Find for each discipline and home the smallest size down to which nobody is worse off."""
    result = []
    for key in dict.fromkeys((row["discipline"], row["variant"], row["alone"]) for row in rows):
        own = sorted(
            (row for row in rows if (row["discipline"], row["variant"], row["alone"]) == key),
            key=lambda row: -row["percent"],
        )
        serving = list(takewhile(_serves_everyone, own))
        best = serving[-1] if serving else None
        result.append(
            dict(zip(("discipline", "variant", "alone"), key, strict=True))
            | {name: best[name] if best else None for name in ("percent", "gpus", "worst_rho", "mean_jct_s", "later")}
        )
    return result


def _serves_everyone(row: dict[str, Any]) -> bool:
    return row["worst_rho"] is not None and row["worst_rho"] <= 1 and not row["unfinished"]


def _steps(rows: Sequence[dict[str, Any]], percent: int) -> dict[str, Any]:
    """Split the gain at one size: alone; alone by another discipline; the same in the pool; by another rule in the pool.

    The last step is the rule whose worst member fares best. All four are means over the jobs that can run alone.
    """
    here = [row for row in rows if row["percent"] == percent]
    strict, skip = (next(row for row in here if row["discipline"] == name) for name in ("strict_fifo", "skip_fifo"))
    ruled = [row for row in here if row["alone"] == "strict_fifo" and row["worst_rho"] is not None]
    best = min(ruled, key=lambda row: row["worst_rho"], default=strict)
    chain = (
        ("alone_strict", strict, "alone_mean_jct_s"),
        ("discipline", skip, "alone_mean_jct_s"),
        ("pooling", skip, "compared_mean_jct_s"),
        ("rule", best, "compared_mean_jct_s"),
    )
    return {
        "percent": percent,
        "steps": [
            {"name": name, "discipline": row["discipline"], "variant": row["variant"], "mean_jct_s": row[key]}
            for name, row, key in chain
        ],
    }
