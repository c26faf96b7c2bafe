"""Replay the jobs of a pool."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, PolicyName, PoolPath, Quiet, Set
from apportion.cli.output import emit


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(name="simulate")(simulate)


def simulate(
    pool: PoolPath,
    policy: PolicyName = None,
    discipline: Annotated[
        str,
        typer.Option("--discipline", help="In which order queued jobs start; `entitled` follows the policy's plans."),
    ] = "entitled",
    placement: Annotated[str, typer.Option("--placement", help="How jobs are put on nodes.")] = "counting",
    percent: Annotated[int, typer.Option("--percent", min=1, max=1000, help="Percent of the pool's capacity.")] = 100,
    parameters: Set = None,
    jobs_out: Annotated[
        Path | None, typer.Option("--jobs-out", metavar="FILE", help="One row a job, as .csv, .csv.gz or .parquet.")
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Replay the jobs, in the pool and alone.

    Waiting, fairness and utilisation. --set goes to the discipline.
    """
    from apportion import replays
    from apportion.cli import reading
    from apportion.cli.progress import clock_bar
    from apportion.ledger.job_file import write_jobs

    read, by = reading.chosen_rule(reading.read_pool(pool), policy, None)
    with clock_bar("replaying", read) as tick:
        replay = replays.simulate(
            read,
            discipline,
            placement=placement,
            parameters=reading.parameters(parameters),
            by=by,
            percent=percent,
            tick=tick,
        )
    if jobs_out is not None:
        write_jobs(jobs_out, read, replay.pooled)
    told = replays.told(read, replay)
    emit(output, lambda: told, _rows(told), _title(read.charter.name, told, by.name), _sentence(told))


def _rows(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "member": row["member"],
            "jobs": row["jobs"],
            "mean JCT s": row["mean_jct_s"],
            "mean wait s": row["mean_wait_s"],
            "ρ": row["rho"],
            "jobs later than alone %": None if row["unfair_fraction"] is None else 100 * row["unfair_fraction"],
            **{f"ρ against {home}": value for home, value in row["rho_against"].items()},
            "only in the pool": row["only_in_pool"],
        }
        for row in told["members"]
    ]


def _title(name: str, told: dict[str, Any], policy: str) -> str:
    follows = f" following {policy}" if told["discipline"] == "entitled" else ""
    return f"{name}: {told['discipline']}{follows}, placement {told['placement']}"


def _sentence(told: dict[str, Any]) -> str:
    if not told["finished"]:
        return f"{told['jobs']:,} jobs, none of which ran."
    left = told["jobs"] - told["finished"]
    never = f" {left:,} never started: larger than the pool." if left else ""
    return (
        f"{told['finished']:,} jobs finished, mean JCT {told['mean_jct_s']:,.0f} s, mean wait {told['mean_wait_s']:,.0f} s, "
        f"utilisation {100 * told['utilisation']:.1f} %, Jain index of 1/ρ {_number(told['jain_rho'])}.{never}"
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
