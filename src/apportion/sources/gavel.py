"""Gavel's throughputs: how fast each kind of training job runs on each kind of GPU, as claims on a small pool."""

import ast
import json
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Context
from pathlib import Path
from typing import Any

import polars as pl

from apportion.domain.charter import Charter, Entitlements
from apportion.domain.pool import Pool
from apportion.errors import BadInput
from apportion.sources._derived import member_rows
from apportion.sources._files import content, decoded, listed, table
from apportion.sources._findings import Findings
from apportion.sources._tables import assemble

GPUS = ("v100", "p100", "k80")
NODE_SIZE = 4
DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN)


def read(*paths: Path, gpus: str = "36,36,36", consolidated: bool = True) -> Pool:
    """Read ``simulation_throughputs.json``: one claim for each job type and scale factor, its speeds in steps per second.

    A claim asks for one gang of as many GPUs as its scale factor; `speed` is what the file measured for the job alone on
    that kind of GPU, as a decimal of at most 15 digits, and nothing where it could not run. Members are the model families
    (what stands before the batch size); nobody owns a node and all have equal standing.

    Parameters
    ----------
    gpus : how many V100, P100 and K80 there are, in nodes of 4
    consolidated : speeds of gangs on as few nodes as can be, or spread out

    Source: Narayanan et al., Heterogeneity-Aware Cluster Scheduling Policies (OSDI 2020), stanford-futuredata/gavel.

    Raises
    ------
    BadInput
        if the file or the numbers of GPUs cannot be meant.
    """
    path = _file(paths)
    counts = _counts(gpus)
    try:
        measured = json.loads(decoded(path.name, content(path)))
        claims = list(_claims(measured, consolidated=consolidated))
    except (AttributeError, KeyError, TypeError, ValueError, SyntaxError) as error:
        what = f"is not a table of throughputs: {type(error).__name__}: {error}"
        raise BadInput(what, path.name, "name Gavel's simulation_throughputs.json") from None
    tables = {
        "members": table("members.csv", member_rows(sorted({claim["member"] for claim in claims}))),
        "nodes": table("nodes.csv", pl.DataFrame(list(_nodes(counts)))),
        "claims": table("claims.csv", pl.DataFrame(claims, infer_schema_length=None)),
    }
    return assemble(_charter(consolidated=consolidated), tables, Findings())


def _file(paths: tuple[Path, ...]) -> Path:
    files = listed(paths, "simulation_throughputs.json")
    if len(files) != 1:
        raise BadInput(f"throughputs are one file, and here are {len(files)}", mend="name one file")
    return files[0]


def _counts(gpus: str) -> dict[str, int]:
    numbers = [part.strip() for part in gpus.split(",")]
    if len(numbers) != len(GPUS) or not all(part.isascii() and part.isdigit() and len(part) < 7 for part in numbers):
        raise BadInput(f'"{gpus}" are not three numbers', "option gpus", f"write how many {', '.join(GPUS)}: 36,36,36")
    if not any(map(int, numbers)):
        raise BadInput(f'"{gpus}" is no GPU at all', "option gpus", "write 36,36,36")
    return dict(zip(GPUS, map(int, numbers), strict=True))


def _claims(measured: Mapping[str, Any], *, consolidated: bool) -> Iterator[dict[str, Any]]:
    where = {gpu: gpu if consolidated else f"{gpu}_unconsolidated" for gpu in GPUS}
    for key in sorted(set().union(*(measured[name] for name in where.values()))):
        kind, scale = ast.literal_eval(key)
        rates = {f"speed:{gpu}": _rate(measured[name].get(key)) for gpu, name in where.items()}
        yield {"id": f"{kind} x{scale}", "member": kind.split(" (")[0], "tasks": 1, "gpu": int(scale), **rates}


def _rate(alone_and_pairs: Mapping[str, Any] | None) -> str | None:
    """Write a measured rate of the job alone with 15 digits; nothing where it was not measured or is 0."""
    rate = float(alone_and_pairs["null"]) if alone_and_pairs else 0.0
    return str(DIGITS.create_decimal(repr(rate)).normalize()) if rate else None


def _nodes(counts: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for gpu, count in counts.items():
        for i in range(-(-count // NODE_SIZE)):
            yield {"id": f"{gpu}-n{i + 1:03d}", "flavor": gpu, "gpu": min(NODE_SIZE, count - i * NODE_SIZE)}


def _charter(*, consolidated: bool) -> Charter:
    return Charter(
        name="Gavel's throughputs",
        policy="proportional",  # several flavors
        entitlements=Entitlements("equal"),
        assumptions={
            "members": "the file names no owners: a model family stands for a member, and all have equal standing",
            "tasks": "each job type at each scale factor asks for one gang; a task is the whole gang",
            "speed": f"steps per second of a job alone, {'on as few nodes as can be' if consolidated else 'spread out'}",
            "nodes": f"the numbers of GPUs are an option, in nodes of {NODE_SIZE}",
        },
    )
