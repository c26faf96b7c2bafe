"""What does a TRES string hold, ``cpu=4,gres/gpu:a100=2,mem=62.50G,node=1``? And the columns that older versions print."""

import re

import polars as pl

KIB = {"": 1024, "K": 1, "M": 1024, "G": 1024**2, "T": 1024**3, "P": 1024**4}  # a bare number of memory is in MiB
THOUSANDS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
ITEM = r"(?:^|,)([^=,]+)="
ONE = r"[^=,]+=[0-9]{1,15}(?:\.[0-9]{1,9})?[KMGTP]?"
SHAPE = rf"^{ONE}(?:,{ONE})*$"
GRES = re.compile(r"(?:gres[:/])?([^:,=()]+)(?::([^:,=()]+))??(?:[:=]([0-9]+))?(?:\([^)]*\))?(?:,|$)")
GPU = "gres/gpu"


def read_tres(said: pl.Series) -> pl.DataFrame:
    """Read TRES strings, each different one once.

    Returns
    -------
    columns ``tres`` (the text), ``cpu`` (cores), ``memory_kib``, ``gpu``, ``type`` (of the GPUs: empty if none is
    named, types joined by ``+`` if several), ``node``, and ``gres/NAME`` for each other generic resource. Text that is
    no TRES string has null in ``cpu``.

    >>> read_tres(pl.Series(["cpu=4,gres/gpu:a100=2,mem=1.50G,node=1"])).drop("tres").row(0)
    (4, 1572864, 2, 'a100', 1)
    """
    texts = pl.DataFrame({"tres": said.drop_nulls().unique()}, schema={"tres": pl.String})
    right = texts.filter(pl.col("tres").str.contains(SHAPE))
    keys = sorted(set(right["tres"].str.extract_all(rf"{ITEM}").explode().drop_nulls().str.extract(ITEM, 1)))
    other = sorted({key.split(":")[0] for key in keys if key.startswith("gres/")} - {GPU})
    found = right.select(
        "tres",
        _amount("cpu").alias("cpu"),
        _amount("mem", KIB).alias("memory_kib"),
        _of_all_types(GPU, keys).alias("gpu"),
        _types(keys).alias("type"),
        _amount("node").alias("node"),
        *(_of_all_types(name, keys).alias(name) for name in other),
    )
    return pl.concat([found, texts.join(right, on="tres", how="anti")], how="diagonal")


def _of_all_types(name: str, keys: list[str]) -> pl.Expr:
    """Count a generic resource: what is said without a type, or the sum over its types, whichever is more."""
    typed = [_amount(key) for key in keys if key.startswith(f"{name}:")]
    return pl.max_horizontal(_amount(name), pl.sum_horizontal(typed)) if typed else _amount(name)


def _types(keys: list[str]) -> pl.Expr:
    typed = [pl.when(_amount(key) > 0).then(pl.lit(key.partition(":")[2])) for key in keys if key.startswith(f"{GPU}:")]
    return pl.concat_str(typed, separator="+", ignore_nulls=True) if typed else pl.lit("")


def _amount(key: str, units: dict[str, int] = THOUSANDS) -> pl.Expr:
    """Take the number that stands behind one key, in whole units; 0 where the key is not there."""
    return number(pl.col("tres").str.extract(rf"(?:^|,){re.escape(key)}=([^,]*)", 1), units).fill_null(0)


def number(text: pl.Expr, units: dict[str, int]) -> pl.Expr:
    """Read ``62.50G`` as whole units; null where it is no number."""
    amount = text.str.extract(r"^([0-9]+(?:\.[0-9]+)?)[KMGTP]?$", 1).cast(pl.Float64, strict=False)
    unit = text.str.extract(r"([KMGTP]?)$", 1).replace_strict(units, default=None, return_dtype=pl.Float64)
    return (amount * unit).round().cast(pl.Int64, strict=False)


def as_tres(cpus: str, memory: str, gres: str, nodes: str) -> str:
    """Write what older versions print in columns as a TRES string; empty if the number of cores is none.

    ``ReqMem`` ends in ``n`` for a node or ``c`` for a core, and generic resources are those of one node.

    >>> as_tres("8", "4000Mc", "gpu:a100:2,craynetwork:0", "2")
    'cpu=8,mem=32000M,node=2,gres/gpu:a100=4'
    """
    if not cpus.isdigit():
        return ""
    each = max(int(nodes) if nodes.isdigit() else 1, 1)
    parts = [f"cpu={cpus}"]
    if amount := re.fullmatch(r"([0-9.]+)([KMGTP]?)([nc]?)", memory):
        per = {"n": each, "c": int(cpus)}.get(amount[3], 1)
        parts.append(f"mem={round(float(amount[1]) * per * KIB[amount[2]] / 1024)}M")
    parts.append(f"node={each}")
    parts += [f"gres/{name}={count * each}" for name, count in read_gres(gres).items() if count]
    return ",".join(parts)


def read_gres(said: str) -> dict[str, int]:
    """Read a list of generic resources as name, with its type, and count.

    >>> read_gres("gpu:a100:4(S:0-1),gpu:t4:2(IDX:0-1),shard:8,fpga")
    {'gpu:a100': 4, 'gpu:t4': 2, 'shard': 8, 'fpga': 1}
    """
    found: dict[str, int] = {}
    for name, kind, count in GRES.findall("" if said in {"(null)", "N/A"} else said):
        key = f"{name}:{kind}" if kind else name
        found[key] = found.get(key, 0) + int(count or 1)
    return found
