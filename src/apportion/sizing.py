"""How few machines would do, under which discipline, with no member worse off than alone?

Every discipline replays the same jobs on 100 % of the pool and less, while each member keeps its whole entitlement alone:
the yardstick does not shrink. A size serves everyone if the worst member's ρ is at most 1; the fewest is the smallest size
down to which all larger sizes on the grid serve everyone too.
"""

import hashlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import takewhile
from typing import Any

from apportion import registry
from apportion.domain.arrays import Ints
from apportion.domain.figure import Figure
from apportion.domain.history import History, Replay
from apportion.domain.pool import Pool
from apportion.domain.quantity import MILLI
from apportion.domain.schedule import Schedule
from apportion.domain.smaller import at_percent
from apportion.domain.ties import tie_order
from apportion.domain.trace import Trace
from apportion.domain.window import Stream, stream
from apportion.loop import Rule, rule
from apportion.measures._stages import scarcest
from apportion.measures._times import Pairs, member_means, pairs
from apportion.replays import arriving, at_home, figures, pooled

PERCENTS = (100, 95, 90, 88, 85, 82, 80, 78, 76, 73, 70)
SHOWN = (100, 90, 85, 80, 70)  # here the gain is split into its parts
MEASURES = ("waiting", "rho", "unfair_fraction")


@dataclass(frozen=True)
class Variant:
    """A discipline with parameters; `name` is empty for its defaults; `seeds` of the tie order decide if a size is safe."""

    discipline: str
    name: str = ""
    setting: tuple[tuple[str, Any], ...] = ()
    seeds: int = 5

    @property
    def parameters(self) -> dict[str, Any]:
        """The discipline's parameters."""
        return dict(self.setting)


VARIANTS = (
    Variant("strict_fifo", seeds=1),  # these two break ties by the order of submission alone
    Variant("skip_fifo", seeds=1),
    Variant("fair_share"),
    Variant("entitled", seeds=3),  # it plans every window, which takes a hundred times longer
    Variant("virtual_finish"),
    Variant("virtual_finish", "backfilling", (("alone", "skip_fifo"),)),
    Variant("virtual_finish", "member_mean", (("estimate", "member_mean"),)),
)
Work = Callable[["Sweep", Any], list[dict[str, Any]]]
STEPS = (len(PERCENTS) + 1) * len(VARIANTS)
WORTH_A_PROCESS = 5_000  # jobs; below that a replay takes less time than starting a process


def size(pool: Pool, by: Rule, tick: Callable[[int], None] = lambda _done: None, workers: int = 1) -> dict[str, Any]:
    """Replay a pool's jobs at every size under every discipline.

    Parameters
    ----------
    tick : called with how many of `STEPS` are done
    workers : processes to use; the result does not depend on it. More than one only from a program that can be imported

    Returns
    -------
    what ``run.json`` keeps under "sizing"
    """
    sweep = Sweep(pool, by)
    order = sorted(VARIANTS, key=_quick)
    tasks = [(variant, percent) for variant in order for percent in PERCENTS]
    found: dict[Variant, list[dict[str, Any]]] = {variant: [] for variant in VARIANTS}
    with _mapping(sweep, workers) as mapped:
        for done, ((variant, _), rows) in enumerate(zip(tasks, mapped(_sized, tasks), strict=True), 1):
            found[variant] += rows
            tick(done)
        confirmed = mapped(_confirmed, [(variant, found[variant]) for variant in order])
        for done, (variant, rows) in enumerate(zip(order, confirmed, strict=True), len(tasks) + 1):
            found[variant] = rows
            tick(done)
    rows = [row for percent in PERCENTS for v in VARIANTS for row in found[v] if row["percent"] == percent]
    whole, r = sweep.jobs, sweep.resource
    return {
        "resource": pool.resources[r],
        "capacity": int(whole.capacity[r]) // MILLI,
        "load": float(whole.load[r]),
        "percents": list(PERCENTS),
        "rows": rows,
        "fewest": _fewest(rows),
        "decomposition": [_steps(rows, percent) for percent in SHOWN],
    }


def _quick(variant: Variant) -> bool:
    """Sort last what is quick: every discipline but those that plan every window."""
    return not registry.discipline(variant.discipline).PLANNED


@dataclass(frozen=True, eq=False)
class Sweep:
    """What every replay of a sweep has in common."""

    pool: Pool
    by: Rule

    @cached_property
    def jobs(self) -> Trace:
        """The jobs on the whole pool."""
        return arriving(self.pool)

    @cached_property
    def resource(self) -> int:
        """The resource that is scarcest."""
        return scarcest(History(self.pool))

    @cached_property
    def _played(self) -> dict[str, Schedule]:
        return {}

    def home(self, discipline: str) -> Schedule:
        """How the jobs go alone, on the whole entitlement whatever the size of the pool; replayed once."""
        if discipline not in self._played:
            self._played[discipline] = at_home(self.jobs, discipline)
        return self._played[discipline]

    @cached_property
    def stream(self) -> Stream:
        """The jobs in the classes that become claims."""
        return stream(self.pool)

    def rows(
        self, variant: Variant, percent: int, seeds: int, homes: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """Replay one variant at one size; a row for each discipline at home it is compared with, or of `homes`."""
        jobs = at_percent(self.jobs, percent)
        compare = {home: self.home(home) for home in homes or _homes(variant)}
        found = []
        for seeded in _seeded(jobs, self.pool, seeds):
            together = pooled(self.stream, seeded, variant.discipline, variant.parameters, self.by)
            history = History(
                self.pool, replay=Replay(variant.discipline, "counting", jobs.capacity, together, compare)
            )
            found.append((figures(history, MEASURES), {pair.home: pair for pair in pairs(history)}))
        units = int(jobs.capacity[self.resource]) // MILLI
        return [_row(variant, percent, units, home, found) for home in compare]


def _sized(sweep: Sweep, task: tuple[Variant, int]) -> list[dict[str, Any]]:
    """Replay one variant at one size under the seed of the charter; a quick one that is shown under all its seeds."""
    variant, percent = task
    return sweep.rows(variant, percent, variant.seeds if percent in SHOWN and _quick(variant) else 1)


def _confirmed(sweep: Sweep, task: tuple[Variant, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Try the smallest size that serves everyone under all seeds; if one of them fails, the next larger, and so on."""
    variant, rows = task
    while True:
        least = [served[-1] for home in _homes(variant) if (served := _serving(rows, home))]
        doubtful = [row["percent"] for row in least if row["seeds"] < variant.seeds]
        if not doubtful:
            return rows
        again = sweep.rows(variant, doubtful[0], variant.seeds)
        rows = [row for row in rows if row["percent"] != doubtful[0]] + again


@contextmanager
def _mapping(sweep: Sweep, workers: int) -> Iterator[Callable[[Work, Sequence[Any]], Iterable[Any]]]:
    """Give a map over tasks: in this process for few jobs or one core, else in several, in the order of the tasks."""
    if workers == 1 or len(sweep.jobs) < WORTH_A_PROCESS:
        yield lambda work, tasks: (work(sweep, task) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")  # forking a process whose libraries have threads may hang
    prepare = (sweep.pool, sweep.by.name, sweep.by.parameters)
    with ProcessPoolExecutor(workers, context, _prepare, prepare) as executor:
        yield lambda work, tasks: executor.map(partial(_in_worker, work), tasks)


_prepared: list[Sweep] = []  # what a worker process sweeps; empty in the main process


def _prepare(pool: Pool, policy: str, parameters: dict[str, Any]) -> None:
    _prepared[:] = [Sweep(pool, rule(policy, parameters))]


def _in_worker(work: Work, task: Any) -> Any:
    return work(_prepared[0], task)


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
        "parameters": variant.parameters,
        "seeds": len(found),
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
        "alone_mean_jct": dict(zip(rho.rows, member_means(pair.alone_s, pair.member, len(rho.rows)), strict=True)),
        "later": first[f"unfair_fraction.{home}"].value,
    }


def _mean(seconds: Ints) -> float | None:
    return int(seconds.sum()) / len(seconds) if len(seconds) else None


def _fewest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Find for each discipline and home the smallest size down to which nobody is worse off."""
    result = []
    for key in dict.fromkeys((row["discipline"], row["variant"], row["alone"]) for row in rows):
        own = [row for row in rows if (row["discipline"], row["variant"]) == key[:2]]
        serving = _serving(own, key[2])
        best = serving[-1] if serving else {}
        told = ("percent", "gpus", "worst_rho", "worst_rho_range", "seeds", "mean_jct_s", "later")
        named = dict(zip(("discipline", "variant", "alone"), key, strict=True))
        result.append(named | {"parameters": own[0]["parameters"]} | {name: best.get(name) for name in told})
    return result


def _serving(rows: Sequence[dict[str, Any]], home: str) -> list[dict[str, Any]]:
    """Rows of one variant against one home, from the largest size down for as long as nobody is worse off by any seed."""
    own = sorted((row for row in rows if row["alone"] == home), key=lambda row: -row["percent"])
    return list(takewhile(_serves_everyone, own))


def _serves_everyone(row: dict[str, Any]) -> bool:
    spread = row["worst_rho_range"]
    return spread is not None and spread[1] <= 1 and not row["unfinished"]


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
