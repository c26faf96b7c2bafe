"""How are shares over time drawn? The largest holders of the last moment each with a colour, the others together."""

from collections.abc import Sequence

from apportion.report.charts.compared import alone
from apportion.report.charts.shares import shares
from apportion.report.charts.stacked import Band
from apportion.world.measured import Measured
from apportion.world.told import THE_REST, time_rows

COLOURS = 6  # more are not told apart


def largest(history: dict[str, Measured]) -> list[str]:
    """Name the holders that get a colour."""
    last = list(history.values())[-1]
    return [str(name) for name in last.holdings.holder[:COLOURS]]


def picture(history: dict[str, Measured], title: str, below: Sequence[str]) -> str:
    """Draw an SVG that stands by itself; `below` it stands what a reader must know: filters, source, command."""
    names = largest(history)
    rows, moments = time_rows(history, names), list(history)
    there = [name for name in (*names, THE_REST) if any(row[name] > 0.05 for row in rows)]
    styles = {name: f"f{k}" for k, name in enumerate(names)} | {THE_REST: "rest"}
    bands = [
        Band(name, f"{rows[-1][name]:.1f} %", tuple(row[name] / 100 for row in rows), styles[name]) for name in there
    ]
    described = f"One column a moment, from {moments[0]} to {moments[-1]}; each band is a holder's part of the whole."
    return alone(shares(moments, bands, f"Shares over time: {title}", described, below))
