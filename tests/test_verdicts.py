"""The rules must catch a rating that reads well and does not follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chipcheck import data, verdicts
from chipcheck.verdicts import CAVEAT, HOLDS, MISLEADING, NOT_FOUND, WRONG, Figure, VerdictError


def point(value, unit="%"):
    return Figure(value, value, unit)


@pytest.mark.parametrize(
    ("printed", "digits"), [("7.5%", 1), ("20%—25%", 0), ("个位数", 0), ("0.033%", 3), ("300 PFLOPS", 0), ("2倍", 0)]
)
def test_rounding_is_read_off_the_printed_figure(printed, digits):
    assert verdicts.decimals(printed) == digits


@pytest.mark.parametrize(
    ("claimed", "found", "printed", "expected"),
    [
        (point(7.5), point(7.48), "7.5%", True),
        (point(7.5), point(7.44), "7.5%", False),
        (point(7.5), point(14.96), "7.5%", False),
        (point(0), point(4.5), "0", False),
        (point(0), point(0.4), "0", True),
        (Figure(20, 25, "%"), point(22.1), "20%—25%", True),
        (Figure(20, 25, "%"), Figure(21.4, 26.4, "%"), "20%—25%", False),
        (Figure(20, 25, "%"), Figure(20, 25, "%"), "20%—25%", True),
        (Figure(1, 9.9, "%"), point(8.8), "个位数", True),
        (Figure(1, 9.9, "%"), point(10.2), "个位数", False),
        (Figure(50, None, "%"), point(50.2), "50%", True),
        (Figure(50, None, "%"), point(30), "50%", False),
        (Figure(None, 3, "years"), point(4, "years"), "三年", False),
    ],
)
def test_a_figure_agrees_at_the_rounding_that_was_printed(claimed, found, printed, expected):
    assert verdicts.agrees(claimed, found, printed) is expected


def test_unlike_units_are_never_compared():
    with pytest.raises(VerdictError, match="claimed in %, found in x"):
        verdicts.agrees(point(7.5), point(7.5, "x"), "7.5%")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"found": point(7.5), "reproduced": point(7.48)}, HOLDS),
        ({"found": point(15), "found_if": point(7.5)}, CAVEAT),
        ({"found": point(15), "reproduced": point(7.48)}, MISLEADING),
        ({"found": point(15), "reproduced": point(8)}, WRONG),
        ({"found_if": point(15)}, WRONG),
        ({"reproduced": point(7.48)}, NOT_FOUND),  # a look-alike alone settles nothing
        ({"reproduced": point(8)}, NOT_FOUND),
    ],
)
def test_the_rating_follows_from_the_first_fact_that_agrees(facts, expected):
    assert verdicts.expected_rating(point(7.5), "7.5%", facts) == expected


CLAIM = {
    "claim_id": "h20-share-of-h200",
    "kind": "comparison",
    "figure_as_printed": "7.5%",
    "low": 7.5,
    "high": 7.5,
    "unit": "%",
}
VERDICT = {"found": "dense", "found_if": None, "reproduced": "mixed", "rating": MISLEADING}


def test_a_rating_that_does_not_follow_names_claim_found_typed_and_expected():
    facts = {"dense": point(7.5), "mixed": point(7.48)}  # as if the H200's dense row had been doubled
    with pytest.raises(VerdictError) as error:
        verdicts.check(CLAIM, VERDICT, facts)
    for part in ("h20-share-of-h200", "7.5 %", "dense = 7.5 %", "'misleading basis'", "expected 'holds'"):
        assert part in str(error.value)


def test_a_verdict_needs_the_fact_it_names():
    with pytest.raises(VerdictError, match="no notebook computes the fact 'mixed'"):
        verdicts.check(CLAIM, VERDICT, {"dense": point(15)})


@given(st.floats(0, 1000), st.integers(0, 3))
def test_a_figure_always_agrees_with_its_own_rounding(value, digits):
    printed = f"{value:.{digits}f}%"
    assert verdicts.agrees(point(round(value, digits)), point(value), printed)


def test_every_claim_has_one_verdict():
    claims, typed = data.load("claims"), data.load("verdicts")
    assert list(claims["claim_id"]) == list(typed["claim_id"])
