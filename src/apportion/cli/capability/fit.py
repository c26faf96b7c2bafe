"""Fit curves to measured points, and say what they mean."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli.options import Format, Output, Quiet, notices
from apportion.cli.output import emit

if TYPE_CHECKING:
    from apportion.capability.fitted import Fitted
    from apportion.capability.fitting import Fitting
    from apportion.sources._observations import Asked

DRAWN = 97  # points of a drawn curve


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="fit")(fit)


def _column(name: str, says: str) -> Any:
    return typer.Option(name, metavar="COL", help=says, show_default=False)


def fit(
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Points, one a row: CSV or Parquet.", show_default=False)
    ],
    compute: Annotated[str | None, _column("--compute", "Compute, above 0.")] = None,
    capability: Annotated[str | None, _column("--capability", "What it bought; more is better.")] = None,
    loss: Annotated[str | None, _column("--loss", "A loss above 0, instead of --capability.")] = None,
    date: Annotated[str | None, _column("--date", "When: 2024-06-30, 2024-06, 2024 or 2024.5.")] = None,
    params: Annotated[str | None, _column("--params", "Parameters N of each model, for chinchilla.")] = None,
    tokens: Annotated[str | None, _column("--tokens", "Tokens D; compute is then 6ND unless named.")] = None,
    family: Annotated[
        list[str] | None, typer.Option("--family", metavar="F", help="Only these curves; may be repeated.")
    ] = None,
    growth: Annotated[bool, typer.Option("--growth", help="Let efficiency grow with time; needs --date.")] = False,
    starts: Annotated[int, typer.Option("--starts", help="From how many places each fit begins.")] = 80,
    bootstrap: Annotated[int, typer.Option("--bootstrap", help="Resamples behind each interval.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Decides starts and resamples.")] = 0,
    huber: Annotated[
        float | None,
        typer.Option(
            "--huber", help="Residual, in logs, from which on a point counts less.", show_default="by the data"
        ),
    ] = None,
    extrapolate: Annotated[
        bool, typer.Option("--extrapolate", help="Predict more than a decade beyond the data.")
    ] = False,
    predict: Annotated[
        list[float] | None, typer.Option("--predict", metavar="C", help="Say what C buys; may be repeated.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw points and best curve as SVG.")
    ] = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Say which curve f(C) measured points follow, how surely, and what it means.

    Every curve that takes the points is fitted in logs, and the best by AICc is explained, with its [capability] lines.
    """
    from apportion.capability.fitted import Settings
    from apportion.capability.fitting import fit as fit_curves
    from apportion.errors import BadInput
    from apportion.sources._observations import Asked, read_observations

    if huber is not None and not 0 < huber < math.inf:
        raise BadInput(f"{huber:g} is not above 0", "--huber", "give a residual in logs, such as 0.001")
    asked = Asked(compute, capability, loss, date, params, tokens)
    points, found_notices = read_observations(data, asked)
    notices(found_notices)
    found = fit_curves(points, Settings(family or None, starts, bootstrap, seed, growth, huber))
    predictions = _predictions(found, predict or [], extrapolate=extrapolate)
    if plot is not None:
        _draw(found, asked, predictions, plot)
    _tell(found, asked, predictions, output)


def _predictions(found: "Fitting", wanted: list[float], *, extrapolate: bool) -> list[dict[str, Any]]:
    """Read the best curve where it is asked for; of losses, the loss."""
    import numpy as np

    from apportion.capability.meaning import best_split
    from apportion.capability.observed import too_far

    if not wanted:
        return []
    rows = []
    for C, row in zip(wanted, found.predict(np.array(wanted), extrapolate=extrapolate).tolist(), strict=True):
        value, low, high = row if not found.points.losses else (-row[0], -row[2], -row[1])
        said: dict[str, Any] = {"compute": C, "value": value, "low": _known(low), "high": _known(high)}
        split = best_split(found.best, C)
        if split:
            said |= {"params": split[0], "tokens": split[1]}
        rows.append(said | {"beyond": too_far(found.points, C)})
    return rows


def _tell(found: "Fitting", asked: "Asked", predictions: list[dict[str, Any]], output: Format) -> None:
    from apportion.capability.meaning import charter_lines, meaning

    lines = charter_lines(found.best, asked.compute or "operations")
    said = [meaning(found), *(f"warning: {text}" for text in found.warnings)]
    said += [f"not fitted: {name} {why}" for name, why in found.left_out.items()] if output is Format.WIDE else []
    if output not in {Format.TABLE, Format.WIDE}:
        emit(output, lambda: _whole(found, predictions, said[0], lines), _long(found))
        return
    many, ends = len(found.points), (found.points.compute.min(), found.points.compute.max())
    title = f"Curves through {many} points, compute {ends[0]:.3g} to {ends[1]:.3g}, best first"
    emit(output, dict, [_short(found, one) for one in found.fits], title)
    typer.echo()
    rows = [row for one in found.fits for row in _parameters(one)]
    if rows:
        emit(output, dict, rows, f"Parameters, and between what 95 % of {found.settings.bootstrap} resamples lie")
        typer.echo()
    if predictions:
        shown = [{key: _brief(value) for key, value in row.items()} for row in predictions]
        emit(output, dict, shown, f"What {found.best.family} says")
        typer.echo()
    typer.echo("\n".join([*said, "", *lines]))


def _short(found: "Fitting", one: "Fitted") -> dict[str, Any]:
    """One family as a row."""
    more = one.aicc - found.best.aicc
    return {
        "curve": one.family,
        "AICc": _brief(_known(one.aicc), 1),
        "more than best": _brief(_known(more), 1),
        "off by, held out": "–" if math.isnan(one.held_out) else f"{100 * one.held_out:.3g} %",
        "points": len(one.residual),
    }


def _parameters(one: "Fitted") -> list[dict[str, Any]]:
    rows = []
    for key, value in one.settings.items():
        if isinstance(value, float) and key != "least":
            low, high = one.intervals.get(key, (None, None))
            row = {"value": value, "low": low, "high": high}
            rows.append(
                {"curve": one.family, "parameter": key} | {name: _brief(number) for name, number in row.items()}
            )
    return rows


def _long(found: "Fitting") -> list[dict[str, Any]]:
    """One row a parameter, for machines."""
    rows = []
    for one in found.fits:
        figures = {
            "aicc": _known(one.aicc),
            "delta": _known(one.aicc - found.best.aicc),
            "held_out": _known(one.held_out),
        }
        for key, value in one.settings.items():
            low, high = one.intervals.get(key, (None, None))
            rows.append({"curve": one.family, "parameter": key, "value": value, "low": low, "high": high} | figures)
    return rows


def _whole(found: "Fitting", predictions: list[dict[str, Any]], sentence: str, lines: list[str]) -> dict[str, Any]:
    points = found.points
    fits = [
        {
            "curve": one.family,
            "parameters": one.settings,
            "intervals": {key: list(pair) for key, pair in one.intervals.items()},
            "aicc": _known(one.aicc),
            "delta": _known(one.aicc - found.best.aicc),
            "held_out": _known(one.held_out),
            "notes": list(one.notes),
        }
        for one in found.fits
    ]
    return {
        "points": len(points),
        "compute": [float(points.compute.min()), float(points.compute.max())],
        "huber": found.delta,
        "seed": found.settings.seed,
        "starts": found.settings.starts,
        "bootstrap": found.settings.bootstrap,
        "best": found.best.family,
        "meaning": sentence,
        "warnings": list(found.warnings),
        "fits": fits,
        "left_out": found.left_out,
        "predictions": predictions,
        "charter": "\n".join(lines),
    }


def _draw(found: "Fitting", asked: "Asked", predictions: list[dict[str, Any]], path: Path) -> None:
    """Write the picture of the best curve."""
    import numpy as np

    from apportion.errors import Failed
    from apportion.report.charts.fit import FitPicture, alone, fit_picture

    points, best = found.points, found.best
    sign = -1.0 if points.losses else 1.0
    ends = (float(points.compute.min()), float(points.compute.max()))
    reach = [*ends, *(row["compute"] for row in predictions)]
    at = np.geomspace(min(reach), max(reach), DRAWN)
    value, band = sign * best.curve.value(at), sign * best.band(points, at)
    low, high = band.min(axis=1).tolist(), band.max(axis=1).tolist()
    runs = " at the best split" if best.family == "chinchilla" else ""
    shown = FitPicture(
        list(zip(points.compute.tolist(), (sign * points.capability).tolist(), strict=True)),
        list(zip(at.tolist(), value.tolist(), map(_known, low), map(_known, high), strict=True)),
        [(row["compute"], row["value"], row["low"], row["high"]) for row in predictions],
        ends,
        f"{asked.loss or asked.capability} by {asked.compute or 'compute (6ND)'}",
        f"{len(points)} points and {best.family}{runs}, with where 95 % of {found.settings.bootstrap} resamples lie",
        asked.compute or "compute (6ND)",
    )
    try:
        path.write_text(alone(fit_picture(shown)), "utf-8")
    except OSError as error:
        raise Failed(
            f"cannot be written: {error.strerror}", str(path), "check the folder and who may write there"
        ) from None


def _known(value: float) -> float | None:
    """JSON has no NaN and no infinity."""
    return value if math.isfinite(value) else None


def _brief(value: Any, places: int | None = None) -> Any:
    """Write a number as people read it."""
    if value is None or isinstance(value, bool | str):
        return value
    return f"{value:.4g}" if places is None else f"{value:,.{places}f}"
