"""Numbers into sentences, and the named results that a build writes down.

`say` fills a sentence from values; a name that is missing or left over is an error, so that no sentence
can lose its number unnoticed. `Facts` collects the results that the verdicts, the opening page, the README
and the exporters repeat; each knows its unit, its rounding and the sources it rests on.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Formatter

from IPython.display import Markdown

from chipcheck import data, paths, schemas
from chipcheck.files import write_atomic
from chipcheck.verdicts import Figure

MINUS = "\u2212"  # the typographic minus; a hyphen in front of a number reads as a dash
FORMATS = {
    "%": "{}%",
    "x": "{}×",
    "USD bn": "US${} billion",
    "USD m": "US${} million",
    "CNY bn": "CNY {} billion",
    "count": "{}",
    "": "{}",
}


class ProseError(ValueError):
    """A sentence and its values do not fit each other."""


@dataclass(frozen=True)
class Fact:
    """A named result: a point (`low` equals `high`) or a range, with unit, rounding, sources and date."""

    fact_id: str
    low: float
    high: float
    unit: str
    digits: int
    sources: tuple[str, ...]
    as_of: str
    basis: str = ""
    note: str = ""

    @property
    def figure(self) -> Figure:
        """The fact as the verdict rules compare it."""
        return Figure(self.low, self.high, self.unit)

    @property
    def text(self) -> str:
        """The fact as a reader sees it, rounded, with its unit."""
        low, high = number(self.low, self.digits), number(self.high, self.digits)
        shown = low if low == high else f"{low} to {high}" if self.unit not in ("%", "x") else f"{low}–{high}"
        return FORMATS.get(self.unit, "{} " + self.unit).format(shown)

    def __format__(self, spec: str) -> str:
        return self.text if not spec else format(self.low, spec)

    def __str__(self) -> str:
        return self.text


def number(value: float, digits: int) -> str:
    """Return a number with grouped thousands, a real minus and `digits` decimals; never a negative zero."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:,.{max(digits, 0)}f}".replace("-", MINUS)


def say(sentence: str, **values: object) -> Markdown:
    """Return the sentence, its `{slots}` filled from named values, as Markdown.

    Raises `ProseError` for a slot without a value, a value without a slot, and a value that is not a
    number or text (a NaN in a sentence is a missing row, not a result).
    """
    slots = {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(sentence) if name}
    if slots != values.keys():
        raise ProseError(f"slots and values differ: {', '.join(sorted(slots ^ values.keys()))}")
    for name, value in values.items():
        if value is None or value != value:
            raise ProseError(f"{name} has no value")
    return Markdown(dollars(sentence.format(**values)))


def dollars(text: str) -> str:
    """Return Markdown in which “US$” is an amount: two bare dollar signs would set what stands between as a formula."""
    return re.sub(r"(?<!\\)US\$", r"US\\$", text)


class Facts:
    """The named results of one notebook, written to `build/facts/NN.json` when it is done."""

    def __init__(self, notebook: str):
        self.notebook = notebook
        self._facts: dict[str, Fact] = {}

    def add(
        self,
        fact_id: str,
        value: float | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        unit: str,
        digits: int,
        sources: Iterable[str],
        as_of: str,
        basis: str = "",
        note: str = "",
    ) -> Fact:
        """Record a result and return it.

        Give `value` for a point, or `low` and `high` for a range, in `unit`; `digits` is the rounding the
        evidence bears. `sources` are ids of sources.csv, `as_of` an ISO date. Raises `ProseError` for a
        name used twice, a missing or infinite number, no source, an unknown source or a bad date.
        """
        low, high = (value, value) if value is not None else (low, high)
        known = set(data.load("sources")["source_id"])
        listed = tuple(data.split_ids(list(sources)))
        problems = {
            "is recorded twice": fact_id in self._facts,
            "has no number": low is None or high is None or low != low or high != high,
            "has no source": not listed,
            f"cites unknown sources {sorted(set(listed) - known)}": not known.issuperset(listed),
            f"has a bad date {as_of!r}": not schemas.is_iso(as_of),
        }
        for problem, present in problems.items():
            if present:
                raise ProseError(f"fact {fact_id} {problem}")
        if low > high:
            raise ProseError(f"fact {fact_id} has low {low} above high {high}")
        fact = Fact(fact_id, float(low), float(high), unit, digits, listed, as_of, basis, note)
        self._facts[fact_id] = fact
        return fact

    def get(self, fact_id: str) -> Fact:
        """Return one fact recorded before; an unknown name raises `ProseError`."""
        if fact_id not in self._facts:
            raise ProseError(f"notebook {self.notebook} has not recorded the fact {fact_id!r}")
        return self._facts[fact_id]

    def all(self) -> dict[str, Fact]:
        """Return the facts recorded so far, by id."""
        return dict(self._facts)

    def save(self) -> None:
        """Write all facts of this notebook, replacing what an earlier run wrote."""
        records = {fact_id: asdict(fact) for fact_id, fact in sorted(self._facts.items())}
        text = json.dumps(records, ensure_ascii=False, indent=1) + "\n"
        write_atomic(paths.facts() / f"{self.notebook}.json", text)


def read_facts(folder: Path | None = None) -> dict[str, Fact]:
    """Return every fact that the notebooks wrote, by id.

    Raises `FileNotFoundError` when no notebook has run, and `ProseError` when two notebooks claim one name.
    """
    folder = folder or paths.facts()
    files = sorted(folder.glob("[0-9][0-9].json"))
    if not files:
        raise FileNotFoundError("no facts yet: run the chapter notebooks first, or `make report`")
    facts: dict[str, Fact] = {}
    for file in files:
        try:
            records = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            where = f"{file.parent.parent.name}/{file.parent.name}/{file.name}"
            raise ProseError(f"{where} is damaged ({error}): remove it and run `make report` again") from None
        for fact_id, record in records.items():
            if fact_id in facts:
                raise ProseError(f"fact {fact_id} is written by two notebooks, the second is {file.stem}")
            facts[fact_id] = Fact(**{**record, "sources": tuple(record["sources"])})
    return facts


def fill(text: str, facts: dict[str, Fact]) -> str:
    """Return text with each `{fact-id}` replaced by that fact; an unknown id raises `ProseError`."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name]
    if unknown := sorted(set(names) - facts.keys()):
        raise ProseError(f"no notebook computes the fact {', '.join(unknown)} named in {text!r}")
    for name in names:
        text = text.replace("{" + name + "}", facts[name].text)
    return text
