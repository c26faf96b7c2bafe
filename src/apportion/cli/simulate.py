"""Replay the jobs of a pool."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PolicyName, PoolPath, Quiet, Set
from apportion.cli.output import emit
from apportion.errors import BadInput

KILO = 1000


class Together(StrEnum):
    """What a row of the table is."""

    MEMBER = "member"
    REGION = "region"
    GROUP = "group"
    SIZE = "size"
    PARENT = "parent"


MOST_SLACK_S = 100 * 366 * 86_400  # a century


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="simulate")(simulate)


def simulate(
    pool: PoolPath,
    policy: PolicyName = None,
    discipline: Annotated[
        list[str] | None,
        typer.Option(
            "--discipline",
            help="In which order queued jobs start, by default as the charter says, else `entitled`, which follows the "
            "policy's plans; several, with parameters as in `las:mode=tiresias`, make a sweep.",
        ),
    ] = None,
    placement: Annotated[
        list[str] | None,
        typer.Option("--placement", help="How jobs are put on nodes, by default as the charter says, else `counting`."),
    ] = None,
    pooled: Annotated[
        bool | None,
        typer.Option(
            "--pooled/--separate",
            help="Whether members share, or every member's jobs run on its own entitlement.",
            show_default="the charter's",
        ),
    ] = None,
    percent: Annotated[
        list[int] | None, typer.Option("--percent", min=1, max=1000, help="Percent of the pool's capacity.")
    ] = None,
    load: Annotated[list[float] | None, typer.Option("--load", help="Factor by which submissions come faster.")] = None,
    seed: Annotated[
        list[str] | None, typer.Option("--seed", help="What decides ties, instead of the charter's.")
    ] = None,
    greener: Annotated[
        list[int] | None,
        typer.Option(
            "--greener",
            metavar="SECONDS",
            min=0,
            max=MOST_SLACK_S,
            help="Seconds for which jobs may be held back for a greener hour.",
        ),
    ] = None,
    carbon: Annotated[
        list[Path] | None,
        typer.Option("--carbon", metavar="FILE", help="Carbon intensity by hour; several files bring several regions."),
    ] = None,
    carbon_start: Annotated[
        str | None,
        typer.Option(
            "--carbon-start", metavar="HOUR", help="Hour of that table which is second 0, by default its first."
        ),
    ] = None,
    parameters: Set = None,
    jobs_out: Annotated[
        Path | None, typer.Option("--jobs-out", metavar="FILE", help="One row a job, as .csv, .csv.gz or .parquet.")
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(
            "--tables",
            metavar="DIR",
            help="Metrics of every job, of groups of members, and over time, as .parquet with their definitions.",
        ),
    ] = None,
    step_s: Annotated[
        int, typer.Option("--step-s", metavar="SECONDS", min=1, help="Length of a step over time in --tables.")
    ] = 3600,
    together: Annotated[
        Together, typer.Option("--by", help="What the table's rows are: members, or those with something in common.")
    ] = Together.MEMBER,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Every case of a sweep and member as a row, as .parquet or .csv."),
    ] = None,
    processes: Annotated[int, typer.Option("--processes", min=1, help="Processes for a sweep.")] = 1,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Replay the jobs, in the pool and alone.

    Waiting, fairness and utilisation. --set goes to the discipline. An option that is given several times makes a sweep over
    all combinations; with --out one that was interrupted goes on where it was.
    """
    from apportion import sweeps
    from apportion.cli import reading

    read, by = reading.chosen_rule(reading.read_pool(pool), policy, None)
    given = {key: str(value) for key, value in reading.parameters(parameters).items()}
    read = _shared(read, pooled)
    asked = discipline or [sweeps.agreed(read.charter.queue)]
    cases = sweeps.grid(
        [_with(one, given) for one in asked],
        placement or [read.charter.queue.placement],
        percent or [100],
        load or [1.0],
        seed or [""],
        greener or [0],
    )
    table = reading.intensity(carbon, carbon_start)
    if len(cases) > 1 or out is not None:
        for flag, value in (("--jobs-out", jobs_out), ("--tables", tables)):
            if value is not None:
                raise BadInput("a sweep has no single list of jobs", flag, "replay the one case you want alone")
        _sweep(read, by, cases, table, out, processes, output)
        return
    _once(read, by, cases[0], table, jobs_out, (tables, step_s), together, output)


def _shared(read: Any, pooled: bool | None) -> Any:
    """Let members share or not, whatever the charter says."""
    from dataclasses import replace

    if pooled is None:
        return read
    return read.with_charter(replace(read.charter, queue=replace(read.charter.queue, pooled=pooled)))


def _with(discipline: str, given: dict[str, str]) -> str:
    """Add the parameters of --set to those that a discipline brings."""
    pairs = ",".join(f"{key}={value}" for key, value in given.items())
    return discipline if not pairs else f"{discipline}{',' if ':' in discipline else ':'}{pairs}"


def _once(
    read: Any,
    by: Any,
    case: Any,
    carbon: Any,
    jobs_out: Path | None,
    tables: tuple[Path | None, int],
    together: Together,
    output: Format,
) -> None:
    from apportion import replays, sweeps, tabled
    from apportion.cli.progress import clock_bar
    from apportion.domain.history import History
    from apportion.ledger.job_file import write_jobs

    if together is not Together.MEMBER:
        tabled.tell(read.members, together.value)
    changed = sweeps.changed(read, case)
    with clock_bar("replaying", changed) as tick:
        replay = replays.simulate(
            changed,
            case.discipline,
            placement=case.placement,
            parameters=dict(case.setting),
            by=by,
            percent=case.percent,
            tick=tick,
            carbon=carbon,
            greener_s=case.greener,
        )
    history = History(changed, replay=replay)
    if tables[0] is not None:
        _tables(tables[0], history, tables[1])
    if jobs_out is not None:
        write_jobs(jobs_out, changed, replay)
    told = replays.told(changed, replay)
    told["groups"] = tabled.groups(history)
    said = _sentence(told) + _answered(told) + ("" if carbon is None else _emitted(told))
    rows = _rows(told) if together is Together.MEMBER else _groups(told, together)
    emit(output, lambda: told, rows, _title(read.charter, told, by.name), said)


def _tables(path: Path, history: Any, step_s: int) -> None:
    from apportion import tabled
    from apportion.ledger.tables_directory import write_tables

    found = {"jobs": tabled.by_job(history), "over_time": tabled.over_time(history, step_s)}
    if rows := tabled.groups(history):
        found["groups"] = {name: [row[name] for row in rows] for name in rows[0]}
    write_tables(path, found, tabled.MEANING)


def _sweep(read: Any, by: Any, cases: list[Any], carbon: Any, out: Path | None, processes: int, output: Format) -> None:
    from apportion import sweeps
    from apportion.cli.progress import bar
    from apportion.ledger import sweep_file

    kept = sweep_file.opened(out) if out is not None else None
    known = {} if kept is None else kept.known(sweeps.keys_of(read, by, cases, carbon))
    keep = (lambda _key, _told: None) if kept is None else kept.keep
    found = []
    try:
        with bar("replaying", len(cases)) as tick:
            for pair in sweeps.sweep(read, by, cases, known, processes, keep, carbon):
                found.append(pair)
                tick(len(found))
    except KeyboardInterrupt:
        if kept is None:
            raise
        typer.echo(f"interrupted: what is done lies in {kept.parts}, and the same command goes on from there", err=True)
        raise typer.Exit(130) from None
    if kept is not None:
        kept.close([row for pair in found for row in sweeps.rows(*pair)])
    before = f", {len(known):,} of them known from before" if known else ""
    emit(
        output,
        lambda: [row for pair in found for row in sweeps.rows(*pair)],
        [_case_row(case, told, cases) for case, told in found],
        f"{read.charter.name}: {len(cases):,} replays{before}",
        f"Every case and member is a row of {out}." if out else "Keep every case and member with --out FILE.parquet.",
    )


def _case_row(case: Any, told: dict[str, Any], cases: list[Any]) -> dict[str, Any]:
    varied = {
        name: getattr(case, name)
        for name in ("placement", "percent", "load", "seed", "greener")
        if len({getattr(one, name) for one in cases}) > 1
    }
    return {
        "discipline": case.variant,
        **varied,
        "finished": told["finished"],
        "mean JCT s": told["mean_jct_s"],
        "mean wait s": told["mean_wait_s"],
        **{f"CO2e kg {_KIND[kind]}": grams / KILO for kind, grams in told["carbon_g"].items() if grams is not None},
        "p99 JCT s": told["p99_jct_s"],
        "utilisation %": None if told["utilisation"] is None else 100 * told["utilisation"],
        "worst ρ": told["worst_rho"],
        "later than alone %": None if told["unfair_fraction"] is None else 100 * told["unfair_fraction"],
        "stops": told["preemptions"],
    }


def _rows(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "member": row["member"],
            "jobs": row["jobs"],
            "mean JCT s": row["mean_jct_s"],
            "mean wait s": row["mean_wait_s"],
            "ρ": row["rho"],
            "jobs later than alone %": _percent(row["unfair_fraction"]),
            **{f"ρ against {home}": value for home, value in row["rho_against"].items()},
            "only in the pool": row["only_in_pool"],
        }
        for row in told["members"]
    ]


def _groups(told: dict[str, Any], together: Together) -> list[dict[str, Any]]:
    home = told["alone"][0]
    return [
        {
            together.value: row["name"] or "(none)",
            "members": row["members"],
            "jobs": row["jobs"],
            "mean JCT s": row["mean_jct_s"],
            "mean wait s": row["mean_wait_s"],
            "ρ": row[f"rho.{home}"],
            "jobs later than alone %": _percent(row[f"unfair_fraction.{home}"]),
            "used %": _percent(row["used_share"]),
            "entitled %": _percent(row["entitled_share"]),
        }
        for row in told["groups"]
        if row["by"] == together
    ]


def _percent(part: float | None) -> float | None:
    return None if part is None else 100 * part


def _answered(told: dict[str, Any]) -> str:
    """Say how the services fare beside which the jobs ran."""
    if not told["services"]:
        return ""
    hours = told["service_overload_h"]
    part = told["slo_attainment"]
    late = "" if part is None else f" Services: {100 * part:.1f} % of requests answered in time"
    return late + (f", hours in overload: {hours:,.0f}." if hours else "." if late else "")


def _title(charter: Any, told: dict[str, Any], policy: str) -> str:
    follows = f" following {policy}" if told["discipline"] == "entitled" else ""
    limit = charter.queue.member_limit
    within = "" if limit is None else f", no member above {100 * limit:g} %"
    apart = "" if charter.queue.pooled else ", every member by itself"
    return f"{charter.name}: {told['discipline']}{follows}, placement {told['placement']}{within}{apart}"


def _sentence(told: dict[str, Any]) -> str:
    if not told["finished"]:
        return f"{told['jobs']:,} jobs, none of which ran."
    left = told["jobs"] - told["finished"]
    never = f" {left:,} never started: larger than the pool." if left else ""
    return (
        f"{told['finished']:,} jobs finished, mean JCT {told['mean_jct_s']:,.0f} s, mean wait {told['mean_wait_s']:,.0f} s, "
        f"utilisation {100 * told['utilisation']:.1f} %, Jain index of 1/ρ {_number(told['jain_rho'])}."
        f"{never}"
    )


_KIND = {"direct": "direct", "lifecycle": "life-cycle"}


def _emitted(told: dict[str, Any]) -> str:
    """Say how much CO2e the machines stood for."""
    known = [f"{g / KILO:,.1f} kg {_KIND[kind]}" for kind, g in told["carbon_g"].items() if g is not None]
    return f" CO2e {', '.join(known)}." if known else " CO2e is not known: give nodes idle_watts and max_watts."


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
