"""What a chapter shows about its claims."""

import pandas as pd
import pytest

from chipcheck import chapter, data, verdicts
from chipcheck.facts import Fact


def test_each_rating_has_a_sign_of_its_own_within_its_scale():
    claims = [rating for rating in verdicts.RATINGS if rating not in chapter.FORECASTS]
    assert set(chapter.MARKS) == set(verdicts.RATINGS)
    assert len({chapter.MARKS[rating] for rating in claims}) == len(claims)


def test_the_map_names_every_claim_of_the_chapter():
    text = chapter.checked_here("02", ["chip_specs"]).data
    claims = data.load("claims")
    for statement in claims.loc[claims["notebook"] == "02", "statement"]:
        assert statement in text


def test_a_reason_carries_the_facts_and_what_was_searched():
    fact = Fact("dense", 14.96, 14.96, "%", 1, ("s",), "2025")
    row = {"reason": "It is {dense}.", "searched": "The string.", "weight": "minor"}
    assert chapter.reason_text(row, {"dense": fact}) == "It is 15.0%. *Searched:* The string."


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
    assert chapter.lacks_primary(row) is lacks
    assert (chapter.NO_PRIMARY in chapter.reason_text(row, {})) is lacks


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
