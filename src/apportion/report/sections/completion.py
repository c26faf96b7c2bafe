"""How long do jobs take, not only on average?"""

from typing import Any

from apportion.report.charts.cumulative import Curve, cumulative
from apportion.report.charts.ranges import Ranges, ranges
from apportion.report.facts import Run, simplicity
from apportion.report.numbers import time_unit
from apportion.report.section import Picture, Section
from apportion.report.table import Column, Table, amounts, table, times
from apportion.report.telling import Telling, Value

SHOWN = (5, 25, 50, 75, 90, 95, 99)
MOST_RANGES, LEAST_JOBS = 16, 20  # 5 % of fewer jobs is less than one


def section(run: Run, telling: Telling) -> Section | None:
    """Show how completion times are spread; nothing where no job can be compared."""
    found = run.get("completion")
    if not found:
        return None
    rows = [row for row in found["members"] if row["jobs"] >= LEAST_JOBS]
    ways = ["", *sorted(found["all"]["alone"], key=simplicity)]
    return Section(
        "completion",
        telling.text("sections.completion.title"),
        telling.text("sections.completion.intro", jobs=Value("many", (found["jobs"], "job"))),
        (
            _curves(found, ways, telling),
            _percents(found, ways, telling),
            *((_ranges(rows, found["member_percents"], ways, telling),) if rows else ()),
            _medians(found, ways, telling),
        ),
    )


def _of(spread: dict[str, Any], way: str) -> list[int]:
    """Find the times of one way: pooled, or alone by a discipline at home."""
    return list(spread["alone"][way] if way else spread["pooled"])


def _name(way: str, telling: Telling) -> str:
    return telling.text("charts.alone", home=telling.name("disciplines", way)) if way else telling.text("charts.pooled")


def _curves(found: dict[str, Any], ways: list[str], telling: Telling) -> Picture:
    duration, percents = telling.numbers.duration, found["percents"]
    at = {way: {p: duration(s) for p, s in zip(percents, _of(found["all"], way), strict=True)} for way in ways}
    curves = [
        Curve(
            _name(way, telling),
            (
                telling.text("charts.cumulative_half", time=at[way][50]),
                telling.text("charts.cumulative_most", time=at[way][95]),
            ),
            tuple(percents),
            tuple(_of(found["all"], way)),
        )
        for way in ways
    ]
    each = [
        telling.text("charts.cumulative_each", home=telling.name("disciplines", way), time=at[way][50])
        for way in ways[1:]
    ]
    said = telling.text("charts.cumulative_desc", pooled=at[""][50], alone=telling.numbers.listed(each))
    title = telling.text("charts.cumulative_title")
    return Picture(title, said, cumulative(curves, title, said, telling))


def _percents(found: dict[str, Any], ways: list[str], telling: Telling) -> Table:
    rows = [found["percents"].index(percent) for percent in SHOWN]
    spread = {way: [_of(found["all"], way)[k] for k in rows] for way in ways}
    unit, length = time_unit(spread[""])
    time = telling.text(f"columns.unit_{unit}")
    columns = [
        Column(telling.text("columns.jobs_within"), telling.text("columns.unit_percent")),
        *[Column(_name(way, telling), time) for way in ways],
    ]
    cells = [amounts(SHOWN, telling.numbers), *[times(spread[way], length, telling.numbers) for way in ways]]
    return table(telling.text("tables.completion"), columns, zip(*cells, strict=True))


def _ranges(rows: list[dict[str, Any]], percents: list[int], ways: list[str], telling: Telling) -> Picture:
    """Draw the members with most jobs, and count among all whose median job ends sooner in the pool."""
    middle = percents.index(50)
    most = sorted(rows, key=lambda row: -row["jobs"])[:MOST_RANGES]
    sooner = sum(all(row["pooled"][middle] < _of(row, way)[middle] for way in ways[1:]) for row in rows)
    later = sum(any(row["pooled"][middle] > _of(row, way)[middle] for way in ways[1:]) for row in rows)
    compared = Value("many", (len(rows), "member"))
    said = telling.text("charts.ranges_desc", sooner=sooner, later=later, compared=compared, least=LEAST_JOBS)
    if len(rows) > len(most):
        said += telling.text("charts.ranges_more", n=len(most))
    title = telling.text("charts.ranges_title")
    shown = [Ranges(row["member"], tuple(tuple(_of(row, way)) for way in ways)) for row in most]
    return Picture(title, said, ranges(shown, [_name(way, telling) for way in ways], title, said, telling))


def _medians(found: dict[str, Any], ways: list[str], telling: Telling) -> Table:
    rows = found["members"]
    at = {percent: found["member_percents"].index(percent) for percent in (50, 95)}
    unit, length = time_unit([row["pooled"][at[50]] for row in rows])
    time = telling.text(f"columns.unit_{unit}")
    columns = [Column(telling.text("columns.member"), words=True), Column(telling.text("columns.jobs"))]
    cells = [[row["member"] for row in rows], amounts([row["jobs"] for row in rows], telling.numbers)]
    for percent, key in ((50, "half_of"), (95, "most_of")):
        for way in ways:
            columns.append(Column(telling.text(f"columns.{key}", way=_name(way, telling)), time))
            cells.append(times([_of(row, way)[at[percent]] for row in rows], length, telling.numbers))
    return table(telling.text("tables.medians"), columns, zip(*cells, strict=True))
