"""Load the hand-typed tables: read, correct, validate, remember what was read.

Only this module opens a CSV in `data/`. A table with a fault is refused whole, with one message that
names file, row (as an editor numbers it), column, value and what was expected, for every fault at once.
"""

import csv
import difflib
import functools
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from chipcheck import edition, paths, schemas
from chipcheck.ids import split_ids

MAX_FIELD = 2_000  # characters; the longest honest note is far shorter, a pasted page is not
PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # not \d, which takes the digits of every script
NUMBER_FORMS = {
    "number": (PLAIN_NUMBER, "a plain number such as 12 or 3.5"),
    "integer": (re.compile(r"-?[0-9]+"), "a whole number such as 12"),
}
MAX_WORD = 60  # characters without a place to break a line; the longest honest word has half of that
LONG_WORD = re.compile(rf"[^\s/;,\u2e80-\uffef-]{{{MAX_WORD + 1},}}")
ROW = "__row__"  # the line in the file, kept beside the data until validation is over


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a table. `row` is the line an editor shows; 0 means the file as a whole."""

    row: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else "file"
        column = f", column {self.column}" if self.column else ""
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        return f"{where}{column}: found {shown!r}, expected {self.expected}"


class DataError(ValueError):
    """A table was refused; the message lists every fault."""

    def __init__(self, file: str, faults: list[Fault]):
        self.file = file
        self.faults = sorted(set(faults))
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        count = len(self.faults)
        super().__init__(f"{file}: {count} fault{'' if count == 1 else 's'}\n{lines}")


class RowError(LookupError):
    """One row was wanted and none, or several, are there; the message names table, filter and count."""


def load(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return table `name` from `data/`, corrected and validated, one row per row of the CSV.

    Empty cells become missing values; number columns become floats. Values listed in `corrections.csv`
    are replaced first. The frame's `attrs["table"]` is `name`. Raises `DataError` for a faulty table and
    `KeyError` for a table that has no schema.
    """
    frame = _plain(*_state(name, folder)).copy()
    frame.attrs["table"] = name
    return frame


def numbered(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Return the table as `load` does, with the line of each row in the file in column `ROW`."""
    return _load(*_state(name, folder)).copy()


def only(frame: pd.DataFrame, key: str | None = None, /, **wanted: object) -> pd.Series:
    """Return the one row of a table that has this key and these values.

    `key` is looked up in the frame's index, if it has a name, and else in the key column of its table. Raises
    `RowError` naming table, filter and number of rows where there is not exactly one.
    """
    found, asked = _matching(frame, key, wanted)
    if len(found) != 1:
        count = "no row" if found.empty else f"{len(found)} rows"
        raise RowError(f"{_place(frame)} has {count} with {asked}; exactly one is needed")
    return found.iloc[0]


def first(frame: pd.DataFrame, /, **wanted: object) -> pd.Series:
    """Return the first row of a table that has these values; raises `RowError` as `only` does where there is none."""
    found, asked = _matching(frame, None, wanted)
    if found.empty:
        raise RowError(f"{_place(frame)} has no row with {asked}; at least one is needed")
    return found.iloc[0]


def _place(frame: pd.DataFrame) -> str:
    return f"data/{frame.attrs['table']}.csv" if frame.attrs.get("table") else "a table of this notebook"


def _key_column(frame: pd.DataFrame) -> str:
    """Return by what the rows of a frame are named: its index, if that has been set, or its table's key column."""
    table = schemas.TABLES.get(frame.attrs.get("table", ""))
    is_numbered = isinstance(frame.index, pd.RangeIndex) or pd.api.types.is_integer_dtype(frame.index)
    return table.key if table and table.key in frame and is_numbered else frame.index.name or "index"


def _matching(frame: pd.DataFrame, key: str | None, wanted: dict[str, object]) -> tuple[pd.DataFrame, str]:
    """Return the rows that have a key and values, and what was asked for in words."""
    found, asked = frame, []
    if key is not None:
        name = _key_column(frame)
        values = frame.get(name, frame.index)
        found = frame[values == key]
        near = difflib.get_close_matches(str(key), map(str, values), 1) if found.empty else []
        asked.append(f"{name} {key}" + (f" (is it {near[0]}?)" if near else ""))
    for column, value in wanted.items():
        found = found[found[column] == value]
        asked.append(f"{column} {value}")
    return found, ", ".join(asked) or "any values"


def these(frame: pd.DataFrame, keys: Iterable[str]) -> pd.DataFrame:
    """Return the rows with these keys, in this order, each found exactly once; raises `RowError` as `only` does."""
    keys = list(keys)
    for key in keys:
        only(frame, key)
    name = _key_column(frame)
    return (frame.set_index(name) if name in frame else frame).loc[keys]


def typed(piece: str, folder: Path | None = None) -> str:
    """Return for the end of a message which cells of `data/` hold a piece of text, the first three of them.

    >>> typed("no cell holds this")
    ''
    """
    found = []
    for name, table in schemas.TABLES.items():
        frame, _ = _read(table, Path(folder) if folder else paths.DATA)
        for column in table.columns if frame is not None else ():
            rows = frame.loc[frame[column].fillna("").str.contains(piece, regex=False), ROW]
            found += [f"data/{name}.csv, row {row}, column {column}" for row in rows]
    return f"; typed in {'; '.join(found[:3])}{' and elsewhere' if len(found) > 3 else ''}" if found else ""


def merged(refused: list[DataError]) -> DataError:
    """Return one error for several tables refused: the first, its message followed by those of the others."""
    first = DataError(refused[0].file, refused[0].faults)
    first.args = ("\n".join(str(error) for error in refused),)
    return first


def cite(source_ids: str | list[str] | tuple[str, ...], folder: Path | None = None) -> str:
    """Return Markdown links for sources, readable anywhere and recognised by the report's merge step.

    `source_ids` is one id, a list, or a `;`-joined string. An unknown id raises `KeyError`.
    """
    links = _links(*_state("sources", folder))
    return " ".join(links[source_id] for source_id in own_language_first(split_ids(source_ids), folder))


def own_language_first(source_ids: list[str], folder: Path | None = None) -> list[str]:
    """Return ids of sources, in another edition than the English one those in its language before the others."""
    if edition.language() == edition.SOURCE:
        return source_ids
    languages = _languages(*_state("sources", folder))
    return sorted(source_ids, key=lambda source_id: languages.get(source_id) != edition.language())


def publishers(source_ids: list[str], folder: Path | None = None) -> str:
    """Return the publishers of sources as one line for the foot of a chart, each named once.

    What stands in brackets (how a document was read, the platform it lies on) is left to the list of sources.
    """
    sources = load("sources", folder).set_index("source_id")
    source_ids = own_language_first(source_ids, folder)
    names = (edition.publisher(sources.loc[source_id, "publisher"]) for source_id in source_ids)
    return edition.said("; ").join(dict.fromkeys(re.sub(r"\s*\(.*?\)", "", name) for name in names))


def tables_read() -> list[str]:
    """Return the names of the tables read by this process so far, sorted."""
    return sorted(_READ)


@functools.lru_cache(maxsize=4)
def _links(name: str, folder: Path, state: tuple) -> dict[str, str]:
    """Return the Markdown link for each source by id; a report cites some two thousand times."""
    return {source["source_id"]: _link(source) for source in _load(name, folder, state).to_dict("records")}


@functools.lru_cache(maxsize=4)
def _languages(name: str, folder: Path, state: tuple) -> dict[str, str]:
    """Return the language of each source by id."""
    frame = _load(name, folder, state)
    return dict(zip(frame["source_id"], frame["language"], strict=True))


def _link(source: dict) -> str:
    label = re.sub(r"([\[\]])", r"\\\1", source["publisher"])
    address = f"#source-{source['source_id']}" if source["linked"] == "no" else source["url"]
    return f'[{label}]({address} "source:{source["source_id"]}")'


def read_nothing() -> None:
    """Begin anew what `tables_read` returns; a process forked from one that has read tables did not ask for them."""
    _READ.clear()


_READ: set[str] = set()


def _behind(name: str) -> set[str]:
    """Return the tables that loading one reads: itself, the corrections, and those to which the ids of both point."""
    names = {name, "corrections"}
    return names | {other for one in names for other, _ in schemas.TABLES[one].foreign.values()}


def _remember(name: str) -> None:
    """Note that a table was read, also in the file that a build asks for (see publish.execute)."""
    if name in _READ:
        return
    _READ.add(name)
    if log := os.environ.get("CHIPCHECK_READS"):
        with Path(log).open("a", encoding="utf-8") as stream:
            stream.write(f"{name}\n")


# ---- from the file to a validated frame ----


def _state(name: str, folder: Path | None) -> tuple[str, Path, tuple]:
    """Note that a table is read; return name, folder and the times of all its CSVs: the key of what is kept."""
    folder = Path(folder) if folder else paths.DATA
    for one in sorted(_behind(name)):  # also where the table is at hand already
        _remember(one)
    try:
        with os.scandir(folder) as files:  # each load asks, so it must cost little
            times = sorted((file.name, file.stat().st_mtime_ns) for file in files if file.name.endswith(".csv"))
    except FileNotFoundError:
        times = []  # the read says so
    return name, folder, tuple(times)


@functools.lru_cache(maxsize=64)
def _plain(name: str, folder: Path, state: tuple) -> pd.DataFrame:
    """Return a validated table without the lines of its rows."""
    return _load(name, folder, state).drop(columns=ROW)


@functools.lru_cache(maxsize=64)  # more than there are tables; a session that edits them must not keep every state
def _load(name: str, folder: Path, state: tuple) -> pd.DataFrame:
    """Read, correct and validate; `state` is only part of the key under which the result is kept."""
    table = schemas.TABLES[name]
    frame, faults = _read(table, folder)
    if frame is not None:
        frame = frame.astype({column: "str" for column in table.columns})
        if name != "corrections":
            frame, wrong = _correct(table, frame, folder)
            faults += wrong
        frame, wrong = _numbers(table, frame)
        faults += wrong
        faults = _drop_follow_on_faults(faults, _validate(table, frame) + _foreign(table, frame, folder))
    if faults:
        raise DataError(f"data/{name}.csv", faults)
    return frame


def _drop_follow_on_faults(faults: list[Fault], more: list[Fault]) -> list[Fault]:
    """Return all faults without those of `more` that only follow from one listed before for the same cell."""
    seen = {(fault.row, fault.column) for fault in faults}
    kept = list(faults)
    for fault in sorted(more, key=lambda fault: fault.column.count(",")):  # single cells before whole rows
        if not any((fault.row, column) in seen for column in fault.column.split(",")):
            kept.append(fault)
            seen.add((fault.row, fault.column))
    return kept


def _read(table: schemas.Table, folder: Path) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read a CSV as text: the cells with the file's line numbers, and faults of form.

    Returns no frame where the file is not there or its header is not the expected one.
    """
    path = folder / f"{table.name}.csv"
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, [Fault(0, "", path.name, "a file of that name in data/")]
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw.count(0) > len(raw) / 4:
        return None, [Fault(0, "", "UTF-16 text", "UTF-8")]
    faults = []
    text = raw.decode("utf-8", errors="surrogateescape")  # a wrong byte is then reported with its cell
    if text.startswith("\ufeff"):
        first = next(iter(table.columns))
        faults.append(Fault(1, first, "byte order mark", "UTF-8 without a byte order mark"))
        text = text[1:]
    if "\r" in text:
        at = text.index("\r")
        row, column = text[:at].count("\n") + 1, [*table.columns][-1] if text[at : at + 2] == "\r\n" else ""
        wanted = f"LF line ends (the first of {text.count(chr(13))} carriage returns)"
        faults.append(Fault(row, column, "\r", wanted))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return None, [*faults, Fault(0, "", "", "a header and rows; the file is empty")]
    frame, wrong = _parse(table, text)
    return frame, faults + wrong


def _parse(table: schemas.Table, text: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    expected = list(table.columns)
    csv.field_size_limit(2**31 - 1)  # too long a field is our fault to report, not the reader's to crash on
    # Lines end at LF alone: the row numbers must be those of an editor
    reader = csv.reader((line + "\n" for line in text.removesuffix("\n").split("\n")), strict=True)
    rows, faults, start = [], [], 1
    try:
        header = next(reader)
        if header != expected:
            return None, _header_faults(header, expected)
        start = reader.line_num + 1
        for fields in reader:
            if len(fields) == len(expected):
                rows.append([*(field or float("nan") for field in fields), start])
                faults += _form_faults(table, start, dict(zip(expected, fields, strict=True)))
            elif not fields:
                faults.append(Fault(start, "", "", "no blank line"))
            else:
                faults.append(Fault(start, "", f"{len(fields)} fields", f"{len(expected)} fields"))
            start = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(start, "", str(error), "well-formed CSV"))
    if not rows and not faults and not table.may_be_empty:
        faults.append(Fault(0, "", "only a header", "at least one row"))
    return pd.DataFrame(rows, columns=[*expected, ROW], dtype="object").astype({ROW: "int64"}), faults


def _header_faults(header: list[str], expected: list[str]) -> list[Fault]:
    faults = [Fault(1, name, "no such column", "this column") for name in expected if name not in header]
    faults += [Fault(1, name, name, "no such column") for name in header if name not in expected]
    faults += [Fault(1, name, name, "a column of that name once") for name in expected if header.count(name) > 1]
    return faults or [Fault(1, "", ",".join(header), f"the columns in this order: {','.join(expected)}")]


def _form_faults(table: schemas.Table, row: int, cells: dict[str, str]) -> list[Fault]:
    faults = []
    for column, value in cells.items():
        piece, wanted = _form_wanted(value, breaks=table.breaks(column))
        if wanted:
            at = value.find(piece) + 1
            where = f" (at character {at})" if at > 1 and piece != value else ""
            faults.append(Fault(row, column, piece, wanted + where))
    return faults


def _form_wanted(value: str, breaks: bool = True) -> tuple[str, str]:
    """Return the piece of a cell that is not as it should be and what was wanted, or nothing twice.

    `breaks` says whether a line of the report must be able to break within the cell.
    """
    if len(value) > MAX_FIELD:
        return value, f"at most {MAX_FIELD} characters"
    if bad := re.search("[\udc80-\udcff]", value):
        return value[max(0, bad.start() - 10) : bad.end() + 10], "UTF-8 text"
    if value != value.strip():
        return value, "no space before or after"
    if not value.isprintable() and (hidden := [char for char in value if char != "\n" and not char.isprintable()]):
        at = value.index(hidden[0])
        wanted = "no control characters, invisible characters or spaces of another kind"
        return value[max(0, at - 10) : at + 10], wanted
    for line in value.split("\n"):
        if line.startswith(("=", "@", "+")) or (line.startswith("-") and not PLAIN_NUMBER.fullmatch(line)):
            return line, "no text that a spreadsheet would run as a formula"
    if tag := re.search(r"</?[a-zA-Z!][^>]*>?", value):
        return tag[0], "no HTML"
    if breaks and (word := LONG_WORD.search(value)):
        return word[0], f"a space, or at most {MAX_WORD} characters without one"
    return "", ""


def _correct(table: schemas.Table, frame: pd.DataFrame, folder: Path) -> tuple[pd.DataFrame, list[Fault]]:
    """Apply the rows of corrections.csv that concern this table to its text cells."""
    corrections = _load(*_state("corrections", folder))
    fixes = corrections[corrections["table"] == table.name].to_dict("records")
    if not fixes:
        return frame, []
    frame, faults = frame.copy(), []
    for fix in fixes:
        where = f"row {fix[ROW]} of data/corrections.csv"
        rows = frame.index[frame[table.key] == fix["row_id"]]
        if len(rows) != 1:
            wanted = f"a row of that name in this table, as {where} has it"
            faults.append(Fault(0, table.key, fix["row_id"], wanted))
            continue
        found = frame.loc[rows[0], fix["column"]]
        if found != fix["printed"]:
            line = int(frame.loc[rows[0], ROW])
            faults.append(Fault(line, fix["column"], _shown(found), f"{fix['printed']!r}, as {where} has it"))
        frame.loc[rows[0], fix["column"]] = fix["used"]
    return frame, faults


def _numbers(table: schemas.Table, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn number columns into floats; anything but a plain decimal is a fault and becomes missing."""
    frame, faults = frame.copy(), []
    for column in table.number_columns:
        form, wanted = NUMBER_FORMS[table.columns[column].kind]
        text = frame[column]
        bad = text.notna() & ~text.fillna("0").str.fullmatch(form)
        cells = zip(frame.loc[bad, ROW], text[bad], strict=True)
        faults += [Fault(int(row), column, value, wanted) for row, value in cells]
        frame[column] = text.mask(bad).astype("float64")
    return frame, faults


def _validate(table: schemas.Table, frame: pd.DataFrame) -> list[Fault]:
    """Return what pandera finds wrong, in the words of the schema."""
    from pandera.errors import SchemaErrors

    try:
        table.schema.validate(frame.drop(columns=ROW), lazy=True)
    except SchemaErrors as error:
        return [_fault(case, frame) for case in error.failure_cases.to_dict("records")]
    return []


def _fault(case: dict, frame: pd.DataFrame) -> Fault:
    column, expected = str(case["column"]), str(case["check"])
    if pd.isna(case["index"]):  # a check that could not be run, which is our mistake: show it whole
        return Fault(0, column, str(case["failure_case"]), expected)
    record = frame.loc[int(case["index"])]
    row = int(record[ROW])
    if case["schema_context"] == "DataFrameSchema":  # a rule over the row; pandera repeats it for each column
        columns, _, wanted = expected.partition(": ")
        shown = ", ".join(_shown(record[name]) for name in columns.split(","))
        return Fault(row, columns, shown, wanted)
    if expected == "not_nullable":
        return Fault(row, column, "", "a value; this column must not be empty")
    if expected == "field_uniqueness":
        expected = "a value that occurs once in the table"
    return Fault(row, column, _shown(record[column]), expected)


def _shown(value: object) -> str:
    """Return a cell as it was typed, 12 rather than 12.0; nothing for a missing value."""
    if pd.isna(value):
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


@functools.lru_cache(maxsize=64)
def _ids(name: str, key: str, folder: Path, state: int) -> frozenset[str]:
    """Return the ids of a table as they stand in its file; `state` is only part of the key under which they are kept.

    Not those of the validated table: corrections.csv itself cites sources, and sources.csv itself may be corrected.
    """
    listed, wrong = _read(schemas.TABLES[name], folder)
    if listed is None:
        raise DataError(f"data/{name}.csv", wrong)
    return frozenset(listed[key])


def _foreign(table: schemas.Table, frame: pd.DataFrame, folder: Path) -> list[Fault]:
    """Return a fault for each id that the table it points to does not have."""
    faults = []
    for column, (other, key) in table.foreign.items():
        file = folder / f"{other}.csv"
        known = _ids(other, key, folder, file.stat().st_mtime_ns if file.exists() else 0)
        for row, ids in zip(frame[ROW], frame[column], strict=True):
            if pd.isna(ids):
                continue
            parts = split_ids(ids) if column in table.several else [ids]
            faults += [
                Fault(int(row), column, part, f"an id listed in data/{other}.csv")
                for part in parts
                if part not in known
            ]
            if column in table.several and ";".join(parts) != ids:
                faults.append(Fault(int(row), column, ids, "ids joined by ; without spaces, gaps or repeats"))
    return faults
