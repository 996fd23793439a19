"""Claims in words: wrong ones here would look right and turn a verdict around."""

import pytest

from chipcheck import chapter, data, records, verdicts
from chipcheck.facts import Fact
from chipcheck.records import computation, deviation_words, figure_words
from chipcheck.verdicts import Figure


def part(role, value, agrees=False):
    return {"role": role, "text": f"{value:g}", "agrees": agrees}


def record(low, high, rating, *found, deviation=None):
    claimed = {"low": low, "high": high, "unit": "%"}
    return {"rule": "it rounds", "rating": rating, "claimed": claimed, "found": list(found), "deviation": deviation}


def test_each_rating_has_a_sign_of_its_own_within_its_scale():
    claims = [rating for rating in verdicts.RATINGS if rating not in chapter.FORECASTS]
    assert set(records.MARKS) == set(verdicts.RATINGS)
    assert len({records.MARKS[rating] for rating in claims}) == len(claims)


def test_a_reason_carries_the_facts_and_what_was_searched():
    fact = Fact("dense", 14.96, 14.96, "%", 1, ("s",), "2025")
    row = {"reason": "It is {dense}.", "searched": "The string.", "weight": "minor"}
    assert records.reason_text(row, {"dense": fact}) == "It is 15.0%. *Searched:* The string."


@pytest.mark.parametrize(
    ("weight", "rating", "sources", "reason", "lacks"),
    [
        ("headline", "holds", "epoch-ml-hardware", "So.", True),
        ("headline", "holds", "epoch-ml-hardware;nvidia-10k-fy2025", "So.", False),
        ("headline", "holds", "epoch-ml-hardware", "We found no primary source.", False),  # it says so itself
        ("headline", "opinion", None, "So.", False),
        ("substantive", "holds", "epoch-ml-hardware", "So.", False),
    ],
)
def test_a_headline_claim_without_a_primary_source_says_so(weight, rating, sources, reason, lacks):
    row = {"weight": weight, "rating": rating, "sources": sources, "reason": reason, "searched": None}
    assert records.lacks_primary(row) is lacks
    assert (records.NO_PRIMARY in records.reason_text(row, {})) is lacks


@pytest.mark.parametrize(
    "figure, words",
    [
        (Figure(7.5, 7.5, "%"), "7.5%"),
        (Figure(20.0, 25.0, "%"), "20 to 25%"),
        (Figure(30.0, None, "months"), "at least 30 months"),
        (Figure(None, 9.9, "%"), "at most 9.9%"),
        (Figure(2.0, 2.0, "count"), "2"),
        (Figure(3.0, 4.0, "x"), "3 to 4×"),
        (Figure(30.0, 40.0, "CNY bn"), "CNY 30 to 40 billion"),
        (Figure(1200000.0, 1200000.0, "count"), "1,200,000"),
        (Figure(0.033, 0.033, "%"), "0.033%"),
        (Figure(0.0, 0.0, "%"), "0%"),
        (Figure(None, None, ""), "no figure"),
    ],
)
def test_a_figure_is_read_with_its_bounds_and_unit(figure, words):
    assert figure_words(figure) == words


@pytest.mark.parametrize(
    "deviation, words",
    [
        (99.5, "what was found is 99.5% above what is claimed"),
        (-77.0, "what was found is 77.0% below what is claimed"),
        (0.0, "none"),
    ],
)
def test_a_deviation_says_which_of_the_two_is_larger(deviation, words):
    assert deviation_words(record(1, 1, verdicts.WRONG, part("found", 2), deviation=deviation)) == words


def test_no_deviation_says_why():
    assert "range" in deviation_words(record(20, 25, verdicts.HOLDS, part("found", 21)))
    assert "no figure was found" in deviation_words(record(25, 25, verdicts.CAVEAT, part("found_if", 25)))


def test_a_record_tells_which_figures_agree():
    claim = data.only(data.load("claims").merge(data.load("verdicts"), on="claim_id"), claim_id="h20-share-of-h200")
    row = {**claim, "found": "dense", "found_if": None, "reproduced": "mixed", "reason": "So."}
    facts = {
        name: Fact(name, value, value, "%", 2, ("s",), "2025") for name, value in (("dense", 14.96), ("mixed", 7.48))
    }
    made = records.claim_record(row, facts)
    assert [(one["role"], one["agrees"]) for one in made["found"]] == [("found", False), ("reproduced", True)]
    assert made["deviation"] == 99.5 and made["claimed"] == {"low": 7.5, "high": 7.5, "unit": "%"}


def test_a_computation_says_of_each_figure_whether_it_agrees():
    found = part("found", 14.96), part("reproduced", 7.48, agrees=True)
    made = computation(record(7.5, 7.5, verdicts.MISLEADING, *found))
    assert made["claimed"] == "7.5%"
    assert made["compared"] == [
        "On the basis the words name: 14.96, which does not agree.",
        "Of something else, or by mixing bases: 7.48, which agrees.",
    ]
    assert made["rule"] == "It rounds. Here it agrees only when a basis is mixed or dropped."


def test_a_judgement_has_no_computation():
    assert computation({**record(1, 1, verdicts.HOLDS), "rule": ""}) is None
