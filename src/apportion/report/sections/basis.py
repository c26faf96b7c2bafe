"""What does this page rest on, and how is it made again?"""

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.section import Block, Commands, Remarks, Section, Terms
from apportion.report.table import Cell, Column, Table, table
from apportion.report.telling import LANGUAGES, Telling, Value


def section(run: Run, telling: Telling) -> Section:
    """Show assumptions, filters, notices, settings, commands, digests, every figure, and definitions."""
    blocks: list[Block] = []
    if run["assumptions"]:
        named = tuple((name.replace("_", " "), words) for name, words in run["assumptions"].items())
        blocks.append(Terms(telling.text("reasons.assumptions"), named, english=True))
    blocks.append(Remarks(telling.text("reasons.filters"), tuple(_filters(run, telling))))
    if run["notices"]:
        blocks.append(_notices(run, telling))
    blocks += [
        Terms(telling.text("reasons.settings"), tuple(_settings(run, telling))),
        Commands(telling.text("reasons.again"), tuple(_commands(run))),
        _inputs(run, telling),
        _figures(run, telling),
        Terms(telling.text("reasons.definitions"), tuple(map(tuple, telling.words["definitions"].values()))),
    ]
    return Section("basis", telling.text("sections.basis.title"), telling.text("sections.basis.intro"), tuple(blocks))


def _filters(run: Run, telling: Telling) -> list[str]:
    """Say which jobs are in no mean, and why; a count of none needs no words."""
    if not run["stream"]:
        return [telling.text("reasons.claims")]
    counts = {
        "impossible": run["stream"]["impossible"],
        "only_in_pool": sum(row["only_in_pool"] for row in run["waiting"]),
        "unfinished": int(facts.figure(run, "unfinished") or 0),
    }
    left_out = [
        telling.text(f"reasons.{name}", jobs=Value("many", (count, "job"))) for name, count in counts.items() if count
    ]
    return [telling.text("reasons.no_filter"), *left_out]


def _settings(run: Run, telling: Telling) -> list[tuple[str, str]]:
    charter, none = run["charter"], telling.text("reasons.none")
    values = {
        "policy": run["policy"],
        "parameters": _pairs(run["parameters"]) or none,
        "rule": telling.name("rules", charter["entitlement_rule"]),
        "guardrails": _pairs(charter["guardrails"]) or none,
        "window_s": telling.numbers.duration(charter["window_s"]),
        "engine": run["engine"],
        "seed": run["seed"],
        "situation": run["plan"]["situation"],
    }
    return [(telling.text(f"reasons.{name}"), value) for name, value in values.items()]


def _pairs(values: Run) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _commands(run: Run) -> list[str]:
    page = f"apportion report {facts.run_path(run)}"
    return [run["command"], *[f"{page} --out report.{language}.html --lang {language}" for language in LANGUAGES]]


def _inputs(run: Run, telling: Telling) -> Table:
    return table(
        telling.text("tables.inputs"),
        [
            Column(telling.text("columns.file"), words=True),
            Column(telling.text("columns.sha256"), words=True, long=True),
        ],
        [(one["file"], Cell(one["sha256"], "code")) for one in run["inputs"]],
    )


def _notices(run: Run, telling: Telling) -> Table:
    return table(
        telling.text("tables.notices"),
        [Column(telling.text(f"columns.{name}"), words=True, long=True) for name in ("what", "where", "mend")],
        [[Cell(one[name], english=True) for name in ("what", "where", "mend")] for one in run["notices"]],
    )


def _figures(run: Run, telling: Telling) -> Table:
    """List every figure with its definition, which stands as the measure wrote it where it has no translation."""
    return table(
        telling.text("tables.figures"),
        [
            Column(telling.text("columns.name"), words=True),
            Column(telling.text("columns.value")),
            Column(telling.text("columns.definition"), words=True, long=True),
        ],
        [
            (_figure_name(one["name"], telling), _figure_value(one, telling), _definition(one, telling))
            for one in run["figures"]
        ],
    )


def _figure_name(name: str, telling: Telling) -> str:
    """Translate ``rho.strict_fifo`` by its stem, the rest being a discipline, a percentage or a size."""
    stem, _, of = name.partition(".")
    return telling.known("figures", stem, of=telling.name("disciplines", of)) or name


def _definition(one: Run, telling: Telling) -> Cell:
    stem, _, of = one["name"].partition(".")
    known = telling.known("figure_definitions", stem, of=telling.name("disciplines", of))
    return Cell(known) if known else Cell(one["definition"], english=True)


def _figure_value(one: Run, telling: Telling) -> str:
    numbers, value = telling.numbers, one["value"]
    if one["unit"] == "s":
        return numbers.duration(value)
    if one["unit"] == "share of 1":
        return numbers.percent(value, 1)
    if one["unit"] in {"times", "0 to 1"}:
        return numbers.ratio(value) if one["unit"] == "times" else numbers.decimal(value, 3)
    return numbers.amount(value)
