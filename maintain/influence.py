"""Which typed values bear on a result of the report, and which of these rest on one source.

    python -m maintain.influence

writes `influential.json` beside this file; `make refresh` does so too. A row bears on a fact when that fact changes,
or the chapter stops, once the row's numbers are ten times as large or a tenth. That is found out by running the
chapters, not by reading them. The list written before is only where the search begins; the result is the same
without it.
"""

import gc
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from chipcheck import charts, data, paths, schemas
from chipcheck.files import write_atomic
from maintain.replay import Outcome, replay

LISTED = Path(__file__).with_name("influential.json")
AGREE = 0.01  # relative: values of two sources that differ by less are the same number, printed with other rounding
SCALES = (10.0, 0.1)
SPREAD = 0.0137  # between the scales of rows changed together, or the ratio of two of them would stay the same

Row = tuple[str, str]  # table and key of the row
Influence = dict[Row, str]  # the first chapter, by number, that each row bears on


def evidence() -> list[str]:
    """Return the names of the tables that hold numbers and cite a source for each row."""
    return [
        table.name
        for table in schemas.TABLES.values()
        if "source_id" in table.columns and table.key == "row_id" and table.number_columns
    ]


def listed() -> Influence:
    """Return the influential rows as committed."""
    known = json.loads(LISTED.read_text(encoding="utf-8"))
    return {(table, row_id): number for table, rows in known.items() for row_id, number in rows.items()}


def as_text(influence: Influence) -> str:
    """Return the influential rows as the text of their file."""
    known: dict[str, dict[str, str]] = {}
    for (table, row_id), number in sorted(influence.items()):
        known.setdefault(table, {})[row_id] = number
    return json.dumps(known, indent=1) + "\n"


def influential(before: Influence) -> Influence:
    """Return every row of the evidence that bears on a fact, with the first chapter where it does.

    `before` is what is thought to be so; the closer it comes, the fewer runs are needed.
    """
    books = paths.chapters()
    with ProcessPoolExecutor(max_workers=os.cpu_count(), initializer=prepare) as pool:
        while True:
            parts = pool.map(influence_of, books, [before] * len(books))
            found: Influence = {}
            for book, rows in zip(books, parts, strict=True):
                for row in rows:
                    found.setdefault(row, book.name[:2])
            if all(found.get(row) == number for row, number in before.items()):
                return dict(sorted(found.items()))
            before = {row: number for row, number in found.items() if before.get(row, number) == number}


def prepare() -> None:
    """Make a process ready for many runs: fonts loaded, and what lives long kept out of garbage collection."""
    charts.setup()
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def influence_of(notebook: Path, before: Influence) -> list[Row]:
    """Return the rows that bear on a fact of one chapter, without those that bear on an earlier one.

    The rows thought to bear on this chapter first are asked one by one, all others together.
    """
    number = notebook.name[:2]
    given = {name: data.load(name) for name in schemas.TABLES}
    usual = replay(notebook, given)
    if usual.stopped:
        raise ValueError(f"the chapter does not run as it is: {usual.stopped}")
    rows: list[Row] = []
    for name in sorted(usual.read & set(evidence())):
        filled = given[name][schemas.TABLES[name].number_columns].notna().any(axis=1)
        rows += [(name, row_id) for row_id in given[name].loc[filled, "row_id"]]
    found = [row for row in rows if before.get(row) == number and changes(notebook, given, usual, [row])]
    rest = [row for row in rows if before.get(row, "99") > number]
    return found + split(rest, lambda part: changes(notebook, given, usual, part))


def split(group: list, differs: Callable[[list], bool]) -> list:
    """Return the members of a group that make a difference, asking about halves of halves."""
    if not group or not differs(group):
        return []
    if len(group) == 1:
        return group
    middle = len(group) // 2
    return split(group[:middle], differs) + split(group[middle:], differs)


def changes(notebook: Path, given: Mapping[str, pd.DataFrame], usual: Outcome, rows: list[Row]) -> bool:
    """Say whether a fact of the chapter changes, or the chapter stops, when the numbers of these rows change."""
    for scale in SCALES:
        spoiled = {name: given[name].copy() for name in {name for name, _ in rows}}
        for position, (name, row_id) in enumerate(rows):
            where = spoiled[name].index[spoiled[name]["row_id"] == row_id]
            columns = schemas.TABLES[name].number_columns
            spoiled[name].loc[where, columns] *= scale * (1 + SPREAD * (position % 29))
        now = replay(notebook, {**given, **spoiled})
        if now.stopped or now.facts != usual.facts:
            return True
    return False


# ---- second sources ----


def _witnesses(row: dict) -> list[str]:
    """Return the sources that state a number; of a computed one the first, since the others are its inputs."""
    ids = data.split_ids(row["source_id"])
    return ids[:1] if row.get("status") == "computed" else ids


def second_sources(name: str, frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the sources that give the same numbers, by row_id, to within `AGREE`.

    A row's own sources count, unless its value was computed from them; so do those of the other rows that state the
    same quantity (the columns `Table.quantity`) and have the same numbers. They are documents, not witnesses: two
    newspapers may relay one report.
    """
    table = schemas.TABLES[name]
    columns = [column for column in VALUES if column in frame]
    found, alike = {}, {}
    rows = frame.to_dict("records")

    def quantity(row: dict) -> tuple:
        return tuple("" if pd.isna(row[column]) else row[column] for column in table.quantity)

    for row in rows:
        alike.setdefault(quantity(row), []).append(row)
    for row in rows:
        ids = _witnesses(row)
        for other in alike[quantity(row)] if table.quantity else []:
            if all(agree(row[column], other[column]) for column in columns):
                ids = ids + _witnesses(other)
        found[row["row_id"]] = list(dict.fromkeys(ids))
    return found


VALUES = ("value", "low", "high", "rate_low", "rate_high", "intensity_low", "intensity_high")


def agree(one: float, other: float) -> bool:
    """Say whether two values are the same number to within `AGREE`, or both missing."""
    if pd.isna(one) or pd.isna(other):
        return pd.isna(one) and pd.isna(other)
    return abs(one - other) <= AGREE * max(abs(one), abs(other))


def on_one_source(influence: Iterable[Row], folder: Path | None = None) -> dict[str, list[str]]:
    """Return, by table, the influential rows whose numbers only one document of sources.csv gives."""
    alone: dict[str, list[str]] = {}
    for name, row_id in influence:
        alone.setdefault(name, []).append(row_id)
    for name, rows in alone.items():
        known = second_sources(name, data.load(name, folder))
        alone[name] = [row_id for row_id in rows if len(known[row_id]) == 1]
    return {name: rows for name, rows in alone.items() if rows}


def unlisted(notebook: Path, known: Influence) -> list[Row]:
    """Return the rows that bear on a fact of a chapter and are not listed, or only for a later chapter.

    All rows are changed together first, so this is quick where there are none.
    """
    number = notebook.name[:2]
    return influence_of(notebook, {row: "00" if first <= number else first for row, first in known.items()})


def main() -> None:
    """Find the influential rows and write their list, if it changed."""
    before = listed() if LISTED.exists() else {}
    text = as_text(influential(before))
    if not LISTED.exists() or LISTED.read_text(encoding="utf-8") != text:
        write_atomic(LISTED, text)
        print(f"  wrote {LISTED.relative_to(paths.ROOT)}")


if __name__ == "__main__":
    main()
