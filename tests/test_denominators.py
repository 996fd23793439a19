"""What makes a swapped denominator, and how large the slip is."""

import pandas as pd
import pytest

from chipcheck import denominators, verdicts
from chipcheck.facts import Fact
from chipcheck.verdicts import VerdictError


def fact(fact_id, low, high=None, unit="%"):
    return Fact(fact_id, low, low if high is None else high, unit, 1, ("s-one", "s-two"), "2026-01-30", "dense")


FACTS = {
    one.fact_id: one
    for one in (
        fact("mixed", 7.48), fact("alike", 15.0), fact("system", 299.5, unit="PFLOPS"),
        fact("chip", 0.75, 0.80, "PFLOPS"), fact("chips", 384, unit="count"), fact("racks", 16, unit="count"),
    )
}  # fmt: skip
CLAIMS = pd.DataFrame(
    [
        ("share", "7.5%", 7.5, "%", "misleading basis", "strong", "alike", "mixed"),
        ("compute", "300 PFLOPS", 300, "PFLOPS", "holds with a caveat", "medium", None, None),
        ("is-a-chip", None, None, None, "wrong", "strong", None, None),
        ("sales", "42%", 42, "%", "not found", "medium", None, None),
    ],
    columns=["claim_id", "figure_as_printed", "low", "unit", "rating", "strength", "found", "reproduced"],
).assign(high=lambda frame: frame["low"], line=28, notebook="01", statement="So it is.")
SHARE = {
    "swap_id": "rates", "number": "share", "swap": "share", "said_of": "a chip", "true_of": "two rates, {mixed}",
    "true_fact": "mixed", "said_fact": "alike", "slip": "factor", "told": "{alike}: {factor} times as much",
}  # fmt: skip
COUNT = {
    "swap_id": "system", "number": "compute", "swap": "is-a-chip", "said_of": "a chip", "true_of": "a system",
    "true_fact": "system", "said_fact": "chip", "slip": "count", "told": "one has {chip}: {chips}-fold",
}  # fmt: skip
CHINESE = {"said_of_zh": "甲", "true_of_zh": "乙", "told_zh": "丙"}


def cases(*rows, claims=CLAIMS, facts=FACTS):
    return denominators.cases(pd.DataFrame([CHINESE | row for row in rows]), claims, facts)


def test_a_case_says_what_its_facts_say():
    first, second = cases(SHARE, COUNT).to_dict("records")
    assert (first["figure"], first["true_of"], first["told"]) == ("7.5%", "two rates, 7.5%", "15.0%: 2.0 times as much")
    assert (second["figure"], second["told"]) == ("300 PFLOPS", "one has 0.8 PFLOPS: 384.0-fold")
    assert first["firm"] and second["firm"] and (second["rating"], second["line"]) == ("wrong", 28)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"true_fact": "alike"}, r"share prints 7\.5%, alike is 15\.0%"),
        ({"true_fact": "nothing"}, "no notebook computes the fact nothing"),
        ({"true_fact": "system", "said_fact": "chip"}, "cannot be compared"),
        ({"said_fact": "chip"}, "no factor"),
        ({"told": "{unknown}"}, "unknown"),
        ({"told_zh": "{unknown}"}, "unknown"),
        ({"slip": "none", "told": "?"}, "is rated 'misleading basis', the slip is 'none'"),
        ({"said_fact": "mixed"}, "said_fact is 'mixed', the verdict names 'alike'"),
        ({"swap": "compute"}, "compute is rated 'holds with a caveat', which is no swap"),
        ({"swap": "is-a-chip"}, "share: rated 'misleading basis', the swap of 0 rows"),
        ({"slip": "count", "told": "{chips}"}, "names no count of alike that makes mixed"),
    ],
)
def test_what_is_no_case_stops_with_the_name_of_its_row(changed, message):
    with pytest.raises(VerdictError, match=message):
        cases(SHARE | changed)


def test_a_count_must_be_the_one_by_which_the_figures_differ():
    with pytest.raises(VerdictError, match="denominators.csv, system: .* names no count of chip"):
        cases(SHARE, COUNT | {"told": "{racks}"})


def test_a_case_is_firm_where_the_evidence_shows_what_is_right():
    weak = CLAIMS.assign(strength=["weak", "medium", "strong", "medium"])
    product = SHARE | {
        "swap_id": "sales", "number": "sales", "swap": "sales", "true_fact": "product", "said_fact": None,
        "slip": "none", "told": "not known", "true_of": "a product",
    }  # fmt: skip
    found = cases(SHARE, COUNT, product, claims=weak, facts=FACTS | {"product": fact("product", 42.01)})
    assert found["firm"].tolist() == [False, True, False]


def test_a_factor_is_a_range_and_needs_one_unit():
    assert denominators.factor(fact("a", 10, 20), fact("b", 2, 5)) == (2.0, 10.0)
    with pytest.raises(VerdictError, match="a in %, b in x: no factor"):
        denominators.factor(fact("a", 1), fact("b", 1, unit="x"))


@pytest.mark.parametrize(
    ("printed", "low", "high", "unit", "words"),
    [
        ("300 PFLOPS", 300, 300, "PFLOPS", "300 PFLOPS"),
        ("18个月", 18, 18, "months", "18 months"),
        ("3倍", 3, 4, "x", "3×"),
        ("20亿至50亿", 2, 5, "USD bn", "US$2 to 5 billion"),
    ],
)
def test_a_figure_printed_in_chinese_is_said_in_english(printed, low, high, unit, words):
    claim = {"figure_as_printed": printed, "low": low, "high": high, "unit": unit}
    assert denominators.printed_words(claim) == words


def test_programs_get_both_figures_with_what_they_rest_on():
    first, second = denominators.evidence(cases(SHARE, COUNT), FACTS).to_dict("records")
    assert (first["true_low"], first["true_unit"], first["true_basis"]) == (7.48, "%", "dense")
    assert (first["said_fact_id"], first["said_source_id"]) == ("alike", "s-one;s-two")
    assert (second["said_low"], second["said_high"], second["said_as_of"]) == (0.75, 0.80, "2026-01-30")


def test_each_slip_is_one_that_the_table_may_name():
    assert {"factor", "count", "both", "period", "none"} == set(verdicts.SLIPS)
