"""The harness sees what goes unseen: it must report a survivor where nothing checks a number."""

import random
from collections import Counter

import nbformat
import pytest

from chipcheck import charts, data, paths, schemas
from maintain import mutate

CHAPTER = """\
from chipcheck import data, prose
from chipcheck.facts import Facts
facts = Facts("50")
yields = data.load("yields").set_index("row_id")
rate = yields.loc["smic-ascend-2025", "low"]
assert rate < 60, "better than TSMC"
facts.add("rate", rate, unit="%", digits=0, sources=["cloudnews-ms-smic-yield"], as_of="2025")
prose.say("{rate}", rate=facts.get("rate"))
facts.save()
"""


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """A judge with one small chapter, which reads one cell of yields.csv."""
    charts.setup()
    chapter = tmp_path_factory.mktemp("notebooks") / "50-small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CHAPTER)]), chapter)
    return mutate.Judge(paths.DATA, tmp_path_factory.mktemp("data"), [chapter])


def spoil(judge, table, key, column, value, kind=mutate.TIMES):
    """What becomes of one cell typed as `value`."""
    rows = mutate.read_rows(paths.DATA, table)
    position = rows[0].index(schemas.TABLES[table].key)
    [line] = [number for number, row in enumerate(rows) if number and row[position] == key]
    old = rows[line][rows[0].index(column)]
    return judge.judge(mutate.Mutation(kind, table, line, column, old, value))


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "how"),
    [
        ("yields", "smic-ascend-2025", "high", "300", "schema"),  # a share above 100
        ("chip_specs", "h200-fp8-sparse-lockwood", "value", "3985", "identity"),
        ("yields", "smic-ascend-2025", "low", "-30", "schema"),
        ("yields", "smic-ascend-2025", "low", "3", "visible"),
        ("yields", "smic-ascend-2025", "high", "33", "survivor"),  # the small chapter does not read it
        ("share_prices", "loongson-2025-12-10-close", "value", "413.37", "survivor"),  # read by no chapter here
    ],
)
def test_what_becomes_of_a_slip(judge, table, key, column, value, how):
    result = spoil(judge, table, key, column, value)
    assert result.how == how
    assert result.row_id == key
    assert bool(result.said) == (how in mutate.CAUGHT)


def test_a_chapter_that_stops_has_caught_the_slip(judge):
    rows = mutate.read_rows(paths.DATA, "yields")
    [line] = [number for number, row in enumerate(rows) if row[0] == "smic-ascend-2025"]
    frame = judge.tables["yields"].copy()
    frame.loc[frame.index[line - 1], ["low", "high"]] = 70.0
    how, said = judge.notice("yields", frame)
    assert how == "chapter" and "50-small.ipynb, cell 1: AssertionError: better than TSMC" in said


def test_the_copy_is_whole_again_after_each_corruption(judge):
    spoil(judge, "yields", "smic-ascend-2025", "low", "3")
    assert (judge.folder / "yields.csv").read_bytes() == (paths.DATA / "yields.csv").read_bytes()


def test_only_numbers_that_bear_are_spoiled(judge):
    line = [row[0] for row in mutate.read_rows(paths.DATA, "yields")].index("smic-ascend-2025")
    assert judge.bears("yields", line, "low")
    assert not judge.bears("yields", line, "high")


def test_a_corruption_caught_in_the_wrong_place_does_not_count():
    fault = data.Fault(3, "value", "x", "a number")
    for table, line, column, right in [
        ("yields", 3, "value", True), ("yields", 4, "value", False), ("yields", 3, "unit", False),
        ("orders", 3, "value", False),
    ]:  # fmt: skip
        made = mutate.Mutation(mutate.TYPE, table, 1, column, "1", "x")
        assert mutate.names(data.DataError("data/yields.csv", [fault]), line, made) == right


def test_every_structural_corruption_of_one_table_is_named(judge):
    made, idle = mutate.structural(paths.DATA, random.Random(1))
    chosen = [mutation for mutation in made if mutation.table in ("corrections", "outlooks", "nvidia_revenue")]
    assert {mutation.kind for mutation in made} == set(mutate.STRUCTURAL)
    assert [str(result.mutation) for result in map(judge.judge, chosen) if result.how != "schema"] == []
    columns = sum(len(table.columns) for table in schemas.TABLES.values())
    for kind, number in Counter(mutation.kind for mutation in made).items():
        assert number + idle[kind] == (len(schemas.TABLES) if kind in (mutate.BOM, mutate.CRLF) else columns)


def test_a_schema_that_lets_something_through_is_reported(judge, monkeypatch):
    monkeypatch.setattr(data, "_form_wanted", lambda value, breaks=True: ("", ""))
    result = spoil(judge, "yields", "smic-ascend-2025", "note", "<script>alert(1)</script>", mutate.SCRIPT)
    assert result.how == "survivor"
    assert "survivor: yields.csv, note: <script>" in mutate.report([result], [], ["", ""])


@pytest.mark.parametrize(
    ("typed", "slips"),
    [("282.252", ["2822.520", "28.2252", "-282.252"]), ("1.7", ["17.0", "0.17", "-1.7"]), ("0", [None, None, None])],
)
def test_slips_of_a_number(typed, slips):
    made = mutate.slips(typed, random.Random(1))
    assert [made[kind] for kind in (mutate.TIMES, mutate.OVER, mutate.SIGN)] == slips


@pytest.mark.parametrize(("typed", "swapped"), [("12", "21"), ("11", None), ("7", None), ("1.1", None), ("-35", "-53")])
def test_two_digits_are_swapped_where_that_changes_the_number(typed, swapped):
    assert mutate.slips(typed, random.Random(1))[mutate.SWAP] == swapped


def test_the_report_prints_rates_and_each_survivor(judge):
    results = [spoil(judge, "yields", "smic-ascend-2025", column, value)
               for column, value in (("high", "300"), ("low", "3"), ("high", "33"), ("high", "34"))]  # fmt: skip
    text = mutate.report([], results, ["", ""])
    [line] = [line for line in text.splitlines() if line.lstrip().startswith("all ")]
    assert line.split() == ["all", "4", "25.0%", "0.0%", "0.0%", "25.0%", "25.0%"]
    assert text.count("survivor: yields.csv, high: ×10, '30' to '3") == 2
    assert "[smic-ascend-2025]" in text
