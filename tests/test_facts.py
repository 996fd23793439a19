"""Results that lose their source or their date."""

import pandas as pd
import pytest

from chipcheck import dates
from chipcheck import facts as store
from chipcheck.facts import FactError, Facts
from chipcheck.hardware import Reading


@pytest.fixture
def facts(tmp_path, monkeypatch):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    return Facts("02")


def add(facts, fact_id="share", **changes):
    given = {"unit": "%", "digits": 1, "sources": ["epoch-ml-hardware"], "as_of": "2025-12"}
    return facts.add(fact_id, **{"value": 14.964, **given, **changes})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "15.0%"),
        ({"value": None, "low": 4.49, "high": 8.53}, "4.5–8.5%"),
        ({"value": 6.689, "unit": "x"}, "6.7×"),
        ({"value": 13.5, "unit": "USD bn"}, "US$13.5 billion"),
        ({"value": -0.04, "digits": 1}, "0.0%"),
        ({"value": -55.8}, "\u221255.8%"),
        ({"value": 15832, "unit": "TPP", "digits": 0}, "15,832 TPP"),
    ],
)
def test_a_fact_reads_with_its_unit_and_rounding(facts, changes, text):
    assert add(facts, **changes).text == text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sources": []}, "has no source"),
        ({"sources": ["nobody"]}, "cites unknown sources"),
        ({"value": float("nan")}, "has no number"),
        ({"as_of": "soon"}, "has a bad date"),
        ({"value": None, "low": 2, "high": 1}, "has low 2 above high 1"),
    ],
)
def test_a_fact_without_ground_is_refused(facts, changes, complaint):
    with pytest.raises(FactError, match=complaint):
        add(facts, **changes)


def test_a_fact_is_recorded_once(facts):
    add(facts)
    with pytest.raises(FactError, match="recorded twice"):
        add(facts)


def test_facts_come_back_as_they_were_written(facts):
    written = add(facts)
    facts.save()
    assert store.read_facts() == {"share": written}


def test_two_notebooks_cannot_claim_one_name(facts):
    add(facts)
    facts.save()
    other = Facts("04")
    add(other)
    other.save()
    with pytest.raises(FactError, match="written by two notebooks"):
        store.read_facts()


def test_facts_say_what_to_run_when_there_are_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="make report"):
        store.read_facts(tmp_path)


def test_fill_names_the_fact_that_nobody_computes(facts):
    with pytest.raises(FactError, match="gone"):
        store.fill("It is {gone}.", {"share": add(facts)})


ROWS = pd.DataFrame(
    {
        "value": [3958.0, 1979.0, None],
        "low": [None, None, 900.0],
        "high": [None, None, 989.0],
        "unit": "TFLOPS",
        "basis": ["sparse", "dense", None],
        "as_of": ["2025-12", "2025-12-16", "2024"],
        "source_id": ["epoch-ml-hardware", "epoch-ml-hardware;hmc-tech-h100-h200", "hmc-tech-h100-h200"],
    }
)


def test_a_fact_takes_all_it_says_from_its_row(facts):
    fact = facts.from_row("rate", ROWS.iloc[0], digits=0)
    assert (fact.low, fact.high, fact.unit, fact.basis) == (3958, 3958, "TFLOPS", "sparse")
    assert (fact.sources, fact.as_of) == (("epoch-ml-hardware",), "2025-12")


def test_a_row_may_be_a_range_or_a_bound_and_one_column_may_be_asked_for(facts):
    assert facts.from_row("range", ROWS.iloc[2], digits=0).text == "900 to 989 TFLOPS"
    bound = ROWS.iloc[2].copy()
    bound["high"] = float("nan")
    assert facts.from_row("bound", bound, digits=0).text == "900 TFLOPS"
    assert facts.from_row("most", ROWS.iloc[2], "high", digits=0).text == "989 TFLOPS"


def test_a_range_over_rows_has_all_their_sources_and_the_last_date(facts):
    fact = facts.over("rates", ROWS, digits=0)
    assert (fact.low, fact.high, fact.as_of) == (900, 3958, "2025-12")  # the month may last to its end
    assert fact.sources == ("epoch-ml-hardware", "hmc-tech-h100-h200")
    assert facts.over("two", ROWS.iloc[1:], digits=0).as_of == "2025-12-16"


def test_rows_of_two_units_make_no_range(facts):
    mixed = ROWS.assign(unit=["TFLOPS", "TOPS", "TFLOPS"])
    with pytest.raises(FactError, match="rows of TFLOPS, TOPS"):
        facts.over("mixed", mixed, digits=0)
    with pytest.raises(FactError, match="no unit"):
        facts.over("none", ROWS.iloc[:0], digits=0)


def test_a_result_rests_on_rows_readings_and_facts_alike(facts):
    one = facts.from_row("rate", ROWS.iloc[0], digits=0)
    kind = ("tensor_throughput", 296, "TFLOPS", "dense", "fp8")
    other = Reading("H20", *kind, rows=("r",), sources=("hmc-tech-h100-h200",), as_of="2026-02")
    both = facts.add("share", 7.5, unit="%", digits=1, rows=[one, other])
    assert (both.sources, both.as_of) == (("epoch-ml-hardware", "hmc-tech-h100-h200"), "2026-02")
    named = facts.add("named", 7.5, unit="%", digits=1, rows=[one, ROWS], as_of="2025-12-08")
    assert named.as_of == "2025-12-08"
    events = [dates.Dated("H200", "announced", when, ("r",), ("epoch-ml-hardware",)) for when in ("2023-11-13", "2023")]
    lag = facts.add("lag", 0, unit="months", digits=0, rows=events)
    assert (lag.sources, lag.as_of) == (("epoch-ml-hardware",), "2023")


def test_a_row_without_a_date_needs_one(facts):
    with pytest.raises(FactError, match="has a bad date ''"):
        facts.from_row("rate", ROWS.iloc[0].drop("as_of"), digits=0)


def test_a_half_year_is_given_as_its_last_month():
    assert store.latest([{"as_of": "2025-H1"}, {"as_of": "2025-05"}, {"as_of": None}]) == "2025-06"
    assert store.latest([]) == ""
