"""The list of influential values is what the chapters make of the tables; the rest stands on second sources."""

import random

import pandas as pd
import pytest

from chipcheck import data, paths, schemas
from maintain import influence
from maintain.replay import replay

SAMPLE = 12  # listed rows that are tried again in a test; `make refresh` tries them all
STALE = "the list of influential values is stale; run `make refresh` and commit the result"


@pytest.fixture(scope="module", autouse=True)
def fonts():
    influence.prepare()


@pytest.mark.parametrize("notebook", paths.chapters(), ids=lambda path: path.name[:2])
def test_no_value_bears_on_a_fact_unlisted(notebook):
    found = influence.unlisted(notebook, influence.listed())
    assert not found, f"{STALE}: not listed for chapter {notebook.name[:2]}: {found}"


def test_a_listed_value_bears_on_its_chapter():
    known = influence.listed()
    books = {path.name[:2]: path for path in paths.chapters()}
    given = {name: data.load(name) for name in schemas.TABLES}
    for row in random.Random(2025).sample(sorted(known), SAMPLE):
        book = books[known[row]]
        assert influence.changes(book, given, replay(book, given), [row]), f"{STALE}: {row}"


def test_a_value_left_out_of_the_list_is_found():
    known = influence.listed()
    row = next(row for row, number in known.items() if number == "03")
    del known[row]
    [book] = [path for path in paths.chapters() if path.name.startswith("03")]
    assert influence.unlisted(book, known) == [row]


def test_splitting_finds_each_of_a_few_in_many():
    asked = []
    wanted = {3, 40, 41}
    found = influence.split(list(range(64)), lambda part: asked.append(part) or bool(wanted & set(part)))
    assert set(found) == wanted
    assert len(asked) < 40


def rows(*values):
    """Rows of chip_specs that state one quantity: (source ids, value, status)."""
    return pd.DataFrame(
        {"row_id": f"row-{number}", "chip": "H20", "metric": "power", "basis": None, "precision": None,
         "value": value, "status": status, "source_id": ids}
        for number, (ids, value, status) in enumerate(values)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sources"),
    [
        ([("a", 400, "disclosed")], ["a"]),
        ([("a;b", 400, "disclosed")], ["a", "b"]),
        ([("a;b", 400, "computed")], ["a"]),  # inputs, not witnesses
        ([("a", 400, "disclosed"), ("b", 404, "disclosed")], ["a", "b"]),
        ([("a", 400, "disclosed"), ("b", 405, "disclosed")], ["a"]),  # beyond 1%
        ([("a", 400, "disclosed"), ("a", 400, "claimed")], ["a"]),
    ],
)
def test_a_second_source_gives_the_same_number(values, sources):
    assert influence.second_sources("chip_specs", rows(*values))["row-0"] == sources


def test_two_quantities_do_not_back_each_other():
    frame = rows(("a", 400, "disclosed"), ("b", 400, "disclosed"))
    frame.loc[1, "chip"] = "H200"
    assert influence.second_sources("chip_specs", frame)["row-0"] == ["a"]


def test_quantities_are_told_by_columns_of_their_table():
    for table in schemas.TABLES.values():
        assert set(table.quantity) <= set(table.columns), table.name
        assert not set(table.quantity) & {"row_id", "source_id", *influence.VALUES}, table.name
