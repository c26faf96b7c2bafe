"""Epoch AI, "Notable AI models" (or all models): a row is a model, its organisation holds the compute that trained it.

Columns are those of the published CSV: "Model", "Organization", "Publication date", "Training compute (FLOP)", "Country (of
organization)" and, where they are there, "Organization categorization", "Confidence" and "Frontier model". This reader was
written from descriptions of that file and tried on samples made up after them, never on the original.

| filter | keeps | by default |
|---|---|---|
| `published` | models published from `since` to `at` | yes |
| `confident` | models whose compute is called Confident or Likely | |
| `frontier` | what is ticked as a frontier model | |
| `country` | models with a country | |

Models whose compute is not known are left out always, and counted: what is known is not a sample of what is not. Compute
trained with is not compute held: it is a flow, of which an organisation may have rented all.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from apportion.domain.arrays import Bools, Floats
from apportion.domain.holdings import Holdings
from apportion.errors import BadInput
from apportion.holdings.published._filters import Filter, chosen, kept, one_of, together
from apportion.holdings.published._moments import Days, day, days
from apportion.holdings.published._rows import JOINT, digests, flags, given, numbers, shared, tables, words
from apportion.sources._columns import Columns
from apportion.sources._files import listed
from apportion.sources._findings import Findings

UNIT, SIZE = "1e24 FLOP of training", 1e24
COMPUTE, PUBLISHED, COUNTRY = "Training compute (FLOP)", "Publication date", "Country (of organization)"
NEEDED = ("Model", "Organization", PUBLISHED, COMPUTE, COUNTRY)
FURTHER = {"confident": "Confidence", "frontier": "Frontier model"}
FILTERS = {
    "published": "published from {since} to {at}",
    "confident": "confidence is Confident or Likely",
    "frontier": '"Frontier model" is ticked',
    "country": "a country is named",
}
DEFAULT = ("published",)
CREDIT = "Epoch AI, CC BY 4.0, snapshot of a date not known"


@dataclass(frozen=True, eq=False)
class Models:
    """All rows of the table."""

    columns: Columns
    published: Days
    compute: Floats
    source: str


def read(
    *paths: Path, at: str = "", since: str = "", joint: str = "one", without: str = "", also: str = ""
) -> Holdings:
    """Read who trained with how much compute.

    Parameters
    ----------
    since, at : the first and the last day of publication; by default all
    joint : what several organisations of one model are: ``one`` holder, or ``split`` into equal parts
    without, also : filters to take off and to apply too

    Source: epoch.ai/data/notable-ai-models (CC BY 4.0).

    Raises
    ------
    BadInput
        with every fault of the file, or if no model is left.
    """
    models, in_force = _loaded(paths, at, since, joint, without, also)
    return _trained(models, *_span(models, since, at), joint, in_force)


def over_time(
    *paths: Path, at: str = "", since: str = "", joint: str = "one", without: str = "", also: str = ""
) -> dict[str, Holdings]:
    """Read who trained with how much compute in each year; options as `read` has them.

    Raises
    ------
    BadInput
        as `read` does; and without the filter ``published`` there is no time.
    """
    models, in_force = _loaded(paths, at, since, joint, without, also)
    if "published" not in in_force:
        raise BadInput('without the filter "published" there is no time', "--over-time", "keep that filter")
    first, last = _span(models, since, at)
    known = models.published[~np.isnan(models.compute) & ~np.isnat(models.published)]
    years = sorted({one.year for one in known.tolist() if first <= one <= last})
    if not years:
        return {str(last.year): _trained(models, first, last, joint, in_force)}
    return {
        str(year): _trained(models, max(first, date(year, 1, 1)), min(last, date(year, 12, 31)), joint, in_force)
        for year in years
    }


def _loaded(
    paths: tuple[Path, ...], at: str, since: str, joint: str, without: str, also: str
) -> tuple[Models, list[str]]:
    in_force, *_ = together(
        lambda: chosen(FILTERS, DEFAULT, without, also),
        lambda: one_of(joint, JOINT, "joint"),
        lambda: at and day(at),
        lambda: since and day(since, "--set since"),
    )
    files = listed(paths, "*.csv")
    if len(files) > 1:
        raise BadInput("one table of models is needed", ", ".join(map(str, files)), "name the one file")
    findings = Findings()
    further = [column for name, column in FURTHER.items() if name in in_force]
    (table,) = tables(files, [*NEEDED, *further], findings)
    columns = Columns(table, findings)
    models = Models(columns, days(columns, PUBLISHED), numbers(columns, COMPUTE) / SIZE, "")
    if not len(columns):
        findings.fault("has no rows", table.name, "fetch it again")
    elif np.isnat(models.published).all():
        findings.fault("no model has a day of publication", table.place(PUBLISHED), "fetch the table again")
    findings.raise_any()
    said = ", ".join(f"{name} (SHA-256 {digest})" for name, digest in digests([table], files).items())
    return Models(columns, models.published, models.compute, f"{CREDIT}; {said}"), in_force


def _span(models: Models, since: str, at: str) -> tuple[date, date]:
    there = models.published[~np.isnat(models.published)]
    first = day(since, "--set since") if since else there.min().item()
    last = day(at) if at else there.max().item()
    return first, last


def _trained(models: Models, first: date, last: date, joint: str, in_force: list[str]) -> Holdings:
    of = models.columns
    keeps = {
        "published": lambda: (models.published >= np.datetime64(first)) & (models.published <= np.datetime64(last)),
        "confident": lambda: np.isin(words(of, "Confidence").astype(str), ["Confident", "Likely"]),
        "frontier": lambda: flags(of, "Frontier model"),
        "country": lambda: given(words(of, COUNTRY)),
    }
    filters = [Filter(FILTERS[name].format(since=first, at=last), np.asarray(keeps[name]())) for name in in_force]
    filters.append(Filter("its training compute is known", ~np.isnan(models.compute)))
    keep: Bools
    keep, said = kept(filters, np.ones(len(models.compute)), "models")
    rows, holder, part = shared(words(models.columns, "Organization")[keep], joint)
    groups = {
        "country": words(models.columns, COUNTRY)[keep][rows],
        "sector": words(models.columns, "Organization categorization")[keep][rows],
        "year": words(models.columns, PUBLISHED)[keep][rows],
    }
    groups["year"] = np.array([cell[:4] for cell in groups["year"]], dtype=object)
    said = (*said, "joint organisations hold equal parts") if joint == "split" else said
    return Holdings(holder, models.compute[keep][rows] * part, UNIT, groups=groups, source=models.source, filters=said)
