"""Do both languages say the same things, and does every finding have words?"""

import io
import re
import string
import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest
from rich.console import Console

import apportion.report.member
import apportion.report.page
import apportion.report.terminal
import report_runs
from apportion.errors import BadInput
from apportion.report.telling import LANGUAGES, Value, telling

SOURCES = files("apportion.report")
ONLY_TRANSLATED = "figure_definitions."  # in English each measure says its own


def words(language):
    return dict(flat(tomllib.loads(SOURCES.joinpath("languages", f"{language}.toml").read_text("utf-8"))))


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def placeholders(value):
    texts = value if isinstance(value, list) else [value]
    return [sorted({name for _, name, _, _ in string.Formatter().parse(text) if name}) for text in texts]


def test_both_languages_have_the_same_keys():
    english, chinese = words("en"), words("zh")
    assert set(english) == {key for key in chinese if not key.startswith(ONLY_TRANSLATED)}


def test_both_languages_have_the_same_placeholders():
    english, chinese = words("en"), words("zh")
    assert {k: placeholders(english[k]) for k in english} == {k: placeholders(chinese[k]) for k in english}


def test_every_figure_with_a_chinese_name_has_a_chinese_definition():
    chinese = words("zh")
    names = {key.removeprefix("figures.") for key in chinese if key.startswith("figures.")}
    assert names == {key.removeprefix(ONLY_TRANSLATED) for key in chinese if key.startswith(ONLY_TRANSLATED)}


class Noting(dict):
    """A table of words that notes which of them were looked up."""

    def __init__(self, table, noted, prefix=""):
        super().__init__(
            {key: Noting(v, noted, f"{prefix}{key}.") if isinstance(v, dict) else v for key, v in table.items()}
        )
        self.noted, self.prefix = noted, prefix

    def __getitem__(self, key):
        self.noted.add(self.prefix + key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        return self[key] if key in self else default  # noqa: SIM401  # get is what is being defined

    def values(self):
        return [self[key] for key in self]


def test_no_words_stand_idle(monkeypatch):
    noted = set()
    noting = replace(telling("en"), words=Noting(telling("en").words, noted))
    monkeypatch.setattr(apportion.report.page, "telling", lambda _: noting)
    monkeypatch.setattr(apportion.report.terminal, "telling", lambda _: noting)
    monkeypatch.setattr(apportion.report.member, "telling", lambda _: noting)
    for case in (report_runs.ALL | report_runs.CHAPTERS | report_runs.ADVISED).values():
        run = case()
        apportion.report.page.page(run, "en")
        Console(file=io.StringIO()).print(apportion.report.terminal.closing(run, "en"))
        if "advice" in run:
            Console(file=io.StringIO()).print(apportion.report.terminal.advised(run["advice"], "en"))
            for member in apportion.report.member.members(run):
                apportion.report.member.member_page(run, member, "en")
    idle = {key for key in words("en") if key not in noted}
    assert {key for key in idle if not key.startswith(NAMED_BY_RUNS)} == NOT_IN_ANY_CASE


NAMED_BY_RUNS = (
    "advice.charters.",
    "advice.narrower",
    "advice.short.",
    "advice.services.",
    "advice.traits.",
    "questions.",
    "proof_figures.",
    "units.",
    "nouns.",
    "amounts.",
    "resources.",
    "variants.",
    "rules.",
    "status.",
    "proofs.",
    "columns.unit_",
    "time_axis.",
)
NOT_IN_ANY_CASE = {
    "findings.broken_promise_shown.lead",
    "findings.broken_promise_shown.more",
    "findings.claims_within.lead",
    "findings.claims_within.more",
    "findings.load_fits.lead",
    "findings.load_fits.more",
    "phrases.ties",
    "window.given",
}


def test_chinese_uses_its_own_punctuation():
    for key, value in words("zh").items():
        for text in value if isinstance(value, list) else [value]:
            assert not re.search(r"[一-鿿] ?[,;:?!]|[,;:?!] ?[一-鿿]", text), key


def test_a_space_stands_where_chinese_and_latin_meet_and_only_there():
    assert (
        telling("zh").text("findings.spare.lead", whole="8 块 GPU", few="4", percent="50%")
        == "8 块 GPU 中只需 4（50%）。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_strangers_stay_as_they_are(language):
    tell = telling(language)
    assert tell.name("disciplines", "our_own") == "our_own"
    assert tell.show(Value("discipline", ("our_own", "fast"))) == "our_own (fast)"
    assert tell.show(Value("units", (3.0, "res:fpga_milli"))).startswith("3")
    assert tell.known("questions", "our_proof") == ""


def test_english_counts_one_and_many():
    tell = telling("en")
    assert tell.show(Value("many", (1, "job"))) == "1\u00a0job"
    assert tell.show(Value("many", (2, "job"))) == "2\u00a0jobs"
    assert tell.show(Value("names", ["a", "b", "c", "d", "e"])) == "a, b, c and 2 more"


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="known: en, zh"):
        telling("fr")
