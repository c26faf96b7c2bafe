"""Who holds capability, before and after the rule, and what would another rule, curve or alliance make of it?"""

import math
from collections.abc import Sequence
from typing import Any

from apportion.report.charts.choices import Choices, choices
from apportion.report.charts.frontier import Mark, frontier
from apportion.report.charts.joining import Joining, joining
from apportion.report.charts.lorenz import Curve, lorenz
from apportion.report.charts.stacked import stacked
from apportion.report.facts import Run
from apportion.report.section import Block, Picture, Section
from apportion.report.sections.use import bands
from apportion.report.table import Cell, Column, Table, amounts, parts, table
from apportion.report.telling import Telling, Value

NEAR = 5e-4  # of the axes: points closer than that are one mark
FAR = 0.5  # of the most: a rule that by its nature leaves much idle would press all others into one line


def section(run: Run, telling: Telling) -> Section | None:
    """Show capability beside compute; nothing where nobody holds anything, or in a run that an earlier version left."""
    found = run.get("held")
    if not found:
        return None
    blocks: list[Block] = [_lorenz(found, telling), _members(found, telling)]
    if any(row["gini"] is not None for row in found["rules"]) and found["frontier"] and _most(found) > 0:
        blocks += [_frontier(found, telling), _rules(found, telling)]
    blocks += [_sensitivity(found, telling), _curves(found, telling)]
    if run["timeline"] and any(any(row) for row in run["timeline"]["used"]):
        blocks.append(_shares(run["timeline"], telling))
    if found["alliance"]["steps"]:
        blocks += [_alliance(found, telling), _joined(found, telling)]
    return Section("held", telling.text("sections.held.title"), _summary(found, telling), tuple(blocks))


def _summary(found: Run, telling: Telling) -> str:
    """Say in plain words what the figures of the chapter come to; every number is one of the run's."""
    first, last = found["lorenz"][0], found["lorenz"][-1]
    largest, share = _largest(found, first["stage"])
    said = [
        telling.text(
            "sections.held.intro",
            resource=telling.resource(found["resource"]),
            curve=_curve_name(found, telling),
            largest=largest,
            share=Value("part", share),
            power=Value("part", _largest_capability(found, first["stage"])),
            before=telling.numbers.decimal(first["gini_compute"], 2),
            after=telling.numbers.decimal(last["gini_compute"], 2),
            stage=telling.name("stages", last["stage"]),
            capability=telling.numbers.decimal(last["gini_capability"], 2),
        )
    ]
    low, high = _range(found, last["stage"])
    if low is not None and high is not None:
        said.append(
            telling.text(
                "sections.held.choice", low=telling.numbers.decimal(low, 2), high=telling.numbers.decimal(high, 2)
            )
        )
    return str(telling.words["between"]).join(said)


def _largest(found: Run, stage: str) -> tuple[str, float]:
    held = found["stages"][stage]
    most = max(range(len(held)), key=lambda m: held[m])
    return found["members"][most], held[most] / sum(held)


def _largest_capability(found: Run, stage: str) -> float | None:
    """The share of capability of whoever holds most compute; None where the curve is negative."""
    held, value = found["stages"][stage], found["capability"][stage]
    return (
        None if min(value) < 0 or not sum(value) else value[max(range(len(held)), key=lambda m: held[m])] / sum(value)
    )


def _range(found: Run, stage: str) -> tuple[float | None, float | None]:
    values = [row["gini"] for row in found["by_curve"] if row["stage"] == stage and row["gini"] is not None]
    return (min(values), max(values)) if values else (None, None)


def _curve_name(found: Run, telling: Telling) -> str:
    key = "charts.curve_agreed" if found["agreed"] else "charts.curve_default"
    return telling.text(key, curve=found["curve"])


def _lorenz(found: Run, telling: Telling) -> Picture:
    curves = []
    ends = found["lorenz"] if len(found["lorenz"]) == 1 else [found["lorenz"][0], found["lorenz"][-1]]
    for row in ends:
        for what in ("compute", "capability"):
            if row[f"gini_{what}"] is None:
                continue
            gini = telling.numbers.decimal(row[f"gini_{what}"], 3)
            stage = telling.name("stages", row["stage"])
            title = telling.text(f"charts.held_{what}", stage=stage)
            curves.append(
                Curve(tuple(row["population"]), tuple(row[what]), title, telling.text("charts.held_gini", gini=gini))
            )
    title, said = telling.text("charts.held_title"), telling.text("charts.held_desc", curve=_curve_name(found, telling))
    return Picture(title, said, lorenz(curves, telling))


def _members(found: Run, telling: Telling) -> Table:
    """List what each member holds at each stage, and its share of capability."""
    numbers, unit, percent = telling.numbers, telling.resource(found["resource"]), telling.text("columns.unit_percent")
    columns, cells = [Column(telling.text("columns.member"), words=True)], [found["members"]]
    for stage, held in found["stages"].items():
        name = telling.name("stages", stage)
        columns.append(Column(name, unit))
        cells.append(amounts(held, numbers))
        value, whole = found["capability"][stage], sum(found["capability"][stage])
        if whole > 0 and min(value) >= 0:
            columns.append(Column(telling.text("columns.capability_share", stage=name), percent))
            cells.append(parts([one / whole for one in value], numbers))
    return table(telling.text("tables.held"), columns, zip(*cells, strict=True))


def _frontier(found: Run, telling: Telling) -> Picture:
    most = _most(found)
    best = [(row["gini"], row["capability"] / most) for row in found["frontier"] if row["gini"] is not None]
    known = [row for row in found["rules"] if row["gini"] is not None and row["capability"] is not None]
    far = [row["policy"] for row in known if row["capability"] < FAR * most]
    title = telling.text("charts.frontier_title")
    said = telling.text("charts.frontier_point" if len(best) == 1 else "charts.frontier_desc")
    if far:
        said += str(telling.words["between"]) + telling.text("charts.frontier_far", rules=Value("names", far))
    marks = _marks([row for row in known if row["policy"] not in far], most, telling)
    return Picture(title, said, frontier(marks, best, title, said, telling))


def _most(found: Run) -> float:
    """The most capability that any rule, or any point of the frontier, reaches."""
    rows = [*found["rules"], *found["frontier"]]
    return float(max(row["capability"] for row in rows if row["capability"] is not None))


def _marks(rows: Sequence[dict[str, Any]], most: float, telling: Telling) -> list[Mark]:
    """Put rules that come to one point under one mark."""
    groups: list[list[dict[str, Any]]] = []
    for row in sorted(rows, key=lambda row: (row["gini"], row["capability"], row["policy"])):
        near = next((group for group in groups if _close(group[0], row, most)), None)
        if near is None:
            groups.append([row])
        else:
            near.append(row)
    return [
        Mark(
            telling.show(Value("names", [row["policy"] for row in group])),
            group[0]["gini"],
            group[0]["capability"] / most,
        )
        for group in groups
    ]


def _close(one: dict[str, Any], other: dict[str, Any], most: float) -> bool:
    apart: tuple[float, float] = (abs(one["gini"] - other["gini"]), abs(one["capability"] - other["capability"]) / most)
    return max(apart) < NEAR


def _rules(found: Run, telling: Telling) -> Table:
    numbers = telling.numbers
    most = _most(found)
    declined = any(row["capability"] is None for row in found["rules"])
    rows: list[tuple[str | Cell, ...]] = []
    for row in found["rules"]:
        known = row["capability"] is not None
        part = parts([row["capability"] / most if known else None], numbers)[0]
        why = (Cell(row["declined"] or "", "muted", english=True),) if declined else ()
        rows.append((Cell(row["policy"], "code"), _decimal(row["gini"], 3, numbers), part, *why))
    columns = [
        Column(telling.text("columns.rule"), words=True),
        Column(telling.text("columns.gini")),
        Column(telling.text("columns.capability_of_most"), telling.text("columns.unit_percent")),
    ]
    columns += [Column(telling.text("columns.note"), words=True, long=True)] if declined else []
    return table(telling.text("tables.frontier"), columns, rows)


def _sensitivity(found: Run, telling: Telling) -> Picture:
    shown = "agreed" if found["agreed"] else found["curve"]
    rows = []
    for stage in found["stages"]:
        known = [row for row in found["by_curve"] if row["stage"] == stage and row["gini"] is not None]
        names = [row["curve"] for row in known]
        rows.append(
            Choices(
                telling.name("stages", stage),
                tuple(row["gini"] for row in known),
                tuple(f"{row['curve']}: {telling.numbers.decimal(row['gini'], 3)}" for row in known),
                names.index(shown) if shown in names else 0,
            )
        )
    title, said = telling.text("charts.choice_title"), telling.text("charts.choice_desc")
    axis, key = telling.text("charts.choice_axis"), _curve_name(found, telling)
    return Picture(title, said, choices(rows, axis, key, title, said, telling))


def _curves(found: Run, telling: Telling) -> Table:
    """List Gini and HHI of capability by each curve, at each stage."""
    numbers, names = telling.numbers, list(dict.fromkeys(row["curve"] for row in found["by_curve"]))
    by = {(row["stage"], row["curve"]): row for row in found["by_curve"]}
    columns, cells = [Column(telling.text("columns.curve"), words=True)], [[_named(name, telling) for name in names]]
    for stage in found["stages"]:
        rows = [by[stage, name] for name in names]
        columns.append(Column(telling.text("columns.gini"), telling.name("stages", stage)))
        cells.append([_decimal(row["gini"], 3, numbers) for row in rows])
        columns.append(Column(telling.text("columns.hhi"), telling.name("stages", stage)))
        cells.append([_decimal(row["hhi"], 0, numbers) for row in rows])
    note = telling.text("tables.curves_note")
    return table(telling.text("tables.curves"), columns, zip(*cells, strict=True), note=note)


def _named(curve: str, telling: Telling) -> str:
    return telling.text("columns.agreed") if curve == "agreed" else curve


def _decimal(value: float | None, digits: int, numbers: Any) -> str:
    return "–" if value is None or not math.isfinite(value) else str(numbers.decimal(value, digits))


def _shares(timeline: Run, telling: Telling) -> Picture:
    """Draw what part of all use each member had, step by step."""
    rows = [[100 * amount / sum(row) if sum(row) else 0.0 for amount in row] for row in timeline["used"]]
    unit, step = telling.resource(timeline["resource"]), telling.numbers.duration(timeline["step_s"])
    title, said = telling.text("charts.shares_title"), telling.text("charts.shares_desc", resource=unit, step=step)
    drawn = bands(timeline, timeline["used"], telling)
    by_name = dict(zip(timeline["members"], zip(*rows, strict=True), strict=True))
    rest = [
        sum(values)
        for values in zip(*(of for name, of in by_name.items() if name not in {b.name for b in drawn}), strict=True)
    ]
    parted = [_parted(band, by_name.get(band.name, tuple(rest))) for band in drawn]
    return Picture(title, said, stacked(parted, timeline["step_s"], None, title, said, telling))


def _parted(band: Any, amounts_: Sequence[float]) -> Any:
    return type(band)(band.name, band.detail.rpartition(" · ")[2], tuple(amounts_), band.style)


def _alliance(found: Run, telling: Telling) -> Picture:
    one, limits = found["alliance"], found["alliance"]["thresholds"]
    steps = [Joining(one["largest"], 0.0, one["hhi"], presumed=False)]
    for step in one["steps"]:
        steps.append(Joining(f"+ {step['member']}", steps[-1].after, step["hhi"], step["presumed"]))
    title = telling.text("charts.joining_title")
    said = telling.text("charts.joining_desc", largest=one["largest"], source=limits["source"])
    threshold = telling.text("charts.joining_level", n=telling.numbers.whole(limits["hhi"]))
    return Picture(title, said, joining(steps, limits["hhi"], threshold, title, said, telling))


def _joined(found: Run, telling: Telling) -> Table:
    one, numbers = found["alliance"], telling.numbers
    before = [one["hhi"], *(step["hhi"] for step in one["steps"][:-1])]
    rows = [
        (
            step["member"],
            *parts([step["share"]], numbers),
            numbers.whole(step["hhi"]),
            numbers.whole(step["hhi"] - was),
            numbers.whole(step["hhi"] - one["hhi"]),
        )
        for step, was in zip(one["steps"], before, strict=True)
    ]
    return table(
        telling.text("tables.joining"),
        [
            Column(telling.text("columns.joins"), words=True),
            Column(telling.text("columns.together"), telling.text("columns.unit_percent")),
            Column(telling.text("columns.hhi"), telling.text("columns.unit_points")),
            Column(telling.text("columns.step")),
            Column(telling.text("columns.since")),
        ],
        rows,
    )
