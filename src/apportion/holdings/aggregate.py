"""How is the small aggregate made that comes with the package?

    python -m apportion.holdings.aggregate GPU_CLUSTERS.csv AI_CHIP_COUNTS_DIRECTORY SNAPSHOT OUT

The clusters are summed over those alike in status, certainty, country, owner, sector, ticks and month; names, places,
notes and sources are left out. The chips keep owner, maker, quarter and amounts with their bounds, of all seven files in
one. Same files, same bytes. SNAPSHOT is the day on which the clusters were fetched: the file does not say.
"""

import csv
import hashlib
import io
import json
import re
import sys
from pathlib import Path

import polars as pl

from apportion.errors import ApportionError
from apportion.holdings.published import epoch_chips, epoch_clusters
from apportion.sources._files import listed, load_all, text_of
from apportion.sources._findings import Findings

ALIKE = ("Status", "Certainty", "Single cluster?", "Possible Duplicate", "Include in Standard Analysis")
WHO = ("Country", "Owner", "Sector")
SUMMED = ("16-bit OP/s", "H100 equivalents")
MADE_ON = re.compile(r"generated on: (\d\d)-(\d\d)-(\d{4})")
CLUSTERS = {
    "file": "clusters.csv",
    "credit": "Epoch AI (Pilz, Rahman, Sanders and Heim, Data on GPU clusters)",
    "licence": "CC BY 4.0",
}
CHIPS = {"file": "chips.csv", "credit": "Epoch AI (AI chip counts)", "licence": "MIT"}


def main(arguments: list[str]) -> int:
    """Write ``clusters.csv``, ``chips.csv`` and ``snapshots.toml``."""
    if len(arguments) != 4:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    clusters, chips, snapshot, out = Path(arguments[0]), Path(arguments[1]), arguments[2], Path(arguments[3])
    try:
        made = {"clusters": _clusters(clusters), "chips": _chips(chips)}
    except ApportionError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    originals = {"clusters": [clusters], "chips": listed([chips], "*.csv")}
    said = []
    for kind, about, when in (("clusters", CLUSTERS, snapshot), ("chips", CHIPS, _made_on(originals["chips"]))):
        (out / about["file"]).write_bytes(made[kind])
        digest = hashlib.sha256(made[kind]).hexdigest()
        of = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in originals[kind]}
        said.append(_section(kind, about | {"snapshot": when, "sha256": digest}, of))
    (out / "snapshots.toml").write_text("\n".join(said), encoding="utf-8")
    return 0


def _clusters(path: Path) -> bytes:
    epoch_clusters.read(path)  # for its faults
    (table,) = load_all([(path, [*ALIKE, *WHO, *SUMMED])], Findings())
    month = [pl.col(name).str.slice(0, 7) for name in (epoch_clusters.BEGAN, epoch_clusters.ENDED)]
    amounts = [pl.col(name).cast(pl.Float64) for name in SUMMED]
    known = [pl.col(name).is_not_null().alias(f"{name} known") for name in SUMMED]
    rows = table.cells.select(*ALIKE, *WHO, *month, *amounts).with_columns(known)
    keys = [*ALIKE, *WHO, epoch_clusters.BEGAN, epoch_clusters.ENDED, *(f"{name} known" for name in SUMMED)]
    summed = rows.group_by(keys).agg(pl.len().alias(epoch_clusters.MANY), *(pl.col(name).sum() for name in SUMMED))
    shown = [
        pl.when(pl.col(f"{name} known")).then(pl.col(name)).map_elements(_seven, pl.String).alias(name)
        for name in SUMMED
    ]
    return _csv(summed.sort(keys, nulls_last=False).with_columns(shown).drop([f"{name} known" for name in SUMMED]))


def _chips(directory: Path) -> bytes:
    epoch_chips.read(directory)  # for its faults
    tables = load_all([(path, epoch_chips.NEEDED) for path in listed([directory], "*.csv")], Findings())
    parts = [
        table.cells.select(pl.lit(table.name.removesuffix(".csv")).alias(epoch_chips.FILE), *epoch_chips.NEEDED)
        for table in tables
    ]
    return _csv(pl.concat(parts))


def _seven(value: float) -> str:
    return f"{value:.7g}"


def _csv(frame: pl.DataFrame) -> bytes:
    said = io.StringIO()
    writer = csv.writer(said, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.fill_null("").rows() if frame.width else [])
    return said.getvalue().encode()


def _made_on(files: list[Path]) -> str:
    """The last day on which estimates were generated, as the notes in the files say."""
    found = [(year, month, on) for path in files for month, on, year in MADE_ON.findall(text_of(path))]
    return "-".join(max(found)) if found else "of a date not known"


def _section(kind: str, about: dict[str, str], originals: dict[str, str]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()]
    of = [f"{json.dumps(name)} = {json.dumps(digest)}" for name, digest in originals.items()]
    return "\n".join([f"[{kind}]", *lines, "", f"[{kind}.originals]", *of, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
