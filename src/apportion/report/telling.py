"""In which words? One language: its sentences, names and numbers, from `languages/<code>.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from apportion.errors import BadInput, nearest
from apportion.report.numbers import NONE, Numbers, Units

LANGUAGES = ("en", "zh")
SEAM = re.compile(r"(?<=[一-鿿])(?=[A-Za-z0-9ρ])|(?<=[A-Za-z0-9ρ%])(?=[一-鿿])")  # where Chinese and Latin meet


@dataclass(frozen=True)
class Value:
    """A number or name on its way into a sentence, and how it is to be written there (a method of `_Kinds`)."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Telling:
    """Tells in one language."""

    code: str
    words: dict[str, Any]
    numbers: Numbers

    def text(self, key: str, **values: Any) -> str:
        """Fill the sentence at a dotted key; values are ready words, numbers to be written whole, or `Value`."""
        sentence: Any = self.words
        for part in key.split("."):
            sentence = sentence[part]
        return self._filled(str(sentence), values)

    def known(self, group: str, name: str, **values: Any) -> str:
        """Fill the sentence of a name that may have none, then empty: those of another package's plug-ins."""
        return self._filled(str(self.words.get(group, {}).get(name, "")), values)

    def _filled(self, sentence: str, values: dict[str, Any]) -> str:
        filled = sentence.format(**{name: self.show(value) for name, value in values.items()})
        return SEAM.sub(" ", filled) if self.words["spaced"] == "yes" else filled

    def name(self, kind: str, name: str) -> str:
        """Translate a name of some kind (a discipline, a proof, a resource); one without a translation stays as it is."""
        return str(self.words[kind].get(name, name))

    def resource(self, name: str) -> str:
        """Name a resource; ``res:fpga_milli``, of which no language knows, is fpga."""
        return str(self.words["resources"].get(name, name.removeprefix("res:").partition("_milli")[0]))

    def show(self, value: Any) -> str:
        """Write one value as its kind asks."""
        if isinstance(value, Value):
            return str(getattr(_Kinds(self), value.kind)(value.value))
        return value if isinstance(value, str) else self.numbers.whole(value)


class _Kinds:
    """How each kind of `Value` is written."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        numbers = telling.numbers
        self.ratio, self.percent, self.duration, self.amount = (
            numbers.ratio,
            numbers.percent,
            numbers.duration,
            numbers.amount,
        )

    def many(self, counted: tuple[int | float, str]) -> str:
        """Write a count with its noun in the right number: 1 member, 3 members."""
        count, noun = counted
        forms = self.telling.words["nouns"][noun]
        return str(forms[0 if count == 1 else 1]).format(n=self.telling.numbers.amount(count))

    def units(self, measured: tuple[float, str]) -> str:
        """Write an amount with its resource: 1,504 GPUs."""
        amount, resource = measured
        forms = self.telling.words["amounts"].get(resource)
        text = self.telling.numbers.amount(amount)
        if forms is None:
            return f"{text} {self.telling.name('resources', resource)}"
        return str(forms[0 if amount == 1 else 1]).format(n=text)

    def discipline(self, named: tuple[str, str]) -> str:
        """Name a discipline with its variant."""
        discipline, variant = named
        plain = self.telling.name("disciplines", discipline)
        if not variant:
            return plain
        known = self.telling.words["variants"].get(variant)
        return str(known).format(discipline=plain) if known else f"{plain} ({variant})"

    def home(self, name: str) -> str:
        """Name the discipline members use at home."""
        return self.telling.name("disciplines", name)

    def proof(self, name: str) -> str:
        """Name a property that was to be proven."""
        return self.telling.name("proofs", name)

    def resource(self, name: str) -> str:
        """Name a resource in a sentence."""
        return self.telling.resource(name)

    def names(self, names: list[str], most: int = 3) -> str:
        """List names, and how many more there are beyond a few."""
        shown = list(names[:most])
        if len(names) > most:
            shown.append(self.telling.text("nouns_more", n=len(names) - most))
        return self.telling.numbers.listed(shown)

    def phrases(self, phrases: list[tuple[str, dict[str, Any]]]) -> str:
        """List phrases, each a key with its values."""
        return self.telling.numbers.listed([self.telling.text(key, **values) for key, values in phrases])

    def clause(self, phrase: tuple[str, dict[str, Any]] | None) -> str:
        """Add a sentence where there is something to add."""
        if phrase is None:
            return ""
        return str(self.telling.words["between"]) + self.telling.text(phrase[0], **phrase[1])

    def clause_of(self, phrase: tuple[str, dict[str, Any]]) -> str:
        """Write a phrase within a sentence."""
        return self.telling.text(phrase[0], **phrase[1])

    def whole(self, value: float | None) -> str:
        """Write a number without digits after the point."""
        return self.telling.numbers.whole(value)

    def part(self, value: float | None) -> str:
        """Write a part of one in percent, to one digit."""
        return NONE if value is None else self.telling.numbers.percent(value, 1)


@cache
def telling(language: str) -> Telling:
    """Open a language.

    Raises
    ------
    BadInput
        if there is none of this code.
    """
    if language not in LANGUAGES:
        raise BadInput(f'no report in language "{language}"', "--lang", nearest(language, LANGUAGES))
    source = files("apportion.report").joinpath("languages", f"{language}.toml").read_text(encoding="utf-8")
    words = tomllib.loads(source)
    return Telling(language, words, Numbers(Units(**words["units"])))
