"""data.load refuses every wrong keystroke that would look fine, and says where it is.

Each case below spoils one cell, line or byte of a copy of the committed tables. What matters is that the
message names the row an editor shows, the column, the value and what was expected.
"""

import re
import time

import nbformat
import pytest

from chipcheck import data, identities, paths, schemas


def faults(folder, table):
    """The faults for which `table` is refused, as (row, column, value, expected); fails if it is accepted."""
    with pytest.raises(data.DataError) as caught:
        data.load(table, folder.path)
    assert caught.value.file == f"data/{table}.csv"
    assert str(caught.value).startswith(f"data/{table}.csv: {len(caught.value.faults)} fault")
    return [(fault.row, fault.column, fault.value, fault.expected) for fault in caught.value.faults]


def rewrite(folder, table, change):
    """Replace the bytes of a table by `change(bytes)`."""
    file = folder.file(table)
    file.write_bytes(change(file.read_bytes()))


# ---- the committed tables ----


@pytest.mark.parametrize("table", schemas.TABLES)
def test_committed_tables_load(table):
    frame = data.load(table)
    assert list(frame.columns) == list(schemas.TABLES[table].columns)
    assert frame.attrs["table"] == table
    for column in schemas.TABLES[table].number_columns:
        assert frame[column].dtype == "float64"


def test_every_table_has_a_schema_and_every_schema_a_table():
    assert {file.stem for file in paths.DATA.glob("*.csv")} == set(schemas.TABLES)


def test_a_table_without_schema_is_a_key_error():
    with pytest.raises(KeyError, match="no_such_table"):
        data.load("no_such_table")


def test_a_changed_frame_does_not_reach_the_next_reader(folder):
    frame = data.load("chip_specs", folder.path)
    frame["value"] = 0.0
    assert (data.load("chip_specs", folder.path)["value"] > 0).all()


def test_a_file_edited_during_a_session_is_read_again(folder):
    before = data.load("chip_specs", folder.path)["value"].iloc[0]
    folder.set("chip_specs", 2, "value", "149")
    assert (before, data.load("chip_specs", folder.path)["value"].iloc[0]) == (148, 149)


# ---- one wrong cell ----

WHOLE, PLAIN = "a whole number such as 12", "a plain number such as 12 or 3.5"
DATE = "a date as 2024, 2024-Q4, 2024-11 or 2024-11-13"
FORMULA = "no text that a spreadsheet would run as a formula"
INVISIBLE = "no control characters, invisible characters or spaces of another kind"
ONCE = "a value that occurs once in the table"

CELLS = [
    # table, row, column, value typed, what was expected
    ("chip_specs", 3, "value", "1,979", PLAIN),
    ("chip_specs", 3, "value", "nan", PLAIN),
    ("chip_specs", 3, "value", "inf", PLAIN),
    ("chip_specs", 3, "value", "１２", PLAIN),
    ("chip_specs", 3, "value", "1e3", PLAIN),
    ("chip_specs", 3, "value", "about 12", PLAIN),
    ("chip_specs", 3, "value", "", "a value; this column must not be empty"),
    ("claims", 4, "line", "5.5", WHOLE),
    ("mlperf_results", 4, "chips", "0", "a number of at least 1"),
    ("serving_throughput", 5, "value", "99999999", "a number of at most 1e+06"),
    ("chip_specs", 3, "as_of", "2025-02-30", DATE),
    ("chip_specs", 3, "as_of", "2025-13", DATE),
    ("chip_specs", 3, "as_of", "13.11.2025", DATE),
    ("chip_specs", 3, "as_of", "２０２５", DATE),
    ("chip_specs", 3, "as_of", "2205-11", DATE),
    ("chip_specs", 3, "status", "guessed", "one of measured, disclosed, claimed, computed, forecast"),
    ("chip_specs", 3, "status", "Disclosed", "one of measured, disclosed, claimed, computed, forecast"),
    ("chip_specs", 3, "row_id", "H20 BF16", "lower-case words joined by hyphens"),
    ("chip_specs", 3, "source_id", "epoch-ml-hardwear", "an id listed in data/sources.csv"),
    ("chip_specs", 3, "note", " leading", "no space before or after"),
    ("chip_specs", 3, "note", "trailing ", "no space before or after"),
    ("chip_specs", 3, "note", "=1+1", FORMULA),
    ("chip_specs", 3, "note", "@SUM(A1)", FORMULA),
    ("chip_specs", 3, "note", "+1", FORMULA),
    ("chip_specs", 3, "note", "-1+cmd", FORMULA),
    ("chip_specs", 3, "note", "bell\x07", INVISIBLE),
    ("chip_specs", 3, "note", "null\x00", INVISIBLE),
    ("chip_specs", 3, "chip", "H\u200b20", INVISIBLE),
    ("chip_specs", 3, "note", "no\u00a0break", INVISIBLE),
    ("chip_specs", 3, "note", "a <script>alert(1)</script>", "no HTML"),
    ("chip_specs", 3, "note", "<!-- hidden", "no HTML"),
    ("chip_specs", 3, "note", "2.7\n=cmd|' /C calc'!A0", "no text that a spreadsheet would run as a formula"),
    ("chip_specs", 3, "note", "letters " + "x" * 61, "a space, or at most 60 characters without one"),
    ("chip_specs", 3, "note", "x" * 2_001, "at most 2000 characters"),
    ("sources", 3, "url", "javascript:alert(1)", "an address that begins with http:// or https://"),
    ("sources", 3, "language", "english", "a two-letter language code"),
    ("nvidia_revenue", 3, "fiscal_period", "2022", "FY2025 or FY2025-Q1"),
    ("claims", 4, "topic", "policy", None),
    ("claims", 4, "weight", "heavy", None),
    ("sources", 3, "kind", "quaternary", None),
    ("verdicts", 4, "rating", "cannot be verified", None),
    ("claims", 6, "unit", "percent", None),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "expected"), CELLS)
def test_a_wrong_cell_is_named(folder, table, row, column, value, expected):
    folder.set(table, row, column, value)
    found = faults(folder, table)
    assert [fault[:2] for fault in found] == [(row, column)]
    assert found[0][2] and found[0][2] in value or found[0][2] == value  # a long cell shows the piece that offends
    assert expected is None or found[0][3].partition(" (at character")[0] == expected


def test_the_message_is_what_a_person_needs(folder):
    folder.set("chip_specs", 3, "value", "1,979")
    with pytest.raises(data.DataError) as caught:
        data.load("chip_specs", folder.path)
    assert str(caught.value) == (
        "data/chip_specs.csv: 1 fault\n  row 3, column value: found '1,979', expected a plain number such as 12 or 3.5"
    )


def test_all_faults_come_at_once_whatever_their_kind(folder):
    folder.set("chip_specs", 2, "note", "=1+1")
    folder.set("chip_specs", 3, "value", "many")
    folder.set("chip_specs", 4, "status", "guessed")
    folder.set("chip_specs", 5, "source_id", "nobody")
    folder.set("chip_specs", 6, "unit", "GB")
    folder.set("chip_specs", 8, "as_of", "soon")
    rows = folder.rows("chip_specs")
    folder.write("chip_specs", [*rows, rows[1][:-1]])
    assert [fault[:2] for fault in faults(folder, "chip_specs")] == [
        (2, "note"),
        (3, "value"),
        (4, "status"),
        (5, "source_id"),
        (6, "metric,unit"),
        (6, "precision,unit"),  # row 6 is an int8 rate
        (8, "as_of"),
        (len(rows) + 1, ""),
    ]


def test_a_key_used_twice_is_named_at_both_rows(folder):
    first = folder.rows("chip_specs")[1][0]
    folder.set("chip_specs", 5, "row_id", first)
    assert faults(folder, "chip_specs") == [(2, "row_id", first, ONCE), (5, "row_id", first, ONCE)]


@pytest.mark.parametrize("cell", ["mlperf-inference-v40; mlperf-inference-v41", "mlperf-inference-v40;"])
def test_several_ids_are_joined_one_way(folder, cell):
    folder.set("chip_specs", 3, "source_id", cell)
    wanted = "ids joined by ; without spaces, gaps or repeats"
    assert faults(folder, "chip_specs") == [(3, "source_id", cell, wanted)]


def test_one_unknown_id_among_several_is_named(folder):
    folder.set("chip_specs", 3, "source_id", "epoch-ml-hardware;nobody")
    assert faults(folder, "chip_specs") == [(3, "source_id", "nobody", "an id listed in data/sources.csv")]


def test_a_verdict_for_no_claim_is_named(folder):
    claim_id = folder.rows("verdicts")[2][0]
    folder.set("verdicts", 3, "claim_id", "no-such-claim")
    assert claim_id != "no-such-claim"
    assert faults(folder, "verdicts") == [(3, "claim_id", "no-such-claim", "an id listed in data/claims.csv")]


# ---- the file as a whole ----


def test_rows_are_numbered_as_an_editor_numbers_them(folder):
    folder.set("chip_specs", 2, "note", "first line\nsecond line\n\nfourth line")
    rows = folder.rows("chip_specs")
    rows[3][rows[0].index("value")] = "many"
    folder.write("chip_specs", rows)
    line = folder.file("chip_specs").read_text(encoding="utf-8").split("\n")[7 - 1]
    assert line.startswith(rows[3][0])
    assert faults(folder, "chip_specs") == [(7, "value", "many", PLAIN)]


def test_missing_column(folder):
    folder.write("chip_specs", [row[:-1] for row in folder.rows("chip_specs")])
    assert faults(folder, "chip_specs") == [(1, "note", "no such column", "this column")]


def test_extra_column(folder):
    folder.write("chip_specs", [[*row, "remark"] for row in folder.rows("chip_specs")])
    assert faults(folder, "chip_specs") == [(1, "remark", "remark", "no such column")]


def test_column_twice(folder):
    folder.write("chip_specs", [[*row, "note"] for row in folder.rows("chip_specs")])
    assert faults(folder, "chip_specs") == [(1, "note", "note", "a column of that name once")]


def test_columns_in_another_order(folder):
    folder.write("chip_specs", [[*row[1:], row[0]] for row in folder.rows("chip_specs")])
    [(row, column, value, expected)] = faults(folder, "chip_specs")
    assert (row, column) == (1, "")
    assert value.startswith("chip,metric") and "in this order: row_id,chip,metric" in expected


@pytest.mark.parametrize(("cut", "shown"), [(slice(None, -1), "11 fields"), (slice(None), "13 fields")])
def test_wrong_number_of_fields(folder, cut, shown):
    rows = folder.rows("chip_specs")
    rows[4] = [*rows[4][cut], *(["more"] if shown == "13 fields" else [])]
    folder.write("chip_specs", rows)
    assert faults(folder, "chip_specs") == [(5, "", shown, "12 fields")]


def test_blank_lines(folder):
    rewrite(folder, "yields", lambda raw: raw.replace(b"\n", b"\n\n", 2))
    assert faults(folder, "yields") == [(2, "", "", "no blank line"), (4, "", "", "no blank line")]


def test_bytes_that_are_not_utf_8(folder):
    folder.set("yields", 3, "note", "caf\u00e9")
    rewrite(folder, "yields", lambda raw: raw.replace("caf\u00e9".encode(), b"caf\xe9"))
    assert faults(folder, "yields") == [(3, "note", "caf\udce9", "UTF-8 text")]
    with pytest.raises(data.DataError, match=r"row 3, column note: found 'caf\\udce9', expected UTF-8 text"):
        data.load("yields", folder.path)


def test_byte_order_mark(folder):
    rewrite(folder, "yields", lambda raw: b"\xef\xbb\xbf" + raw)
    wanted = "UTF-8 without a byte order mark"
    assert faults(folder, "yields") == [(1, "row_id", "byte order mark", wanted)]


def test_line_ends_of_another_system(folder):
    lines = folder.file("yields").read_bytes().count(b"\n")
    rewrite(folder, "yields", lambda raw: raw.replace(b"\n", b"\r\n"))
    wanted = f"LF line ends (the first of {lines} carriage returns)"
    assert faults(folder, "yields") == [(1, "note", "\r", wanted)]


def test_a_quote_that_is_never_closed(folder):
    rewrite(folder, "yields", lambda raw: raw + b'"new,row\n')
    [(row, column, _, expected)] = faults(folder, "yields")
    assert (row, column, expected) == (len(folder.rows("yields")), "", "well-formed CSV")


def test_empty_file(folder):
    rewrite(folder, "yields", lambda raw: b"")
    assert faults(folder, "yields") == [(0, "", "", "a header and rows; the file is empty")]


def test_only_a_header(folder):
    folder.write("yields", folder.rows("yields")[:1])
    assert faults(folder, "yields") == [(0, "", "only a header", "at least one row")]


def test_corrections_may_have_only_a_header(folder):
    folder.write("corrections", folder.rows("corrections")[:1])
    assert len(data.load("corrections", folder.path)) == 0


def test_missing_file(folder):
    folder.file("yields").unlink()
    assert faults(folder, "yields") == [(0, "", "yields.csv", "a file of that name in data/")]


def test_a_missing_file_of_ids_is_named_itself(folder):
    folder.file("sources").unlink()
    with pytest.raises(data.DataError, match=r"^data/sources\.csv: 1 fault"):
        data.load("yields", folder.path)


def test_ten_megabytes_in_one_cell_are_refused_at_once(folder):
    folder.set("yields", 3, "note", "x" * 10_000_000)
    start = time.monotonic()
    [(row, column, _, expected)] = faults(folder, "yields")
    assert (row, column, expected) == (3, "note", "at most 2000 characters")
    assert time.monotonic() - start < 5
    with pytest.raises(data.DataError) as caught:
        data.load("yields", folder.path)
    assert len(str(caught.value)) < 500


# ---- corrections ----

CORRECTION = ("chip_specs", "h20-bf16-dense-ant", "value", "148", "147", "read again", "epoch-ml-hardware")


def test_a_correction_is_applied_and_listed(folder):
    folder.append("corrections", *CORRECTION)
    specs = data.load("chip_specs", folder.path).set_index("row_id")
    assert specs.loc["h20-bf16-dense-ant", "value"] == 147
    assert tuple(data.load("corrections", folder.path).iloc[-1]) == CORRECTION


def test_a_correction_reaches_only_its_table(folder):
    folder.append("corrections", *CORRECTION)
    assert data.load("yields", folder.path).equals(data.load("yields"))


def test_sources_can_be_corrected(folder):
    rows = folder.rows("sources")
    fix = ("sources", rows[1][0], "language", rows[1][8], "fr", "misread", rows[1][0])
    folder.append("corrections", *fix)
    assert data.load("sources", folder.path)["language"].iloc[0] == "fr"


def test_a_correction_of_another_value_than_the_one_in_the_table_stops(folder):
    row = folder.append("corrections", *CORRECTION[:3], "150", *CORRECTION[4:])
    wanted = f"'150', as row {row} of data/corrections.csv has it"
    assert faults(folder, "chip_specs") == [(2, "value", "148", wanted)]


def test_a_correction_of_a_row_that_is_gone_stops(folder):
    row = folder.append("corrections", "chip_specs", "no-such-row", *CORRECTION[2:])
    wanted = f"a row of that name in this table, as row {row} of data/corrections.csv has it"
    assert faults(folder, "chip_specs") == [(0, "row_id", "no-such-row", wanted)]


def test_a_correction_cannot_bring_in_a_value_that_the_table_would_refuse(folder):
    folder.append("corrections", *CORRECTION[:4], "many", *CORRECTION[5:])
    assert faults(folder, "chip_specs") == [(2, "value", "many", PLAIN)]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("no_such_table", "value"),
        ("chip_specs", "no_such_column"),
        ("chip_specs", "row_id"),
        ("corrections", "used"),
    ],
)
def test_a_correction_of_no_known_cell_stops(folder, table, column):
    row = folder.append("corrections", table, "h20-bf16-dense-ant", column, *CORRECTION[3:])
    [fault] = faults(folder, "corrections")
    assert fault[:3] == (row, "table,column", f"{table}, {column}")
    with pytest.raises(data.DataError, match=rf"^data/corrections\.csv: 1 fault\n  row {row}, "):
        data.load("chip_specs", folder.path)  # whatever table is loaded: the mistake cannot stay unseen


def test_a_correction_without_known_source_stops(folder):
    row = folder.append("corrections", *CORRECTION[:-1], "nobody")
    assert faults(folder, "corrections") == [(row, "source_id", "nobody", "an id listed in data/sources.csv")]


def test_a_correction_that_changes_nothing_stops(folder):
    row = folder.append("corrections", *CORRECTION[:4], "148", *CORRECTION[5:])
    [fault] = faults(folder, "corrections")
    assert fault[:3] == (row, "printed,used", "148, 148")


# ---- citing ----


def test_cite_links_each_source_once(folder):
    link = data.cite("epoch-ml-hardware;epoch-ml-hardware", folder.path)
    assert link == '[Epoch AI](https://epoch.ai/data/machine-learning-hardware "source:epoch-ml-hardware")'


def test_cite_refuses_an_unknown_source(folder):
    with pytest.raises(KeyError, match="nobody"):
        data.cite(["epoch-ml-hardware", "nobody"], folder.path)


def test_publishers_are_named_once_without_how_they_were_read(folder):
    names = data.publishers(["mlperf-inference-v40", "mlperf-inference-v41", "epoch-ml-hardware"], folder.path)
    assert names == "MLCommons; Epoch AI"


@pytest.mark.parametrize("ids", ["a;b;a", ["a", "b", "a"], "a; b;"])
def test_split_ids_keeps_order_and_drops_repeats(ids):
    assert data.split_ids(ids) == ["a", "b"]


def test_what_was_read_is_written_down(folder, tmp_path, monkeypatch):
    log = tmp_path / "reads"
    monkeypatch.setenv("CHIPCHECK_READS", str(log))
    monkeypatch.setattr(data, "_READ", set())
    data.load("yields", folder.path)
    assert data.tables_read() == ["corrections", "sources", "yields"]
    assert sorted(log.read_text(encoding="utf-8").split()) == data.tables_read()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_in_utf_16_is_one_fault(folder, encoding):
    path = folder.file("yields")
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert faults(folder, "yields") == [(0, "", "UTF-16 text", "UTF-8")]


def test_the_piece_that_offends_is_shown_where_it_stands(folder):
    folder.set("chip_specs", 3, "note", "word " * 30 + "<script>alert(1)</script>")
    with pytest.raises(data.DataError, match=r"found '<script>', expected no HTML \(at character 151\)"):
        data.load("chip_specs", folder.path)


def test_several_faulty_tables_are_named_at_once(folder):
    folder.set("yields", 2, "low", "x")
    folder.set("orders", 2, "low", "y")
    with pytest.raises(data.DataError) as error:
        identities.load_all(folder.path)
    assert "data/yields.csv: 1 fault" in str(error.value) and "data/orders.csv: 1 fault" in str(error.value)


@pytest.mark.parametrize(
    ("key", "wanted", "said"),
    [
        ("h200-2025-11", {}, r"data/chip_prices.csv has no row with row_id h200-2025-11 \(is it h200-\d{4}-12\?\)"),
        (None, {"product": "H200", "unit": "EUR"}, "has no row with product H200, unit EUR; exactly one is needed"),
        (None, {"unit": "USD"}, r"has \d rows with unit USD; exactly one is needed"),
    ],
)
def test_a_row_that_is_not_there_once_is_named(key, wanted, said):
    for frame in (data.load("chip_prices"), data.load("chip_prices").set_index("row_id")):
        with pytest.raises(data.RowError, match=said):
            data.only(frame, key, **wanted)


def test_rows_come_in_the_order_asked_for_and_a_missing_one_is_named():
    prices = data.load("chip_prices")
    keys = list(prices["row_id"][:3])[::-1]
    for frame in (prices, prices.set_index("row_id")):
        assert list(data.these(frame, keys)["unit"]) == list(prices["unit"][:3])[::-1]
        with pytest.raises(data.RowError, match="gone"):
            data.these(frame, [*keys, "gone"])
    with pytest.raises(data.RowError, match="no row with product X; at least one"):
        data.first(prices, product="X")


def test_notebooks_take_single_rows_only_by_what_names_them():
    """A bare `.iloc[0]` on a filter, `.loc["row"]` or next() ends in an error that names neither table nor row."""
    bare = re.compile(r'\w\[\w+\[.*\]\.iloc\[0\]|set_index\("(?:row_id|claim_id)"\)\.loc\[|\bnext\(\w+ for')
    found = []
    for path in paths.notebooks():
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            lines = cell.source.split("\n") if cell.cell_type == "code" else []
            found += [f"{path.name[:2]}, cell {number}: {line}" for line in lines if bare.search(line)]
    assert not found, "\n".join(found)


def test_a_cell_is_found_by_what_is_typed_in_it(folder):
    folder.set("yields", 3, "note", "an odd \u2603 sign")
    assert data.typed("\u2603", folder.path) == "; typed in data/yields.csv, row 3, column note"


def test_joined_ids_within_a_list_are_ids_too():
    """A chart cited 'a;b' as one source, and only the last step of a build said so."""
    assert data.split_ids(["a;b", "c", "b"]) == data.split_ids("a;b;c") == ["a", "b", "c"]
