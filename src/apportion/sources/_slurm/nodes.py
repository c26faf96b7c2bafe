"""Which machines are in what ``scontrol show node`` printed, and which of them cannot be used?"""

import itertools
import re

import polars as pl

from apportion.sources._findings import Findings
from apportion.sources._slurm.broken import Broken
from apportion.sources._slurm.printed import Printed
from apportion.sources._slurm.tres import GPU, read_gres
from apportion.sources._typed import CPU

FIELD = re.compile(r"(?:^|\s)([A-Za-z_]+)=(.*?)(?=\s+[A-Za-z_:]+=|$)", re.DOTALL)
OUT = {
    "DOWN",
    "DRAIN",
    "DRAINED",
    "DRAINING",
    "FAIL",
    "FAILING",
    "FUTURE",
    "ERROR",
    "INVAL",
    "UNKNOWN",
    "NOT_RESPONDING",
}
SCHEMA = {
    "id": pl.String,
    "flavor": pl.String,
    "cpu": pl.Int64,
    "memory_kib": pl.Int64,
    "gpu": pl.Int64,
    "out": pl.String,
}
CORES = ("CPUEfctv", "CPUTot", "CPUs")


def read_nodes(printed: Printed, findings: Findings) -> pl.DataFrame:
    """Read machines: id, flavor, cpu, memory, GPUs, other generic resources, and ``out``, the state that bars their use.

    A flavor is the type of a machine's GPUs, types joined by ``+`` where it has several, ``gpu`` where none is named,
    and ``cpu`` where it has none. What is kept back for the system (``CPUEfctv``, ``MemSpecLimit``) is not counted.
    """
    text = printed.below().decode("utf-8-sig", "replace")
    broken = Broken(printed.name, findings)
    rows: list[dict[str, object]] = []
    odd: list[int] = []
    for part in re.finditer(r"^NodeName=.*?(?=^NodeName=|\Z)", text, re.DOTALL | re.MULTILINE):
        said = {name: value.strip() for name, value in FIELD.findall(part[0])}
        try:
            rows += _machines(said)
        except ValueError:
            odd.append(text.count("\n", 0, part.start()) + printed.line)
    broken.tell(
        pl.Series(odd, dtype=pl.Int64), "their CPUTot, RealMemory or Gres is no number", "print the nodes again"
    )
    return pl.DataFrame(rows, schema=SCHEMA | {name: pl.Int64 for row in rows for name in row if name not in SCHEMA})


def _machines(said: dict[str, str]) -> list[dict[str, object]]:
    """Read one entry; slurm.conf has entries that stand for many."""
    gres = read_gres(said.get("Gres", "")) or read_gres(_configured(said.get("CfgTRES", "")))
    gpus = {name: count for name, count in gres.items() if name.split(":")[0] == "gpu" and count}
    other: dict[str, int] = {}
    for name, count in gres.items():
        if name not in gpus:
            key = f"gres/{name.split(':')[0]}"
            other[key] = other.get(key, 0) + count
    states = set(re.split(r"[+*~#!%$@^-]+", said.get("State", "IDLE").upper()))
    row: dict[str, object] = {
        "flavor": _flavor(list(gpus)),
        "cpu": int(next((said[name] for name in CORES if name in said), "")),
        "memory_kib": (int(said.get("RealMemory", "")) - int(said.get("MemSpecLimit", "0"))) * 1024,
        "gpu": sum(gpus.values()),
        "out": said.get("State", "") if states & OUT else "",
        **other,
    }
    return [{"id": name} | row for name in hosts(said["NodeName"])]


def _configured(tres: str) -> str:
    """Take generic resources out of CfgTRES; its total of GPUs goes where types are named too."""
    found = [part.removeprefix("gres/") for part in tres.split(",") if part.startswith("gres/")]
    typed = any(part.startswith("gpu:") for part in found)
    return ",".join(part.replace("=", ":") for part in found if not (typed and f"gres/{part}".startswith(f"{GPU}=")))


def _flavor(gpus: list[str]) -> str:
    types = sorted({name.partition(":")[2] or "gpu" for name in gpus})
    return "+".join(types) or CPU


def hosts(said: str) -> list[str]:
    """Write out a list of hosts.

    >>> hosts("a-n[1-2,08-09],login")
    ['a-n1', 'a-n2', 'a-n08', 'a-n09', 'login']
    """
    names: list[str] = []
    for part in re.findall(r"(?:[^,\[]|\[[^\]]*\])+", said):
        pieces = [
            _numbers(piece[1:-1]) if piece.startswith("[") else [piece]
            for piece in re.findall(r"\[[^\]]*\]|[^\[]+", part)
        ]
        names += map("".join, itertools.product(*pieces))
    return names


def _numbers(said: str) -> list[str]:
    found = []
    for part in said.split(","):
        first, _, last = part.partition("-")
        found += [f"{n:0{len(first)}d}" for n in range(int(first), int(last or first) + 1)]
    return found
