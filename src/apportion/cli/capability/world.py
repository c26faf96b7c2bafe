"""Say who holds the world's AI compute, by published tables."""

from pathlib import Path
from typing import Annotated, Any

import typer

from apportion.cli.options import Format, Output, Quiet, Set, settings
from apportion.cli.output import emit

SHORT = {"clusters": "epoch_clusters", "chips": "epoch_chips", "models": "epoch_models"}
WHO = ("owner", "country")  # who can be said to have enough for a workload


def register(group: typer.Typer) -> None:
    """Add the verb."""
    group.command(name="world")(world)


def world(
    table: Annotated[
        str, typer.Argument(metavar="[clusters|chips|models|top500]", help="Which table.", show_default=True)
    ] = "clusters",
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH…]", help="Its files; clusters and chips have an aggregate with them."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE|QUARTER", help="2025-05-31, 2025-Q4, 2024.", show_default=False)
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="country|owner|sector", help="Whose shares.", show_default=False)
    ] = None,
    without_filter: Annotated[
        list[str] | None,
        typer.Option(
            "--without-filter", metavar="NAME", help="Take a filter off, and show what it does.", show_default=False
        ),
    ] = None,
    with_filter: Annotated[
        list[str] | None,
        typer.Option("--with-filter", metavar="NAME", help="Apply one more filter.", show_default=False),
    ] = None,
    over_time: Annotated[bool, typer.Option("--over-time", help="By year, quarter or list.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE.svg", help="Draw the shares over time here.", show_default=False),
    ] = None,
    what_if: Annotated[
        Path | None,
        typer.Option(
            "--what-if", metavar="FILE.toml", help="Cuts, newcomers, public pools, mergers.", show_default=False
        ),
    ] = None,
    workload: Annotated[
        list[str] | None,
        typer.Option("--workload", metavar="FLOP@DAYS", help="Who has enough for it.", show_default="1e24@90, 1e26@90"),
    ] = None,
    utilisation: Annotated[float, typer.Option("--utilisation", help="Part of peak that training reaches.")] = 0.4,
    other: Annotated[
        list[str] | None,
        typer.Option("--other", metavar="NAME", help="Who stands for nobody in particular.", show_default=False),
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=0, help="Draws from measurement bounds.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draws.")] = 0,
    parameters: Set = None,
    output: Output = Format.TABLE,
    quiet: Quiet = False,  # noqa: ARG001  # its callback acts
) -> None:
    """Say who holds the world's AI compute, and how concentrated it is.

    Without PATH, clusters and chips are read from the aggregate of Epoch AI's data that comes with Apportion. Filters,
    snapshot and credit are printed with every figure; --without-filter shows what one of them does.
    """
    from apportion.cli.reading import parameters as read_parameters
    from apportion.world.access import workloads

    given = (
        read_parameters(parameters)
        | ({"at": at} if at else {})
        | ({"also": ",".join(with_filter)} if with_filter else {})
    )
    asked = workloads(workload or [], utilisation)
    read = _Reader(SHORT.get(table, table), tuple(paths or ()), given)
    say = _Say(output, f"{table}{f' at {at}' if at else ''}")
    study = _Study(read, by, other or [], draws, seed)
    if over_time or plot is not None:
        if what_if or without_filter:
            _one_question("--what-if" if what_if else "--without-filter")
        _time(study, say, plot)
    elif what_if is not None:
        if without_filter:
            _one_question("--without-filter")
        _what_if(study, say, what_if, asked)
    else:
        _now(study, say, without_filter or [], asked)


class _Reader:
    """A reader of the registry with its paths and options."""

    def __init__(self, name: str, paths: tuple[Path, ...], given: dict[str, Any]) -> None:
        from apportion import registry

        self.name, self.paths, self.given = name, paths, given
        self.plug_in: Any = registry.holding(name)

    def now(self, without: str = "") -> Any:
        """Read one moment."""
        return self._called(self.plug_in.read, without)

    def over_time(self) -> Any:
        """Read all moments."""
        from apportion.errors import BadInput

        if not hasattr(self.plug_in, "over_time"):
            raise BadInput(f"{self.name} has no history", "--over-time", "read one moment with --at")
        return self._called(self.plug_in.over_time, "")

    def _called(self, function: Any, without: str) -> Any:
        from apportion import registry

        options = self.given | ({"without": without} if without else {})
        return function(*self.paths, **registry.checked("holding", self.name, function, options))


class _Study:
    """What is asked of a table: by which column, with what doubt."""

    def __init__(self, read: _Reader, by: str | None, other: list[str], draws: int, seed: int) -> None:
        self.read, self.by, self.other, self.draws, self.seed = read, by, other, draws, seed

    def column(self, holdings: Any) -> str:
        """The column asked for, or by country where there are countries."""
        return self.by or ("country" if "country" in holdings.groups else "owner")

    def measured(self, holdings: Any) -> Any:
        """Measure the answer itself."""
        from apportion.world.measured import measured

        return measured(holdings, self.column(holdings), self.other, self.draws, self.seed)

    def beside(self, holdings: Any) -> Any:
        """Measure what stands beside the answer: without draws, and some of the others may not be there."""
        from apportion.world.measured import measured

        return measured(holdings, self.column(holdings), self.other, strict=False)


class _Say:
    """How the answer is written."""

    def __init__(self, output: Format, title: str) -> None:
        self.output, self.title = output, title

    @property
    def tables(self) -> bool:
        return self.output in {Format.TABLE, Format.WIDE}

    def credit(self, lines: list[str]) -> None:
        """Rows of CSV have no room for the source: it is told beside them."""
        if self.output is Format.CSV and not settings.quiet:
            for words in lines:
                typer.echo(f"notice: {words}", err=True)


def _one_question(option: str) -> None:
    from apportion.errors import BadInput

    raise BadInput(f"{option} is another question", option, "ask one at a time")


def _now(study: _Study, say: _Say, without: list[str], asked: Any) -> None:
    from apportion.world import told
    from apportion.world.access import access

    holdings = study.read.now()
    found = study.measured(holdings)
    taken_off = [study.beside(study.read.now(name)) for name in without]
    compared = told.without_rows(without, found, taken_off)
    enough = access(found.named, found.holdings.unit, asked) if found.by in WHO else []
    all_rows = told.rows(found)
    rows = told.shown(all_rows) if say.output is Format.TABLE else [*all_rows]
    said = told.sentences(found)
    said += told.access_words(enough, found.holdings.unit, asked[0].utilisation)
    end = told.provenance(found.holdings, short=say.output is Format.TABLE)
    whole = told.whole(found) | {
        "without": [
            {**row, "filters": list(one.holdings.filters)} for row, one in zip(compared, taken_off, strict=True)
        ],
        "access": [one.__dict__ | {"share": one.share} for one in enough],
    }
    title = f"{found.holdings.unit} by {found.by}: {say.title}"
    emit(say.output, lambda: told.finite(whole), rows, title, "\n".join(said if without else [*said, *end]))
    if without and say.tables:
        typer.echo()
        emit(Format.WIDE, dict, compared, "What each filter does", "\n".join(_undone(compared, taken_off) + end))
    say.credit(end)


def _undone(compared: list[dict[str, Any]], taken_off: list[Any]) -> list[str]:
    return [
        f"{row['largest']}: {row['with it %']:.1f} % with the filter {row['without filter']}, "
        f"{row['without %']:.1f} % without: {row['points']:+.1f} points. Filters then: {'; '.join(one.holdings.filters)}."
        for row, one in zip(compared, taken_off, strict=True)
    ]


def _time(study: _Study, say: _Say, plot: Path | None) -> None:
    from apportion.world import told
    from apportion.world.drawn import largest

    history = {moment: study.beside(one) for moment, one in study.read.over_time().items()}
    (first, *_), last = history.values(), list(history.values())[-1]
    rows = told.time_rows(history, largest(history))
    end = told.provenance(last.holdings, short=say.output is Format.TABLE)
    end = [
        f"Filters of the first row: {'; '.join(first.holdings.filters)}.",
        end[0].replace("Filters", "Filters of the last row", 1),
        end[1],
    ]
    whole = {"by": last.by, "unit": last.holdings.unit, "source": last.holdings.source}
    whole["over_time"] = [{"at": moment} | told.whole(one) for moment, one in history.items()]
    title = f"{last.holdings.unit} by {last.by}, %: {say.title}"
    drawn = [] if plot is None else [_drawn(plot, history, title, end)]
    how = Format.WIDE if say.tables else say.output
    emit(how, lambda: told.finite(whole), rows, title, "\n".join([*drawn, *end]))
    say.credit([*drawn, *end])


def _drawn(plot: Path, history: dict[str, Any], title: str, end: list[str]) -> str:
    import shlex
    import sys

    from apportion.ledger.files import write_whole
    from apportion.world.drawn import picture

    command = f"Drawn by: {shlex.join(['apportion', *sys.argv[1:]])}"
    write_whole(plot, picture(history, title, [*end, command]).encode())
    return f"Drawn in {plot}."


def _what_if(study: _Study, say: _Say, path: Path, asked: Any) -> None:
    from apportion.world import told
    from apportion.world.measured import COLUMNS, attributed
    from apportion.world.reach import reach
    from apportion.world.what_if import change, read_changes

    changes = read_changes(path)
    holdings = study.read.now()
    by = study.column(holdings)
    kept, _ = attributed(holdings, by)
    changed = change(kept, by, changes)
    before, after = study.beside(kept), study.beside(changed.holdings)
    pairs = reach(kept, changed, COLUMNS.get(by, by), before, after, asked) if by in WHO else []
    said = told.changed_words(before, after, changed)
    said += told.reach_words(pairs, before.holdings.unit, asked[0].utilisation)
    end = told.provenance(kept, short=say.output is Format.TABLE)
    whole = told.changed_whole(before, after, changed, pairs) | {
        "by": by,
        "unit": kept.unit,
        "filters": list(kept.filters),
        "source": kept.source,
    }
    most = told.MOST if say.output is Format.TABLE else 10**9
    title = f"What if, {kept.unit} by {by}: {say.title}, {path.name}"
    emit(
        say.output, lambda: told.finite(whole), told.changed_rows(before, after, most), title, "\n".join([*said, *end])
    )
    say.credit(end)
