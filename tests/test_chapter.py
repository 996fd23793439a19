"""What a chapter shows about its claims."""

import pandas as pd
import pytest

from chipcheck import chapter, data


def test_the_map_names_every_claim_of_the_chapter():
    text = chapter.checked_here("02", ["chip_specs"]).data
    claims = data.load("claims")
    for statement in claims.loc[claims["notebook"] == "02", "statement"]:
        assert statement in text


def test_counts_lead_with_the_headline_claims():
    rows = [("wrong", "minor"), ("holds", "headline"), ("holds", "minor"), ("untested", "headline")]
    rated = pd.DataFrame(rows, columns=["rating", "weight"])
    counts = chapter.rating_counts(rated)
    assert counts.to_dict("list") == {
        "rating": ["holds", "wrong", "untested"], "headline": [1, 0, 1], "substantive": [0, 0, 0], "minor": [1, 1, 0],
        "claims": [2, 1, 1], "forecast": [False, False, True],
    }  # fmt: skip


def test_no_reason_types_a_number_that_a_fact_could_hold():
    """Digits in a reason may belong to dates and names; a percentage or a multiple must be a fact."""
    typed = data.load("verdicts")["reason"].dropna()
    offenders = typed[typed.str.contains(r"\d\s?(?:%|×|percent|times)")]
    assert offenders.empty, list(offenders)


def test_a_chapter_without_claims_is_an_error():
    with pytest.raises(ValueError, match="no claim"):
        chapter.checked_here("99", [])
