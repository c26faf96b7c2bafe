"""Replay the jobs of a pool."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Carbon, CarbonStart, Format, Output, PolicyName, Pooled, PoolPath, Quiet, Set
from apportion.cli.output import emit
from apportion.errors import BadInput


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
    pooled: Pooled = None,
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
    reserve: Annotated[
        list[int] | None,
        typer.Option(
            "--reserve",
            metavar="PERCENT",
            min=0,
            max=100,
            help="Percent of the replicas of its busiest hour that each service holds all the time.",
        ),
    ] = None,
    carbon: Carbon = None,
    carbon_start: CarbonStart = None,
    waiting_price: Annotated[
        float | None,
        typer.Option(
            "--waiting-price",
            metavar="PRICE",
            min=0,
            help="What an hour by which one job ends later for a greener one is worth, in the unit of price_per_hour.",
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
    read = reading.shared(read, pooled)
    asked = discipline or [sweeps.agreed(read.charter.queue)]
    variants = [_with(one, given) for one in asked]
    placements = placement or [read.charter.queue.placement]
    varied = (placements, percent or [100], load or [1.0], seed or [""], greener or [0], reserve or [0])
    with reading.typed(factor="--load", percent="--percent"):
        cases = sweeps.grid(variants, *varied)
    table = reading.intensity(carbon, carbon_start)
    if waiting_price is not None and (len(cases) == 1 or not any(case.greener for case in cases)):
        raise BadInput("nothing waits for a greener hour", "--waiting-price", "give --greener 0 and --greener SECONDS")
    if len(cases) > 1 or out is not None:
        for flag, value in (("--jobs-out", jobs_out), ("--tables", tables)):
            if value is not None:
                raise BadInput("a sweep has no single list of jobs", flag, "replay the one case you want alone")
        with reading.typed(factor="--load", percent="--percent"):
            _sweep(read, by, cases, table, out, processes, output, waiting_price)
        return
    with reading.typed(factor="--load", percent="--percent"):
        _once(read, by, cases[0], table, jobs_out, (tables, step_s), together, output)


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
    from apportion.cli import replayed
    from apportion.cli.progress import clock_bar
    from apportion.domain.history import History
    from apportion.ledger.job_file import check_format, write_jobs
    from apportion.ledger.tables_directory import check_tables

    if tables[0] is not None:
        check_tables(tables[0])
    if jobs_out is not None:
        check_format(jobs_out)
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
    rows = replayed.members(told) if together is Together.MEMBER else replayed.groups(told, together)
    said = replayed.sentence(told, carbon is not None)
    emit(output, lambda: told, rows, replayed.title(read.charter, told, by.name), said)
    if told["services"] and output in {Format.TABLE, Format.WIDE}:
        typer.echo()
        emit(Format.WIDE, dict, replayed.services(told), replayed.of_services(told), replayed.lent(told))


def _tables(path: Path, history: Any, step_s: int) -> None:
    from apportion import tabled
    from apportion.ledger.tables_directory import write_tables

    found = {"jobs": tabled.by_job(history), "over_time": tabled.over_time(history, step_s)}
    if rows := tabled.groups(history):
        found["groups"] = {name: [row[name] for row in rows] for name in rows[0]}
    write_tables(path, found, tabled.MEANING)


def _sweep(
    read: Any,
    by: Any,
    cases: list[Any],
    carbon: Any,
    out: Path | None,
    processes: int,
    output: Format,
    waiting_price: float | None,
) -> None:
    from apportion import sweeps
    from apportion.cli import greened, replayed
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
        replayed.case_rows(found),
        f"{read.charter.name}: {len(cases):,} replays{replayed.of_one(cases, by.name)}{before}",
        f"Every case and member is a row of {out}." if out else "Keep every case and member with --out FILE.parquet.",
    )
    if any(case.greener for case in cases) and output in {Format.TABLE, Format.WIDE}:
        typer.echo()
        emit(
            Format.WIDE,
            dict,
            greened.rows(found, waiting_price),
            "What waiting for greener hours saves and costs",
            greened.sentence(found, waiting_price),
        )
