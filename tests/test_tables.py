"""Tables: what a reader sees, the data that the report lays out, and the CSV that goes with it."""

import io
import json

import pandas as pd
import pytest

from chipcheck import data, tables
from chipcheck.contract import TABLE


@pytest.fixture
def shown(monkeypatch):
    caught = []
    monkeypatch.setattr(tables, "display", lambda bundle, **options: caught.append((bundle, options)))
    return caught


def test_a_pipe_in_a_cell_stays_in_its_cell():
    text = tables.markdown(tables.resource(pd.DataFrame({"a|b": ["x | y"], "n": [1]}), ["n"]))
    assert text.splitlines() == ["| a\\|b | n |", "| --- | ---: |", "| x \\| y | 1 |"]


def test_a_missing_value_is_a_dash_and_not_nan():
    assert "| – |" in tables.markdown(tables.resource(pd.DataFrame({"a": [None]})))


def test_the_csv_carries_source_ids_and_no_markdown(shown, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    why = f"It **holds**. {data.cite('epoch-ml-hardware')}"
    tables.show(pd.DataFrame({"Why": [why], "Chapter": ["[02](#chapter-02)"]}), "t", "A table.")
    assert shown[0][0]["text/csv"] == "Why,Chapter\nIt holds. epoch-ml-hardware,02\n"


def test_a_report_build_gets_the_table_as_data_that_pandas_reads(shown, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    frame = pd.DataFrame({"Line": [28], "Claim": ["It is *7.5%* of US$5."], "Found": [None]})
    kinds, keys = {"Line": "line"}, pd.Series(["share"], name="claim_id")
    tables.show(frame, "t", "A table.", numbers=["Line"], kinds=kinds, keys=keys)
    table = shown[0][0][TABLE]
    fields = [(field["name"], field["kind"], field.get("align")) for field in table["schema"]["fields"]]
    assert fields == [
        ("claim_id", "key", None), ("Line", "line", "right"), ("Claim", "text", "left"), ("Found", "text", "left"),
    ]  # fmt: skip
    read = pd.read_json(io.StringIO(json.dumps(table)), orient="table")
    assert read.loc["share", "Claim"] == "It is *7.5%* of US\\$5." and pd.isna(read.loc["share", "Found"])


def test_a_notebook_stays_small_without_the_csv(shown):
    tables.show(pd.DataFrame({"a": [1]}), "t", "A table.")
    assert set(shown[0][0]) == {"text/markdown", "text/plain"}


@pytest.mark.parametrize(
    ("frame", "caption", "numbers"),
    [
        (pd.DataFrame(), "A table.", []),
        (pd.DataFrame({"a": [1]}), "", []),
        (pd.DataFrame({"a": [1]}), "A.", ["b"]),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "A.", []),
    ],
)
def test_a_table_that_would_look_broken_is_refused(shown, frame, caption, numbers):
    with pytest.raises(ValueError, match="table t"):
        tables.show(frame, "t", caption, numbers=numbers)
