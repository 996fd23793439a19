"""A claim's computation in words: wrong words here would look right and turn a verdict around."""

import pytest

from chipcheck import verdicts
from chipcheck.publish.claims import computation, deviation_words, figure_words
from chipcheck.verdicts import Figure


def part(role, low, high=None, unit="%"):
    high = low if high is None else high
    return {"role": role, "text": f"{low:g}", "low": low, "high": high, "unit": unit}


def record(low, high, rating, *found, printed="7.5%", deviation=None):
    claimed = {"low": low, "high": high, "unit": "%"}
    return {"rule": "it rounds", "rating": rating, "claimed": claimed, "as_printed": printed, "found": list(found),
            "deviation": deviation}  # fmt: skip


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
    assert "range" in deviation_words(record(20, 25, verdicts.HOLDS, part("found", 21, 26)))
    assert "no figure was found" in deviation_words(record(25, 25, verdicts.CAVEAT, part("found_if", 25)))


def test_each_figure_found_is_held_against_the_claim_by_the_rule():
    made = computation(record(7.5, 7.5, verdicts.MISLEADING, part("found", 14.96), part("reproduced", 7.48)))
    assert made["claimed"] == "7.5%"
    assert made["compared"] == [
        "On the basis the words name: 14.96, which does not agree.",
        "Of something else, or by mixing bases: 7.48, which agrees.",
    ]
    assert made["rule"] == "It rounds. Here it agrees only when a basis is mixed or dropped."


def test_a_judgement_has_no_computation():
    assert computation({**record(1, 1, verdicts.HOLDS), "rule": ""}) is None
