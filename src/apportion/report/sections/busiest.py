"""What started, waited and ran when it was busiest?"""

from typing import Any

from apportion.report import colours
from apportion.report.charts.gantt import Bar, gantt
from apportion.report.facts import Run, since_start
from apportion.report.numbers import time_unit
from apportion.report.section import Folded, Picture, Section
from apportion.report.table import Column, Table, amounts, table, times
from apportion.report.telling import Telling, Value


def section(run: Run, telling: Telling) -> Section | None:
    """Show the largest jobs of that time, one a line; nothing where none started."""
    found = run["timeline"]
    day = found.get("busiest") if found else None
    if not day or not day["jobs"]:
        return None
    jobs = _in_order(found, day["jobs"])
    unit = telling.resource(found["resource"])
    return Section(
        "busiest",
        telling.text("sections.busiest.title"),
        telling.text(
            "sections.busiest.intro",
            start=telling.numbers.moment(since_start(run, day["start_s"])),
            end=telling.numbers.moment(since_start(run, day["end_s"])),
            started=Value("many", (day["started"], "job")),
            resource=unit,
        ),
        (
            _picture(run, found, jobs, telling),
            Folded(telling.text("tables.bars"), (_table(run, found, jobs, telling),)),
        ),
    )


def _in_order(found: dict[str, Any], jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put members in the order of their colours, the others last; within one, jobs stay by start."""
    chosen = colours.named(found)
    place = {m: k for k, m in enumerate([*chosen, *(m for m in range(len(found["members"])) if m not in chosen)])}
    return sorted(jobs, key=lambda job: place[job["member"]])


def _picture(run: Run, found: dict[str, Any], jobs: list[dict[str, Any]], telling: Telling) -> Picture:
    day, chosen, numbers = found["busiest"], colours.named(found), telling.numbers
    bars = [
        Bar(
            found["members"][job["member"]],
            job["submit_s"],
            job["start_s"],
            job["end_s"],
            numbers.amount(job["amount"]),
            f"{job['job']}: {numbers.duration(job['end_s'] - job['start_s'])}",
            colours.style(chosen, job["member"]),
        )
        for job in jobs
    ]
    waits = sorted(job["start_s"] - job["submit_s"] for job in jobs)
    said = telling.text(
        "charts.gantt_desc",
        shown=Value("many", (len(jobs), "job")),
        part=Value("percent", day["part"]),
        waited=sum(wait > 0 for wait in waits),
        longest=Value("duration", waits[-1]),
        resource=telling.resource(found["resource"]),
    )
    title = telling.text("charts.gantt_title")
    since = numbers.moment(since_start(run, day["start_s"]))
    return Picture(title, said, gantt(bars, (day["start_s"], day["end_s"]), since, title, said, telling))


def _table(run: Run, found: dict[str, Any], jobs: list[dict[str, Any]], telling: Telling) -> Table:
    numbers, ran = telling.numbers, [job["end_s"] - job["start_s"] for job in jobs]
    unit, length = time_unit(ran)
    time = telling.text(f"columns.unit_{unit}")
    cells = [
        [job["job"] for job in jobs],
        [found["members"][job["member"]] for job in jobs],
        amounts([job["amount"] for job in jobs], numbers),
        [numbers.moment(since_start(run, job["submit_s"])) for job in jobs],
        times([job["start_s"] - job["submit_s"] for job in jobs], length, numbers),
        times(ran, length, numbers),
    ]
    columns = [
        Column(telling.text("columns.job"), words=True),
        Column(telling.text("columns.member"), words=True),
        Column(telling.resource(found["resource"])),
        Column(telling.text("columns.submitted")),
        Column(telling.text("columns.waited"), time),
        Column(telling.text("columns.ran"), time),
    ]
    return table(telling.text("tables.bars"), columns, zip(*cells, strict=True))
