"""Do the first sentences and the closing tables still read as they were approved?

To approve new words: ``python tests/unit/test_report_golden.py`` writes them, then read the difference.
"""

import io

import pytest
from rich.console import Console

import report_runs
from apportion.report.findings import findings
from apportion.report.telling import LANGUAGES, telling
from apportion.report.terminal import closing

CASES = [
    name
    for name in report_runs.ALL
    if name
    not in {"many members", "payments", "hostile names", "several resources", "nobody waiting", "earlier version"}
]


def sentences(language):
    """Tell every case in words, one finding a line."""
    tell = telling(language)
    lines = []
    for name in CASES:
        lines.append(f"== {name}")
        for one in findings(report_runs.ALL[name]()):
            said = [tell.text(f"findings.{one.key}.{part}", **one.values) for part in ("lead", "more")]
            lines += [f"[{one.tone}] {tell.words['between'].join(said)}", *[f"    $ {line}" for line in one.commands]]
    return "\n".join(lines).replace("\u00a0", " ") + "\n"


def tables(language):
    """Print the end of the run as it was."""
    console = Console(file=io.StringIO(), width=110, color_system=None)
    console.print(closing(report_runs.sample(), language))
    return "\n".join(line.rstrip() for line in console.file.getvalue().replace("\u00a0", " ").splitlines()) + "\n"


def golden(kind, language):
    return report_runs.SAMPLE.parent / f"report_{kind}.{language}.txt"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sentences(language):
    assert sentences(language) == golden("sentences", language).read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_closing_tables(language):
    assert tables(language) == golden("terminal", language).read_text("utf-8")


if __name__ == "__main__":
    for code in LANGUAGES:
        golden("sentences", code).write_text(sentences(code), "utf-8")
        golden("terminal", code).write_text(tables(code), "utf-8")
