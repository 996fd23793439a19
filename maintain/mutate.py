"""Spoil copies of the tables in every way a keystroke can, and count what goes unseen.

    python -m maintain.mutate [--sample N] [--seed S]

*Structural* corruptions (a blank cell, an unknown id, a dropped column, bytes of another encoding …) are made once in
every column they can occur in; each must be refused with file, row and column named. *Numeric* ones (a slipped point,
a lost sign, two digits swapped, another basis) are made in every number that bears on a fact and in every number of a
claim. One is **caught** when schema, identities, a chapter's own checks or the verdict rules stop it; it is **visible**
when a sentence, a fact, a table or the numbers under a chart change, so that the freshness proof shows it in the diff;
it is a **survivor** otherwise. The summary, notebook 90, repeats the chapters and is not run.
"""

import argparse
import csv
import io
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chipcheck import data, identities, paths, schemas
from maintain import influence
from maintain.replay import Outcome, replay

TEN_MEGABYTES = 10_000_000
SEED = 2025

BLANK, TYPE, ID, KEY = "blank", "wrong type", "unknown id", "duplicate key"
WORD, DATE, DROPPED = "unknown unit, basis or other word", "bad date", "dropped column"
BOM, CRLF, LATIN = "byte order mark", "CRLF", "Latin-1 bytes"
FORMULA, SCRIPT, LONG = "formula-like text", "<script>", "10 MB field"
STRUCTURAL = (BLANK, TYPE, ID, KEY, WORD, DATE, DROPPED, BOM, CRLF, LATIN, FORMULA, SCRIPT, LONG)

TIMES, OVER, SIGN, SWAP, BASIS = "×10", "÷10", "sign", "digits transposed", "basis swapped"
NUMERIC = (TIMES, OVER, SIGN, SWAP, BASIS)

CAUGHT = ("schema", "identity", "chapter")
VISIBLE, SURVIVOR, MISNAMED = "visible", "survivor", "not named"


@dataclass(frozen=True)
class Mutation:
    """One corruption: of which kind, in which cell, from which text to which; row 0 is the header."""

    kind: str
    table: str
    row: int
    column: str
    old: str
    new: str

    def __str__(self) -> str:
        where = f"{self.table}.csv, {self.column}"
        return f"{where}: {self.kind}, {self.old[:40]!r} to {self.new[:40]!r}" if self.row else f"{where}: {self.kind}"


@dataclass(frozen=True)
class Result:
    """What became of a corruption: `how` it was noticed and the first line of what was said."""

    mutation: Mutation
    how: str
    said: str
    row_id: str = ""


# ---- the tables as text ----


def read_rows(folder: Path, table: str) -> list[list[str]]:
    """Return header and rows of a table as text."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def as_bytes(rows: list[list[str]]) -> bytes:
    """Return header and rows as the bytes of a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def line_of(rows: list[list[str]], row: int) -> int:
    """Return the line of the file on which a row begins, as an editor numbers it."""
    return 1 + sum(1 + sum(cell.count("\n") for cell in before) for before in rows[:row])


def spoiled(rows: list[list[str]], mutation: Mutation) -> bytes:
    """Return the bytes of a table after a corruption."""
    position = rows[0].index(mutation.column)
    if mutation.kind == DROPPED:
        return as_bytes([row[:position] + row[position + 1 :] for row in rows])
    if mutation.kind == BOM:
        return b"\xef\xbb\xbf" + as_bytes(rows)
    if mutation.kind == CRLF:
        return as_bytes(rows).replace(b"\n", b"\r\n")
    changed = [list(row) for row in rows]
    changed[mutation.row][position] = mutation.new
    raw = as_bytes(changed)
    return raw.replace("\ue000".encode(), b"\xe9") if mutation.kind == LATIN else raw


# ---- structural corruptions ----


def structural(folder: Path, pick: random.Random) -> tuple[list[Mutation], Counter]:
    """Return each structural corruption, once in every column, and how many of each kind have nothing to spoil.

    Row and replaced value are drawn by `pick`. A blank does not apply to a column that may be empty, a wrong type not
    to free text, and so on: what the schema allows everywhere is no corruption.
    """
    made: list[Mutation] = []
    idle: Counter = Counter()
    for table in schemas.TABLES.values():
        rows = with_a_row(read_rows(folder, table.name), table.name, folder)
        first, last = rows[0][0], rows[0][-1]
        made += [Mutation(BOM, table.name, 0, first, "", ""), Mutation(CRLF, table.name, 0, last, "", "")]
        for position, name in enumerate(rows[0]):
            made.append(Mutation(DROPPED, table.name, 0, name, "", ""))
            filled = [number for number, row in enumerate(rows) if number and row[position]]
            row = pick.choice(filled or range(1, len(rows)))
            others = [rows[number][position] for number in filled if rows[number][position] != rows[row][position]]
            for kind, value in replacements(table, name, rows[row][position], others, pick).items():
                if value is None:
                    idle[kind] += 1
                else:
                    made.append(Mutation(kind, table.name, row, name, rows[row][position], value))
    return made, idle


def replacements(
    table: schemas.Table, name: str, old: str, others: list[str], pick: random.Random
) -> dict[str, str | None]:
    """Return what each kind of corruption types into a cell; nothing where the column takes any text of that kind."""
    column = table.columns[name]
    strict = column.is_number or column.kind == "date" or column.pattern
    dated = column.kind == "date" or "2024-05-13" in column.form
    unique = column.unique or name == table.key
    return {
        BLANK: "" if column.required else None,
        TYPE: "about a dozen" if strict else None,
        ID: "no-such-id" if name in table.foreign else None,
        KEY: pick.choice(others) if unique and others else None,
        WORD: "furlongs" if column.values else None,
        DATE: "2025-02-30" if dated else None,
        LATIN: f"{old}\ue000",  # written as the single byte E9, which is é in Latin-1
        FORMULA: "=1+1",
        SCRIPT: "<script>alert(1)</script>",
        LONG: "x" * TEN_MEGABYTES,
    }


def with_a_row(rows: list[list[str]], table: str, folder: Path) -> list[list[str]]:
    """Return the rows of a table; corrections.csv, which may be empty, gets one that is right."""
    if table != "corrections" or len(rows) > 1:
        return rows
    specs = read_rows(folder, "chip_specs")
    row = dict(zip(specs[0], specs[1], strict=True))
    used = str(Decimal(row["value"]) + 1)
    return [*rows, ["chip_specs", row["row_id"], "value", row["value"], used, "read again", row["source_id"]]]


# ---- numeric corruptions ----


def numeric(folder: Path, bears: list[influence.Row], pick: random.Random) -> tuple[list[Mutation], Counter]:
    """Return each numeric corruption of the influential rows, and how many of each kind have nothing to spoil."""
    made: list[Mutation] = []
    idle: Counter = Counter()
    for name in dict.fromkeys(table for table, _ in bears):
        table, rows = schemas.TABLES[name], read_rows(folder, name)
        keys = {row[rows[0].index(table.key)]: number for number, row in enumerate(rows)}
        for line in (keys[key] for other, key in bears if other == name):
            cells = dict(zip(rows[0], rows[line], strict=True))
            for column in table.number_columns:
                for kind, value in slips(cells[column], pick).items() if cells[column] else ():
                    if value is None:
                        idle[kind] += 1
                    else:
                        made.append(Mutation(kind, name, line, column, cells[column], value))
            bases = table.columns["basis"].values if "basis" in table.columns else ()
            if bases and cells["basis"]:
                other = pick.choice([basis for basis in bases if basis != cells["basis"]])
                made.append(Mutation(BASIS, name, line, "basis", cells["basis"], other))
            else:
                idle[BASIS] += 1
    return made, idle


def slips(typed: str, pick: random.Random) -> dict[str, str | None]:
    """Return a number as it looks after each slip, and nothing where the slip would not change it."""
    number = Decimal(typed)
    spots = [at for at, pair in enumerate(zip(typed, typed[1:], strict=False)) if "".join(pair).isdigit()]
    spots = [at for at in spots if typed[at] != typed[at + 1]]
    at = pick.choice(spots) if spots else None
    swapped = None if at is None else typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
    return {
        TIMES: f"{number * 10:f}" if number else None,
        OVER: f"{number / 10:f}" if number else None,
        SIGN: f"{-number:f}" if number else None,
        SWAP: swapped,
    }


# ---- what becomes of a corruption ----


class Judge:
    """A copy of the tables in which one corruption at a time is made, noticed or not, and taken back."""

    def __init__(self, source: Path, scratch: Path, chapters: list[Path]):
        self.folder, self.chapters = scratch, chapters
        for file in source.glob("*.csv"):
            shutil.copy(file, scratch)
        self.tables = {name: data.numbered(name, scratch) for name in schemas.TABLES}
        self.rows = identities.load_all(scratch)
        self.usual = {chapter: replay(chapter, self.plain(self.tables)) for chapter in chapters}
        if stopped := [outcome.stopped for outcome in self.usual.values() if outcome.stopped]:
            raise ValueError(f"a chapter does not run as it is: {stopped[0]}")
        self.reads = {identity: _tables_of(identity, self.rows) for identity in identities.IDENTITIES}

    def judge(self, mutation: Mutation) -> Result:
        """Return what becomes of a corruption."""
        file = self.folder / f"{mutation.table}.csv"
        original = file.read_bytes()
        rows = with_a_row(read_rows(self.folder, mutation.table), mutation.table, self.folder)
        key = schemas.TABLES[mutation.table].key
        row_id = rows[mutation.row][rows[0].index(key)] if key and mutation.row else ""
        file.write_bytes(spoiled(rows, mutation))
        try:
            frame = data.numbered(mutation.table, self.folder)
        except data.DataError as error:
            where = line_of(rows, mutation.row)
            caught = mutation.kind in NUMERIC or names(error, where, mutation)
            return Result(mutation, "schema" if caught else MISNAMED, str(error), row_id)
        finally:
            file.write_bytes(original)
        how, said = self.notice(mutation.table, frame)
        return Result(mutation, how, said, row_id)

    def notice(self, table: str, frame: pd.DataFrame) -> tuple[str, str]:
        """Return how a spoiled table that its schema accepts is noticed, and what is said."""
        rows = {**self.rows, table: frame.to_dict("records")}
        for identity, read in self.reads.items():
            if table in read and (found := identities.contradictions(rows, [identity])):
                made = found[0][1]
                return "identity", f"{made.table}.csv, {made.fault}"
        given, shown = self.plain({**self.tables, table: frame}), False
        for chapter, usual in self.usual.items():
            if table in usual.read:
                now = replay(chapter, given)
                if now.stopped:
                    return "chapter", now.stopped
                shown = shown or differs(usual, now)
        return (VISIBLE, "") if shown else (SURVIVOR, "")

    def bears(self, table: str, line: int, column: str) -> bool:
        """Say whether one cell bears on a fact: whether one changes once the cell is ten times as large, or a tenth."""
        for scale in influence.SCALES:
            frame = self.tables[table].copy()
            frame.loc[frame.index[line - 1], column] *= scale
            given = self.plain({**self.tables, table: frame})
            for chapter, usual in self.usual.items():
                if table in usual.read:
                    now = replay(chapter, given)
                    if now.stopped or now.facts != usual.facts:
                        return True
        return False

    @staticmethod
    def plain(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """Return the tables as a chapter gets them, without line numbers."""
        return {name: frame.drop(columns=data.ROW) for name, frame in tables.items()}


def differs(usual: Outcome, now: Outcome) -> bool:
    """Say whether a chapter says anything else than usual."""
    return now.facts != usual.facts or now.shown != usual.shown


def names(error: data.DataError, line: int, mutation: Mutation) -> bool:
    """Say whether a refusal names the file, the row and the column of the corruption."""
    cells = {(fault.row, column) for fault in error.faults for column in fault.column.split(",")}
    return error.file == f"data/{mutation.table}.csv" and (line, mutation.column) in cells


class _Noting(dict):
    """Tables that note which of them are looked at."""

    def __init__(self, tables: identities.Tables):
        super().__init__(tables)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> list[dict]:
        self.read.add(name)
        return super().__getitem__(name)

    def items(self) -> Iterable[tuple[str, list[dict]]]:
        self.read.update(self)
        return super().items()


def _tables_of(identity: Callable, tables: identities.Tables) -> set[str]:
    noting = _Noting(tables)
    list(identity(noting))
    return noting.read


# ---- many of them ----

_JUDGE: Judge | None = None  # one in each process


def _start(scratch: str) -> None:
    global _JUDGE
    influence.prepare()
    _JUDGE = Judge(paths.DATA, Path(tempfile.mkdtemp(dir=scratch)), paths.chapters())


def _judged(mutation: Mutation) -> Result:
    return _JUDGE.judge(mutation)


def _bears(cell: tuple[str, int, str]) -> bool:
    return _JUDGE.bears(*cell)


def run(sample: int | None, seed: int) -> tuple[list[Result], list[Result], list[str]]:
    """Return what became of the structural and of the numeric corruptions, and remarks on what did not apply.

    `sample` is how many of each to draw (default: all), `seed` what row, value and sample are drawn by.
    """
    pick = random.Random(seed)
    broken, idle = structural(paths.DATA, pick)
    claims = data.load("claims").dropna(subset=["low", "high"], how="all")["claim_id"]
    slipped, still = numeric(paths.DATA, [*influence.listed(), *(("claims", key) for key in claims)], pick)
    remarks = [f"not applicable: {_counted(idle)}", f"not applicable: {_counted(still)}"]
    if sample:
        broken, slipped = (pick.sample(all_of, min(sample, len(all_of))) for all_of in (broken, slipped))
    with (
        tempfile.TemporaryDirectory(prefix="mutate-") as scratch,
        ProcessPoolExecutor(max_workers=os.cpu_count(), initializer=_start, initargs=(scratch,)) as pool,
    ):
        # A row may bear by one of its numbers; a claim is checked, it bears on nothing
        cells = dict.fromkeys((one.table, one.row, one.column) for one in slipped if one.kind != BASIS)
        asked = [cell for cell in cells if cell[0] != "claims"]
        bears = {cell for cell, does in zip(asked, pool.map(_bears, asked, chunksize=8), strict=True) if does}
        kept = [
            one for one in slipped
            if one.kind == BASIS or one.table == "claims" or (one.table, one.row, one.column) in bears
        ]  # fmt: skip
        remarks[1] += f"; in cells that bear on nothing: {len(slipped) - len(kept)}"
        found = list(pool.map(_judged, [*broken, *kept], chunksize=8))
    return found[: len(broken)], found[len(broken) :], remarks


def _counted(kinds: Counter) -> str:
    return ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()) if number) or "none"


def report(broken: list[Result], slipped: list[Result], remarks: list[str]) -> str:
    """Return the rates by kind, and each corruption that slipped through."""
    lines = ["Structural corruptions: caught with file, row and column named"]
    lines += _rates(STRUCTURAL, broken, {"caught": ("schema",)})
    lines += [f"  {remarks[0]}", "Numeric corruptions of influential values and claims"]
    lines += _rates(NUMERIC, slipped, {**{how: (how,) for how in CAUGHT}, "caught": CAUGHT, VISIBLE: (VISIBLE,)})
    lines += [f"  {remarks[1]}"]
    missed = [result for result in broken if result.how != "schema"]
    missed += [result for result in slipped if result.how == SURVIVOR]
    lines += [f"  {result.how}: {result.mutation} [{result.row_id}]" for result in missed]
    return "\n".join(lines)


def _rates(kinds: tuple[str, ...], results: list[Result], columns: dict[str, tuple[str, ...]]) -> list[str]:
    heads = "".join(f"{name:>11}" for name in ("made", *columns))
    lines = [f"  {'':34}{heads}"]
    for kind in (*kinds, "all"):
        found = [result for result in results if kind in ("all", result.mutation.kind)]
        shares = [sum(result.how in hows for result in found) for hows in columns.values()]
        if found:
            cells = "".join(f"{100 * share / len(found):10.1f}%" for share in shares)
            lines.append(f"  {kind:34}{len(found):11}{cells}")
    return lines


def main() -> None:
    """Print the report; end with an error unless every structural corruption was caught and named."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sample", type=int, help="how many corruptions of each sort to draw; default: all")
    options.add_argument("--seed", type=int, default=SEED, help="what rows, values and the sample are drawn by")
    chosen = options.parse_args()
    started = time.perf_counter()
    broken, slipped, remarks = run(chosen.sample, chosen.seed)
    print(report(broken, slipped, remarks))
    print(f"  {time.perf_counter() - started:.0f} s, seed {chosen.seed}")
    if missed := sum(result.how != "schema" for result in broken):
        sys.exit(f"{missed} structural corruptions were not caught with file, row and column")


if __name__ == "__main__":
    main()
