"""What a chapter shows about its claims."""

import pytest

from chipcheck import chapter, data, verdicts
from chipcheck.prose import Fact


def test_each_rating_has_a_sign_of_its_own_within_its_scale():
    claims = [verdicts.HOLDS, verdicts.CAVEAT, verdicts.MISLEADING, verdicts.WRONG, verdicts.UNVERIFIABLE]
    assert set(chapter.MARKS) == set(verdicts.RATINGS)
    assert len({chapter.MARKS[rating] for rating in claims}) == len(claims)


def test_the_map_names_every_claim_of_the_chapter():
    text = chapter.checked_here("02", ["chip_specs"]).data
    claims = data.load("claims")
    for statement in claims.loc[claims["notebook"] == "02", "statement"]:
        assert statement in text


def test_a_reason_carries_the_facts_and_marks_an_inference():
    fact = Fact("dense", 14.96, 14.96, "%", 1, ("s",), "2025")
    text = chapter.reason_text({"reason": "It is {dense}.", "origin": "a slip"}, {"dense": fact})
    assert text == "It is 15.0%. *Most likely origin (our inference): a slip.*"


def test_no_reason_types_a_number_that_a_fact_could_hold():
    """Digits in a reason may belong to dates and names; a percentage or a multiple must be a fact."""
    typed = data.load("verdicts")["reason"].dropna()
    offenders = typed[typed.str.contains(r"\d\s?(?:%|×|percent|times)")]
    assert offenders.empty, list(offenders)


def test_a_chapter_without_claims_is_an_error():
    with pytest.raises(ValueError, match="no claim"):
        chapter.checked_here("99", [])
