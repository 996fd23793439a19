"""What a chapter shows about its claims."""

from io import StringIO

import pandas as pd
import pytest

from chipcheck import chapter, data, tables, verdicts
from chipcheck.contract import STRIP, TABLE
from chipcheck.facts import Fact, Facts


@pytest.fixture
def shown(monkeypatch):
    """What a chapter displays, in order: pairs of data and metadata."""
    displayed = []
    monkeypatch.setattr(
        chapter, "display", lambda bundle, raw, metadata: displayed.append((bundle, metadata["chipcheck"]))
    )
    return displayed


def test_a_strip_holds_every_statement_and_shows_its_marks_in_a_notebook(shown, monkeypatch):
    rated = chapter.rated_claims(data.load("claims"))
    chapter.strip(rated, "How to *read* it.")
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    chapter.strip(rated[rated["claim_id"] == "h20-share-of-h200"], "One.", "02")
    (notebook, about), (built, own) = shown
    assert STRIP not in notebook and about == {"kind": "strip", "name": "90", "caption": "How to *read* it."}
    rows = notebook["text/markdown"].split("\n\n")
    assert [row.split("**")[1] for row in rows[:-1]] == ["Opening", "Behind", "Dispute", "Growth", "Challenge"]
    assert "**≠ 7.5%**" in rows[1] and rows[-1] == "How to *read* it."
    marks = " ".join(rows[:-1])
    assert sum(word in chapter.MARKS.values() for word in marks.replace("*", "").split()) == len(rated)
    assert own["name"] == "02"
    assert built[STRIP] == [
        {
            "claim_id": "h20-share-of-h200", "section": "behind", "weight": "headline", "rating": "misleading basis",
            "mark": "≠", "line": 28, "as_printed": "7.5%", "words": built[STRIP][0]["words"],
            "statement": rated.set_index("claim_id").loc["h20-share-of-h200", "statement"],
        }
    ]  # fmt: skip
    assert built[STRIP][0]["words"]


def test_the_strip_of_the_whole_article_has_a_title(shown):
    chapter.strip(chapter.rated_claims(data.load("claims")), "How to read it.", finding="Most hold")
    (bundle, about) = shown[0]
    assert about["title"] == "Most hold" and bundle["text/markdown"].startswith("**Most hold**\n\n**Opening**")


def test_swapped_denominators_lead_to_the_claim_and_carry_both_figures(monkeypatch):
    displayed = []
    monkeypatch.setattr(tables, "display", lambda bundle, **more: displayed.append(bundle))
    monkeypatch.setenv("CHIPCHECK_OUTPUT", "report")
    fact = Fact("mixed", 7.48, 7.48, "%", 2, ("epoch-ml-hardware",), "2026-01-30", "unlike basis")
    row = {
        "swap_id": "rates", "number": "share", "swap": "share", "figure": "7.5%", "figure_as_printed": "7.5%",
        "said_of": "a chip", "true_of": "two rates", "told": "twice", "slip": "none", "firm": False, "notebook": "01",
        "rating": "misleading basis", "strength": "weak", "true_fact": "mixed", "said_fact": None,
    }  # fmt: skip
    row["statement"] = "A statement of some length that says what the number is said of, at length."
    chapter.show_swaps(pd.DataFrame([row]), {"mixed": fact}, "90-swaps", "How to read it.")
    fields, (cells,) = tables.printed(displayed[0][TABLE])
    assert {"printed", "said", "true", "slip", "firm"} <= {field["kind"] for field in fields}
    assert cells == ["7.5%", "a chip", "two rates", "twice", "[≠ misleading basis, weak](#claim-share)", "hollow",
                     "[1](#chapter-01)"]  # fmt: skip
    (sent,) = pd.read_csv(StringIO(displayed[0]["text/csv"])).to_dict("records")
    assert (sent["true_low"], sent["true_basis"], sent["true_source_id"]) == (7.48, "unlike basis", "epoch-ml-hardware")


def test_a_chapter_says_what_it_checks_and_reads(shown, monkeypatch):
    claims = data.load("claims")
    one = claims[(claims["notebook"] == "10") & claims["figure_as_printed"].isna()]
    rated = chapter.rated_claims(one)["rating"]
    count, opinions = (rated != verdicts.OPINION).sum(), (rated == verdicts.OPINION).sum()
    assert opinions == 1
    monkeypatch.setattr(chapter, "_claims", lambda notebook: one)
    monkeypatch.setattr(data, "tables_read", lambda: ["claims", "export_rules", "policy_events", "verdicts"])
    monkeypatch.setattr(chapter, "check_all", lambda rated, facts: None)
    chapter.verdict_table("10", Facts("10"))
    first, last = one["line"].min(), one["line"].max()
    reads = "reads `data/export_rules.csv`, `data/policy_events.csv`."
    assert shown[0][1]["caption"] == f"Checks {count} statements and 1 opinion of lines {first:.0f}–{last:.0f}; {reads}"


def test_a_strip_stands_only_under_ratings_that_follow(shown, monkeypatch, tmp_path):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    with pytest.raises(verdicts.VerdictError, match="h20-share-of-h200: no notebook computes the fact"):
        chapter.verdict_table("01", Facts("01"))
    assert shown == []


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
        chapter.verdict_table("99", Facts("99"))
