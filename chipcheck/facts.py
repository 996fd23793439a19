"""The named results of a build: what verdicts, opening page, README and exporters repeat.

Each knows its unit, its rounding, the sources it rests on and their latest date. A result takes both from the rows
that it is made of, so that a corrected row moves number, citation and date together.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Formatter
from typing import Protocol

import pandas as pd

from chipcheck import data, dates, edition, paths
from chipcheck.files import write_atomic
from chipcheck.verdicts import Figure
from chipcheck.words import quantity

DATED_BY = ("as_of", "date", "effective_from")  # the column that dates a row, whichever its table has


class FactError(ValueError):
    """A result lacks what a result must have, or is not there."""


class Evidence(Protocol):
    """What a result may rest on beside rows: a reading of `hardware`, or another fact."""

    sources: tuple[str, ...]
    as_of: str


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
        return quantity(self.low, self.high, self.digits, self.unit)

    def __format__(self, spec: str) -> str:
        return self.text if not spec else format(self.low, spec)

    def __str__(self) -> str:
        return self.text


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
        rows: "Rows" = (),
        sources: Iterable[str] = (),
        as_of: str = "",
        basis: str = "",
        note: str = "",
    ) -> Fact:
        """Record a result and return it.

        Give `value` for a point, or `low` and `high` for a range, in `unit`; `digits` is the rounding the
        evidence bears. `rows` are what it was computed from: a row or a frame of an evidence table, a reading, another
        fact, or several of them; their sources and their latest date become the fact's own. `sources` (ids of
        sources.csv) come on top, `as_of` (an ISO date) goes before. Raises `FactError` for a name used twice, a
        missing or infinite number, no source, an unknown source or a bad date.
        """
        low, high = (value, value) if value is not None else (low, high)
        known = set(data.load("sources")["source_id"])
        listed = tuple(data.split_ids([*sources_of(rows), *sources]))
        as_of = as_of or latest(rows)
        problems = {
            "is recorded twice": fact_id in self._facts,
            "has no number": low is None or high is None or low != low or high != high,
            "has no source": not listed,
            f"cites unknown sources {sorted(set(listed) - known)}": not known.issuperset(listed),
            f"has a bad date {as_of!r}": not dates.is_iso(as_of),
        }
        for problem, present in problems.items():
            if present:
                raise FactError(f"fact {fact_id} {problem}")
        if low > high:
            raise FactError(f"fact {fact_id} has low {low} above high {high}")
        fact = Fact(fact_id, float(low), float(high), unit, digits, listed, as_of, basis, note)
        self._facts[fact_id] = fact
        return fact

    def from_row(
        self, fact_id: str, row: Mapping, column: str = "", *, digits: int, unit: str = "", basis: str = "", **more
    ) -> Fact:
        """Record what one row of an evidence table says, with its unit, basis, sources and date.

        `column` names the number; without one it is `value`, or `low` to `high` where the row is a range (a bound
        counts as a point). `unit` and `basis` replace the row's own words; `more` goes to `add`. Raises `FactError`
        as `add` does, and for a row without a number.
        """
        low, high = _ends(row, column)
        unit = unit or row["unit"]
        basis = basis or _text(row.get("basis"))
        return self.add(fact_id, low=low, high=high, unit=unit, digits=digits, basis=basis, rows=row, **more)

    def over(self, fact_id: str, rows: pd.DataFrame, column: str = "", *, digits: int, unit: str = "", **more) -> Fact:
        """Record the range of a number over several rows, with all their sources and their last date.

        `column` as in `from_row`. `unit` is needed where the rows have no column `unit`; rows of several units raise
        `FactError`, and so does a frame without rows.
        """
        units = {unit} if unit else set(rows["unit"])
        if len(units) != 1:
            raise FactError(f"fact {fact_id}: rows of {', '.join(sorted(map(str, units))) or 'no unit'}")
        ends = [_ends(row, column) for row in rows.to_dict("records")]
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        return self.add(fact_id, low=low, high=high, unit=units.pop(), digits=digits, rows=rows, **more)

    def get(self, fact_id: str) -> Fact:
        """Return one fact recorded before; an unknown name raises `FactError`."""
        if fact_id not in self._facts:
            raise FactError(f"notebook {self.notebook} has not recorded the fact {fact_id!r}")
        return self._facts[fact_id]

    def all(self) -> dict[str, Fact]:
        """Return the facts recorded so far, by id."""
        return dict(self._facts)

    def save(self) -> None:
        """Write all facts of this notebook, replacing what an earlier run wrote."""
        records = {fact_id: asdict(fact) for fact_id, fact in sorted(self._facts.items())}
        text = json.dumps(records, ensure_ascii=False, indent=1) + "\n"
        write_atomic(paths.facts() / f"{self.notebook}.json", text)


Rows = pd.DataFrame | Mapping | Evidence | Iterable["Rows"]


def sources_of(rows: Rows) -> list[str]:
    """Return the ids of all sources of rows, frames, readings and facts, in order, without repeats."""
    return data.split_ids([source for one in _each(rows) for source in _sources(one)])


def latest(rows: Rows) -> str:
    """Return the last date of rows, frames, readings and facts, as written there; nothing where none has a date.

    A month counts as its last day; a half-year is given as its last month.
    """
    found = [when for one in _each(rows) if (when := _when(one))]
    last = max(found, key=lambda when: (dates.span(when)[1], len(when)), default="")
    return f"{dates.span(last)[1]:%Y-%m}" if dates.precision(last) == "half" else last


def _each(rows: Rows) -> Iterator[Mapping | Evidence]:
    """Yield single rows, readings and facts."""
    if isinstance(rows, pd.DataFrame):
        yield from rows.to_dict("records")
    elif isinstance(rows, Mapping | pd.Series) or hasattr(rows, "sources"):
        yield rows
    else:
        for one in rows:
            yield from _each(one)


def _sources(one: Mapping | Evidence) -> list[str]:
    return data.split_ids(one["source_id"]) if isinstance(one, Mapping | pd.Series) else list(one.sources)


def _when(one: Mapping | Evidence) -> str:
    if not isinstance(one, Mapping | pd.Series):
        return one.as_of
    return next((text for column in DATED_BY if (text := _text(one.get(column)))), "")


def _ends(row: Mapping, column: str) -> tuple[float, float]:
    """Return low and high of a row's number: of one column, of `value`, or of the range; a bound is a point."""
    if column or not pd.isna(row.get("value", float("nan"))):
        return row[column or "value"], row[column or "value"]
    low, high = row.get("low", float("nan")), row.get("high", float("nan"))
    return (high, high) if pd.isna(low) else (low, low) if pd.isna(high) else (low, high)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def read_facts(folder: Path | None = None) -> dict[str, Fact]:
    """Return every fact that the notebooks wrote, by id.

    Raises `FileNotFoundError` when no notebook has run, and `FactError` when two notebooks claim one name.
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
            raise FactError(f"{where} is damaged ({error}): remove it and run `make report` again") from None
        for fact_id, record in records.items():
            if fact_id in facts:
                raise FactError(f"fact {fact_id} is written by two notebooks, the second is {file.stem}")
            facts[fact_id] = Fact(**{**record, "sources": tuple(record["sources"])})
    return facts


def fill(text: str, facts: dict[str, Fact]) -> str:
    """Return text, in the edition's language, with each `{fact-id}` replaced by that fact.

    An unknown id raises `FactError`.
    """
    return filled(edition.template(text), facts)


def filled(text: str, facts: dict[str, Fact]) -> str:
    """Return text, as it stands, with each `{fact-id}` replaced by that fact; an unknown id raises `FactError`."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name]
    if unknown := sorted(set(names) - facts.keys()):
        raise FactError(f"no notebook computes the fact {', '.join(unknown)} named in {text!r}")
    for name in names:
        text = text.replace("{" + name + "}", facts[name].text)
    return text
