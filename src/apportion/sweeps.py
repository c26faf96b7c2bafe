"""What would happen under every one of many disciplines, sizes, loads, placements and seeds?

Every case is one replay of the pool's jobs. Cases are independent and may run in several processes; the result does not
depend on how many. A case has a key made from all that it depends on, so that a sweep which was interrupted goes on.
"""

import hashlib
import json
import math
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from itertools import product
from typing import Any

import numpy as np

from apportion import registry
from apportion.domain.charter import Queueing
from apportion.domain.intensity import HOUR_S, Intensity
from apportion.domain.pool import Pool
from apportion.domain.trace import COUNTING, Trace
from apportion.errors import BadInput
from apportion.loop import Rule, rule
from apportion.replays import arriving, simulate, told
from apportion.simulation.services import reserving
from apportion.traces.scale import exact_factor, scale

MOST_CASES = 1_000_000
VARIED = ("placement", "percent", "load", "seed", "greener", "reserve")  # of a case, beside its discipline
GRAMS = ("carbon_g", "carbon_held_g")  # what is told of both kinds
WORTH_A_PROCESS = 20_000  # jobs to replay in all; below that starting a process takes longer


@dataclass(frozen=True)
class Case:
    """One replay.

    Parameters
    ----------
    discipline : name
    setting : its parameters
    placement : how jobs are put on nodes
    percent : of the pool's capacity
    load : factor by which submissions come faster
    seed : what decides ties; empty for the charter's
    greener : for how many seconds jobs may be held back for a greener hour
    reserve : percent of the replicas wished at its busiest that each service holds all the time
    """

    discipline: str
    setting: tuple[tuple[str, str], ...] = ()
    placement: str = COUNTING
    percent: int = 100
    load: float = 1.0
    seed: str = ""
    greener: int = 0
    reserve: int = 0

    @property
    def variant(self) -> str:
        """The discipline with its parameters, as it is written on the command line."""
        given = ",".join(f"{key}={value}" for key, value in self.setting)
        return f"{self.discipline}:{given}" if given else self.discipline


def agreed(queue: Queueing) -> str:
    """Write a charter's discipline as it is written on the command line."""
    return Case(queue.discipline, tuple((key, str(value)) for key, value in queue.parameters.items())).variant


def grid(
    disciplines: Sequence[str],
    placements: Sequence[str] = (COUNTING,),
    percents: Sequence[int] = (100,),
    loads: Sequence[float] = (1.0,),
    seeds: Sequence[str] = ("",),
    greener: Sequence[int] = (0,),
    reserves: Sequence[int] = (0,),
) -> list[Case]:
    """Combine everything with everything; a discipline may bring parameters, as in ``las:mode=tiresias``.

    >>> [case.variant for case in grid(["skip_fifo", "virtual_finish:alone=skip_fifo"])]
    ['skip_fifo', 'virtual_finish:alone=skip_fifo']

    Raises
    ------
    BadInput
        if a discipline cannot be read, a load is no factor, or there are more than a million cases.
    """
    varied = (placements, percents, loads, seeds, greener, reserves)  # as `VARIED`
    if math.prod(map(len, (disciplines, *varied))) > MOST_CASES:
        raise BadInput(f"that is more than {MOST_CASES:,} replays", "the options of simulate", "give fewer values")
    for load in loads:
        exact_factor(load)
    asked = [_discipline(one) for one in disciplines]
    return [Case(name, setting, *one) for name, setting in asked for one in product(*varied)]


def _discipline(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    name, _, given = text.partition(":")
    pairs = [tuple(pair.split("=", 1)) for pair in given.split(",") if pair]
    if any(len(pair) != 2 for pair in pairs):  # key and value
        raise BadInput(f'"{text}" is no discipline with parameters', "--discipline", "write name:key=value,key=value")
    module = registry.discipline(name)
    setting = tuple((str(key), str(value)) for key, value in pairs)
    registry.checked("discipline", name, module.open_queue, dict(setting))
    return name, setting


def sweep(
    pool: Pool,
    by: Rule,
    cases: Sequence[Case],
    known: Mapping[str, dict[str, Any]] | None = None,
    workers: int = 1,
    keep: Callable[[str, dict[str, Any]], None] = lambda _key, _told: None,
    carbon: Intensity | None = None,
) -> Iterator[tuple[Case, dict[str, Any]]]:
    """Replay every case and yield each with what `replays.told` says, in the order of the cases.

    Parameters
    ----------
    known : what was told of cases before, by their keys
    workers : processes to use
    keep : called with key and result as soon as a case is done, whatever its place in the order
    carbon : carbon intensity of the electricity, for all cases
    """
    keys = keys_of(pool, by, cases, carbon)
    found = {key: (known or {})[key] for key in keys if key in (known or {})}
    to_do = [(key, case) for key, case in zip(keys, cases, strict=True) if key not in found]
    at = 0
    for key, result in _played(pool, by, to_do, workers, carbon):
        found[key] = result
        keep(key, result)
        while at < len(cases) and keys[at] in found:
            yield cases[at], found[keys[at]]
            at += 1
    for case, key in zip(cases[at:], keys[at:], strict=True):
        yield case, found[key]


def _played(
    pool: Pool, by: Rule, to_do: Sequence[tuple[str, Case]], workers: int, carbon: Intensity | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    jobs = 0 if pool.jobs is None else len(pool.jobs)
    if workers == 1 or len(to_do) == 1 or len(to_do) * jobs < WORTH_A_PROCESS:
        yield from ((key, play(pool, by, case, carbon)) for key, case in to_do)
        return
    context = multiprocessing.get_context("spawn")  # forking a process whose libraries have threads may hang
    with ProcessPoolExecutor(workers, context, _prepare, (pool, by.name, by.parameters, carbon)) as executor:
        asked = {executor.submit(_in_worker, case): key for key, case in to_do}
        for future in as_completed(asked):
            yield asked[future], future.result()


_prepared: list[tuple[Pool, Rule, Intensity | None]] = []  # what a worker process replays; empty in the main process


def _prepare(pool: Pool, policy: str, parameters: dict[str, Any], carbon: Intensity | None) -> None:
    _prepared[:] = [(pool, rule(policy, parameters), carbon)]


def _in_worker(case: Case) -> dict[str, Any]:
    pool, by, carbon = _prepared[0]
    return play(pool, by, case, carbon)


def play(pool: Pool, by: Rule, case: Case, carbon: Intensity | None = None) -> dict[str, Any]:
    """Replay one case."""
    loaded = changed(pool, case)
    found = simulate(
        loaded,
        case.discipline,
        placement=case.placement,
        parameters=dict(case.setting),
        by=by,
        percent=case.percent,
        carbon=carbon,
        greener_s=case.greener,
    )
    return told(loaded, found)


def changed(pool: Pool, case: Case) -> Pool:
    """Return the pool at a case's load, under its seed, and with what its services reserve.

    Raises
    ------
    BadInput
        if something is to be reserved in a pool without services.
    """
    seeded = pool.with_charter(replace(pool.charter, seed=case.seed)) if case.seed else pool
    if case.reserve:
        if pool.services is None:
            raise BadInput("this pool has no services that could reserve anything", "--reserve", "add services.csv")
        seeded = replace(seeded, services=reserving(pool.services, case.reserve))
    return seeded if case.load == 1.0 else scale(seeded, case.load)


def keys_of(pool: Pool, by: Rule, cases: Sequence[Case], carbon: Intensity | None = None) -> list[str]:
    """Make a key of all that each case depends on: jobs, places, standing, the rule, carbon intensity and the case itself."""
    trace = arriving(pool)
    rule_and_pool = (
        f"{by.name} {sorted(by.parameters.items())} {_digest(trace)} {pool.charter.window_s} {_around(pool)}"
    )
    if carbon is not None:
        rule_and_pool += f" {_digest_of(carbon)}"

    @cache
    def key(case: Case) -> str:
        return hashlib.sha256(f"{rule_and_pool} {json.dumps(asdict(case))}".encode()).hexdigest()

    return [key(case) for case in cases]


def _digest(trace: Trace) -> str:
    digest = hashlib.sha256(trace.seed)
    for name, value in sorted(vars(trace).items()):
        if isinstance(value, np.ndarray):
            text = (
                "\n".join(value.tolist()).encode()
                if value.dtype.kind in "OUT"
                else np.ascontiguousarray(value).tobytes()
            )
            digest.update(name.encode() + hashlib.sha256(text).digest())
    digest.update(trace.held_by.amount.tobytes() + trace.held_by.kind.tobytes())
    return digest.hexdigest()


def _around(pool: Pool) -> str:
    """Digest what else a replay depends on: nodes, names of members, other tables, and how the charter queues."""
    around = [version("apportion"), list(pool.resources), asdict(pool.charter.queue)]
    digest = hashlib.sha256(json.dumps(around).encode())
    for leaf in (*pool.members.leaves, *pool.nodes.leaves):
        digest.update(leaf)
    for table in (pool.services, pool.outages, pool.agreements):
        digest.update(type(table).__name__.encode())
        for name, value in sorted(vars(table).items()) if table is not None else ():
            told = value.tolist() if isinstance(value, np.ndarray) else list(value) if isinstance(value, tuple) else ""
            digest.update(json.dumps([name, told]).encode())
    return digest.hexdigest()


def _digest_of(carbon: Intensity) -> str:
    digest = hashlib.sha256(json.dumps(carbon.regions).encode())
    for name, table in carbon.kinds.items():
        digest.update(name.encode() + (b"" if table is None else hashlib.sha256(table.tobytes()).digest()))
    return digest.hexdigest()


def rows(case: Case, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Write what a case told as rows: one for the pool, with an empty member, and one for each member."""
    head = {
        "discipline": case.discipline,
        "variant": case.variant,
        **{name: getattr(case, name) for name in VARIED},
    }
    whole = _flat({key: value for key, value in result.items() if key not in head})
    each = [_flat(row) for row in result["members"]]
    columns = list(dict.fromkeys([*whole, *(key for row in each for key in row if key != "member")]))
    told_rows = [{"member": ""} | whole, *each]
    return [head | {"member": row["member"]} | {key: row.get(key) for key in columns} for row in told_rows]


def slack_priced(
    found: Sequence[tuple[Case, dict[str, Any]]], waiting_price: float | None = None
) -> list[dict[str, float | None]]:
    """Say for each case what its slack saved and cost, beside the same case without slack; None where that is not there.

    Parameters
    ----------
    waiting_price : what an hour by which one job ends later is worth, in the unit of nodes' prices

    Returns
    -------
    For each case the grams saved, ``saved_g.direct`` and ``saved_g.lifecycle``; ``later_s``, by how much the mean job ends
    later; ``cost_more``, what all nodes cost more until the last job ended; and ``waiting_worth``, the hours by which all
    jobs together end later, at `waiting_price`.
    """
    bare = {case: told for case, told in found if not case.greener}
    return [_beside(told, bare.get(replace(case, greener=0)), waiting_price) for case, told in found]


def _beside(told: dict[str, Any], bare: dict[str, Any] | None, waiting_price: float | None) -> dict[str, float | None]:
    def more(value: float | None, before: float | None) -> float | None:
        return None if value is None or before is None else value - before

    bare = {} if bare is None else bare
    later_s = more(told["mean_jct_s"], bare.get("mean_jct_s"))
    hours = None if later_s is None else later_s * told["finished"] / HOUR_S
    return {
        **{f"saved_g.{kind}": more(bare.get("carbon_g", {}).get(kind), g) for kind, g in told["carbon_g"].items()},
        "later_s": later_s,
        "cost_more": more(told["cost"], bare.get("cost")),
        "waiting_worth": None if hours is None or waiting_price is None else hours * waiting_price,
    }


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    """Keep single values, and both kinds of grams, as in ``carbon_g.direct``."""
    grams = {f"{key}.{kind}": g for key in GRAMS for kind, g in told.get(key, {}).items()}
    return {key: value for key, value in told.items() if not isinstance(value, list | dict)} | grams
