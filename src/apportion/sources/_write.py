"""How is a pool written down, so that reading it gives the same pool?"""

import gzip
import io
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from apportion.domain.arrays import Floats, Ints, Text, text
from apportion.domain.pool import Pool
from apportion.domain.quantity import decimal_text
from apportion.domain.tables import NOBODY, Claims, Jobs
from apportion.errors import BadInput, Failed
from apportion.sources._cells import each, written
from apportion.sources._charter_text import charter_text
from apportion.sources._files import SUFFIXES, framed
from apportion.sources._known import KNOWN, resource_column
from apportion.sources._over_time import agreements_columns, outages_columns
from apportion.sources._services import services_columns

GZIP_ABOVE = 10_000  # rows; a table that nobody edits by hand any more
LARGE = 16_000_000  # bytes; a table that is not kept beside code any more
OURS = {"charter.toml", *(f"{table}{suffix}" for table in KNOWN for suffix in SUFFIXES)}


def write(pool: Pool, path: Path, *, replace: bool = False) -> None:
    """Write a pool directory: all of it, or nothing.

    Everything goes to a directory beside `path`, which then takes its name. Columns that say nothing are left out; tables
    of more than `GZIP_ABOVE` rows are compressed, with no time in them: same pool, same bytes. With `replace`, the tables
    and the charter of an earlier pool go and every other file of its directory stays.

    Raises
    ------
    BadInput
        if `path` is a file, or is not empty and `replace` is not said.
    Failed
        if the directory cannot be written.
    """
    path = path.absolute()
    if path.exists() and not path.is_dir():
        raise BadInput("is a file, and a pool is a directory", str(path), "choose another name")
    if path.exists() and not replace and any(path.iterdir()):
        raise BadInput("there is something already", str(path), "choose another name, or empty it")
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    try:
        draft.mkdir(parents=True)
        _fill(pool, draft, path)
        if path.exists():
            path.rename(old)
        draft.rename(path)
    except OSError as error:
        raise Failed(f"cannot be written: {error.strerror}", str(path), "check room and permissions") from None
    finally:
        if old.exists() and not path.exists():
            old.rename(path)
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _fill(pool: Pool, draft: Path, earlier: Path) -> None:
    for kept in sorted(earlier.iterdir()) if earlier.is_dir() else []:
        if kept.name not in OURS:
            (shutil.copytree if kept.is_dir() else shutil.copy2)(kept, draft / kept.name)
    (draft / "charter.toml").write_text(charter_text(pool.charter), encoding="utf-8", newline="\n")
    for name, frame in frames(pool).items():
        raw = frame.write_csv().encode()
        if frame.height > GZIP_ABOVE:
            (draft / f"{name}.csv.gz").write_bytes(_compressed(raw))
        else:
            (draft / f"{name}.csv").write_bytes(raw)


def _compressed(raw: bytes) -> bytes:
    """Compress without a name or a time; `gzip.compress` writes another header in every version of Python.

    Small tables become as small as they can; of large ones level 5 takes a sixth of the time of level 9, for 4 % more bytes.
    """
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 5 if len(raw) > LARGE else 9, packed, mtime=0) as file:
        file.write(raw)
    return packed.getvalue()


def frames(pool: Pool) -> dict[str, pl.DataFrame]:
    """Lay a pool out as the tables of its directory, every cell as the text that stands in the file."""
    tables = {"members": _members(pool), "nodes": _nodes(pool)}
    if pool.claims is not None:
        tables["claims"] = _claims(pool, pool.claims)
    if pool.jobs is not None:
        tables["jobs"] = _jobs(pool, pool.jobs)
    if pool.services is not None:
        columns = services_columns(pool, pool.services, _amounts(pool, pool.services.bundle))
        tables["services"] = _frame(columns, ("id", "member", "service_s", "p99_s", "replicas_min", "replicas_max"))
    if pool.outages is not None:
        tables["outages"] = _frame(outages_columns(pool, pool.outages), ("node", "down_s", "up_s"))
    if pool.agreements is not None:
        tables["standings"] = _frame(agreements_columns(pool, pool.agreements), ("member", "from_s", "share"))
    return tables


def _members(pool: Pool) -> pl.DataFrame:
    members = pool.members
    return _frame(
        {
            "id": members.id,
            "parent": _names(members.parent, members.id),
            "size": _decimals(members.size),
            "contribution": _decimals(members.contribution),
            "weight": _decimals(members.weight),
            "region": members.region,
            "group": members.group,
            **{f"asset:{name}": _decimals(column) for name, column in members.assets.items()},
        },
        ("id", *(f"asset:{name}" for name in members.assets)),
    )


def _nodes(pool: Pool) -> pl.DataFrame:
    nodes = pool.nodes
    return _frame(
        {
            "id": nodes.id,
            "owner": _names(nodes.owner, pool.members.id),
            "flavor": _names(nodes.flavor, text(pool.flavors)),
            **_amounts(pool, nodes.amount),
            **_conditions(nodes.gpu_memory_milli_gib, nodes.runtime),
            "idle_watts": _units(nodes.idle_milli_watts, 3, empty=0),
            "max_watts": _units(nodes.max_milli_watts, 3, empty=0),
            "price_per_hour": _units(nodes.price_milli_per_hour, 3, empty=0),
            "region": nodes.region,
        },
        ("id", "owner", "flavor"),
    )


def _claims(pool: Pool, claims: Claims) -> pl.DataFrame:
    speeds = _speeds(pool, claims.speed)
    return _frame(
        {
            "id": claims.id,
            "member": _names(claims.member, pool.members.id),
            "user": claims.user,
            "tasks": written(claims.tasks_micro, 6),
            "min_tasks": _units(claims.min_tasks_micro, 6, empty=0),
            **_amounts(pool, claims.bundle),
            **_conditions(claims.gpu_memory_milli_gib, claims.runtime),
            "priority": _units(claims.priority, 0, empty=0),
            "value": _decimals(claims.value, empty=1.0),
            **speeds,
        },
        ("id", "member", "tasks", *speeds),
    )


def _jobs(pool: Pool, jobs: Jobs) -> pl.DataFrame:
    speeds = _speeds(pool, jobs.speed)
    return _frame(
        {
            "id": jobs.id,
            "member": _names(jobs.member, pool.members.id),
            "user": jobs.user,
            "submit_s": written(jobs.submit_s, 0),
            "duration_s": written(jobs.duration_s, 0),
            "workers": written(jobs.workers, 0),
            "workers_min": np.where(jobs.workers_min == jobs.workers, "", written(jobs.workers_min, 0)),
            **_amounts(pool, jobs.bundle),
            **_conditions(jobs.gpu_memory_milli_gib, jobs.runtime),
            "priority": _units(jobs.priority, 0, empty=0),
            "deadline_s": _units(jobs.deadline_s, 0, empty=-1),
            **speeds,
            "kind": jobs.kind,
            "command": jobs.command,
        },
        ("id", "member", "submit_s", "duration_s", "workers", *speeds),
    )


def _amounts(pool: Pool, amount: Ints) -> dict[str, Text]:
    return {resource_column(name): _units(amount[:, r], 3, empty=0) for r, name in enumerate(pool.resources)}


def _conditions(gpu_memory: Ints, runtime: Text) -> dict[str, Text]:
    return {"gpu_memory_gib": _units(gpu_memory, 3, empty=0), "runtime": runtime}


def _speeds(pool: Pool, speed: Floats) -> dict[str, Text]:
    """Write a column for every flavor, empty ones too: no column would mean that everything runs there."""
    if (speed == 1.0).all():
        return {}
    columns = {f"speed:{flavor}": speed[:, f] for f, flavor in enumerate(pool.flavors)}
    return {name: _decimals(column, empty=0.0) for name, column in columns.items()}


def _frame(columns: dict[str, Text], always: Sequence[str]) -> pl.DataFrame:
    """Make a frame of text columns, leaving out those that say nothing unless they are always there."""
    said = {name: column for name, column in columns.items() if name in always or (column != "").any()}
    return framed(said).select(pl.when(pl.all() != "").then(pl.all()))


def _names(positions: Ints, known: Text) -> Text:
    return np.append(known, "")[np.where(positions == NOBODY, len(known), positions)]


def _units(values: Ints, places: int, empty: int) -> Text:
    """Write whole units; nothing for the value that an empty cell stands for."""
    return np.where(values == empty, "", written(values, places))


def _decimals(values: Floats, empty: float | None = None) -> Text:
    return each(values, lambda value: "" if np.isnan(value) or value == empty else decimal_text(value))
