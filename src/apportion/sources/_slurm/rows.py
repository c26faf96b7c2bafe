"""Which cells are in what ``--parsable2`` printed? Rows of another length than the header are left out, and told."""

import numpy as np
import polars as pl

from apportion.domain.arrays import Ints
from apportion.sources._findings import Findings
from apportion.sources._slurm.broken import Broken
from apportion.sources._slurm.printed import Printed

LINE = "line"
NOTHING = ("", "Unknown", "None", "N/A", "(null)")
PART = 1 << 24  # bytes looked through at once


def read_rows(printed: Printed, wanted: dict[str, tuple[str, ...]], findings: Findings) -> tuple[pl.DataFrame, Broken]:
    """Read the wanted columns as text, null where nothing is said, and ``line``: where each row stands in the file.

    Parameters
    ----------
    wanted : our name → the headers that may say it, the best first; what no header says is not in the frame
    """
    broken = Broken(printed.name, findings)
    header = printed.header
    raw, numbers = _even(printed, broken)
    found = {header.index(one): name for name, said in wanted.items() if (one := _first(said, header)) is not None}
    chosen = dict(sorted(found.items()))
    cells = pl.read_csv(
        raw or b"|" * (len(header) - 1) + b"\n",
        separator="|",
        has_header=False,
        columns=list(chosen),
        quote_char=None,
        infer_schema=False,
        encoding="utf8-lossy",
        null_values=list(NOTHING),
    )
    cells.columns = list(chosen.values())
    return cells.head(len(numbers)).with_columns(pl.Series(LINE, numbers, dtype=pl.Int64)), broken


def _first(said: tuple[str, ...], header: tuple[str, ...]) -> str | None:
    return next((one for one in said if one in header), None)


def _even(printed: Printed, broken: Broken) -> tuple[bytes, Ints]:
    """Keep the lines that have as many cells as the header, and say their numbers in the file."""
    raw, bars = printed.below(), len(printed.header) - 1
    ends = _places(raw, "\n")
    if len(raw) and not raw.endswith(b"\n"):
        ends = np.append(ends, len(raw))
    starts = np.append(0, ends[:-1] + 1)[: len(ends)]
    at = _places(raw, "|")
    count = np.searchsorted(at, ends) - np.searchsorted(at, starts)
    numbers = np.arange(len(ends), dtype=np.int64) + printed.line
    kept = (count == bars) & (ends > starts)
    odd = (count != bars) & (ends > starts)
    broken.tell(
        pl.Series(numbers[odd]),
        f"their number of cells is not the header's {bars + 1}",
        "a bar or line end within a name (leave out JobName, Comment …), or a file that stops in the middle",
        lambda i: f" has {int(count[odd][i]) + 1}",
    )
    if kept.all():
        return raw, numbers
    lost = np.flatnonzero(~kept)
    begins, stops = np.append(0, ends[lost] + 1), np.append(starts[lost], len(raw))
    return b"".join(raw[a:b] for a, b in zip(begins.tolist(), stops.tolist(), strict=True)), numbers[kept]


def _places(raw: bytes, sign: str) -> Ints:
    """Find a sign, part by part: a mask of all at once would be as large as the file."""
    buffer = np.frombuffer(raw, dtype=np.uint8)
    parts = [np.flatnonzero(buffer[i : i + PART] == ord(sign)) + i for i in range(0, len(raw), PART)]
    return np.concatenate([np.array([], dtype=np.int64), *parts])
