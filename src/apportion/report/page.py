"""How does a run become one page? Findings first, then the sections; no network, no scripts, the same bytes every time."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from apportion.report import facts
from apportion.report.facts import Run
from apportion.report.finding import SIGNS, Finding
from apportion.report.findings import findings
from apportion.report.section import Section
from apportion.report.sections import (
    advice,
    basis,
    busiest,
    completion,
    concentration,
    demand,
    held,
    plan,
    pool,
    sizing,
    use,
    waiting,
)
from apportion.report.telling import Telling, Value, telling

SECTIONS = (advice, pool, demand, plan, waiting, completion, sizing, concentration, held, use, busiest, basis)


def page(run: Run, language: str = "en") -> str:
    """Write one self-contained HTML page from what `apportion run` left.

    Parameters
    ----------
    run : the content of ``run.json``
    language : ``en`` or ``zh``

    Raises
    ------
    BadInput
        for another language.
    """
    words = telling(language)
    sections = [made for part in SECTIONS if (made := part.section(run, words))]
    meaning = words.text("sections.meaning.advised" if run.get("advice") else "sections.meaning.title")
    return rendered(run, words, (run["name"], _standfirst(run, words), meaning), findings(run), sections)


def rendered(
    run: Run, words: Telling, headings: tuple[str, str, str], found: Sequence[Finding], sections: Sequence[Section]
) -> str:
    """Bring findings and sections into HTML, under a title, what stands below it, and the title of the findings."""
    heading, standfirst, meaning = headings
    html: str = _template().render(
        run=run,
        words=words,
        title=words.text("page.title", name=heading),
        heading=heading,
        standfirst=standfirst,
        meaning=meaning,
        findings=[_told(finding, words) for finding in found],
        sections=[_numbered(section, k) for k, section in enumerate(sections, 1)],
        figure_number=count(1).__next__,
        table_number=count(1).__next__,
        style=Markup(_style()),  # noqa: S704  # the style sheet is a file of this package
    )
    return html


def _standfirst(run: Run, words: Telling) -> str:
    resource = facts.scarcest(run)
    common: dict[str, Any] = {"policy": run["policy"], "engine": run["engine"]}
    if run["stream"]:
        stream = words.text(
            "page.standfirst_stream",
            jobs=Value("many", (run["stream"]["jobs"], "job")),
            span=Value("duration", run["stream"]["span_s"]),
            windows=Value("many", (run["windows"]["decided"], "window")),
            **common,
        )
    else:
        stream = words.text("page.standfirst_claims", **common)
    assumed = {"count": Value("many", (len(run["assumptions"]), "assumption"))}
    told = words.text(
        "page.standfirst",
        members=Value("many", (run["pool"]["members"], "member")),
        nodes=Value("many", (run["pool"]["nodes"], "node")),
        capacity=Value("units", (facts.capacity(run, resource), resource)),
        stream=stream,
    )
    return told + (words.text("page.standfirst_assumed", **assumed) if run["assumptions"] else "")


def _told(finding: Finding, words: Telling) -> dict[str, Any]:
    return {
        "tone": finding.tone,
        "sign": SIGNS[finding.tone],
        "lead": words.text(f"findings.{finding.key}.lead", **finding.values),
        "more": words.text(f"findings.{finding.key}.more", **finding.values),
        "commands": finding.commands,
    }


def _numbered(section: Section, number: int) -> dict[str, Any]:
    return {"number": number, "section": section}


@cache
def _template() -> Any:
    loader = PackageLoader("apportion.report", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.get_template("page.html")


@cache
def _style() -> str:
    return files("apportion.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
