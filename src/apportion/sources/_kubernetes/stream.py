"""Which stream of jobs do pods make? One a pod, or one a gang: pods of one group that were created together."""

from collections.abc import Iterable, Mapping
from itertools import groupby

import polars as pl

from apportion.sources._kubernetes.nodes import is_gpu
from apportion.sources._kubernetes.pods import Ran
from apportion.sources._kubernetes.quantities import Amounts

TOGETHER_S = 60  # pods of one group created within so much of the first are one gang; later ones are tried again
GIB = 1024**3
SCHEMA: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("id", "member", "kind", "named", "went"), pl.String),
    **dict.fromkeys(("at", "lasted", "limit", "workers"), pl.Int64),
}
Row = dict[str, object]


def thousandths_of(amount: Amounts) -> dict[str, int]:
    """Give amounts in whole thousandths of our units, rounded down: GPUs of all vendors together, memory in GiB.

    Resources that count pods or are kept by the kubelet alone are left out.
    """
    found: dict[str, int] = {}
    for name, value in amount.items():
        if name == "memory":
            key, units = "memory_gib", value / GIB
        elif name == "ephemeral-storage":
            key, units = "storage_gib", value / GIB
        elif is_gpu(name):
            key, units = "gpu", value
        elif name == "cpu":
            key, units = "cpu", value
        elif "/" in name:
            key, units = f"res:{name.rpartition('/')[2]}", value
        else:
            continue
        found[key] = found.get(key, 0) + int(units * 1000)
    return found


def make_jobs(pods: Iterable[Ran], member_of: Mapping[Ran, str], now: int) -> pl.DataFrame:
    """Make rows of jobs: ``at`` and ``lasted`` in seconds, ``went``, workers, and what one worker asks for.

    A gang of pods that ask for different things is one job for each of them; they are named alike, and a replay may
    start them apart.
    """
    rows: list[Row] = []
    for (namespace, group), of_group in groupby(sorted(pods, key=_place), key=lambda one: (one.namespace, one.group)):
        members = list(of_group)
        if not group:
            rows += [_job(f"{namespace}/{one.name}", [one], member_of, now) for one in members]
        else:
            for number, wave in enumerate(_waves(members), 1):
                name = f"{namespace}/{group}" + (f"#{number}" if number > 1 else "")
                rows += _gang(name, wave, member_of, now)
    _number(rows)
    amounts: dict[str, type[pl.DataType]] = {name: pl.Int64 for row in rows for name in row if name not in SCHEMA}
    return pl.DataFrame(rows, schema=SCHEMA | amounts)


def _number(rows: list[Row]) -> None:
    """Tell pods apart that had one name one after the other, as those of a StatefulSet have: ``name``, ``name#2``."""
    seen: dict[object, int] = {}
    for row in rows:
        name = row["id"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            row["id"] = f"{name}#{seen[name]}"


def _place(one: Ran) -> tuple[str, str, int, str]:
    return one.namespace, one.group, one.created, one.name


def _waves(pods: list[Ran]) -> list[list[Ran]]:
    """Part a group, in order of creation, into what was created together."""
    waves: list[list[Ran]] = []
    for one in pods:
        if waves and one.created - waves[-1][0].created <= TOGETHER_S:
            waves[-1].append(one)
        else:
            waves.append([one])
    return waves


def _gang(name: str, pods: list[Ran], member_of: Mapping[Ran, str], now: int) -> list[Row]:
    kinds: dict[tuple[tuple[str, int], ...], list[Ran]] = {}
    for one in pods:
        kinds.setdefault(tuple(sorted(thousandths_of(one.asked).items())), []).append(one)
    alike = list(kinds.values())
    if len(alike) == 1:
        return [_job(name, alike[0], member_of, now)]
    return [_job(f"{name}/{number}", part, member_of, now) for number, part in enumerate(alike, 1)]


def _job(name: str, pods: list[Ran], member_of: Mapping[Ran, str], now: int) -> Row:
    """Make one job of pods that are alike: it holds its nodes from the first start to the last end."""
    first, starts = pods[0], [one.start for one in pods if one.start is not None]
    ends = [one.end for one in pods if one.end is not None]
    ended = len(ends) == len(pods)
    went = "ended" if ended else "runs" if starts else "waits"
    last = max(ends) if ended else now
    return {
        "id": name,
        "member": member_of[first],
        "kind": first.kind,
        "named": first.named,
        "went": went,
        "at": min(one.created for one in pods),
        "lasted": max(last - min(starts), 0) if starts else 0,
        "limit": max((one.limit for one in pods if one.limit is not None), default=None),
        "workers": len(pods),
        **thousandths_of(first.asked),
    }
