"""The scoreboard must say the same wherever it stands."""

import json
import re

import jsonschema
import nbformat
import pandas as pd
import pytest

from chipcheck import chapter, data, paths, verdicts


@pytest.fixture(scope="module")
def summary():
    """The committed notebook 90."""
    return nbformat.read(next(paths.NOTEBOOKS.glob("90-*.ipynb")), as_version=4)


@pytest.fixture(scope="module")
def counts():
    frame = chapter.rating_counts(data.load("verdicts")["rating"])
    return dict(zip(frame["rating"], frame["claims"], strict=True))


def outputs(book, mime):
    return [out.data[mime] for cell in book.cells for out in cell.get("outputs", []) if mime in out.get("data", {})]


def test_the_chart_counts_what_the_table_counts(counts):
    drawn = pd.read_csv(paths.ROOT / "figures" / "90-scoreboard.csv").set_index("rating")["claims"].to_dict()
    assert drawn == counts


def test_the_readme_counts_the_same(counts):
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    printed = {
        rating: int(number)
        for rating, number in re.findall(r"^\| \S+ ([a-z ]+) \| (\d+) \|", text, flags=re.MULTILINE)
        if rating in verdicts.RATINGS
    }
    assert printed == counts


def test_the_table_of_all_claims_has_every_claim_once(summary):
    tables = [text for text in outputs(summary, "text/markdown") if text.startswith("| Line | Claim |")]
    rows = sum(len(text.splitlines()) - 2 for text in tables)
    assert rows == len(data.load("claims"))


def test_the_sentence_says_the_same_numbers(summary, counts):
    sentence = next(text for text in outputs(summary, "text/markdown") if "hold as printed" in text)
    for rating in (verdicts.HOLDS, verdicts.CAVEAT, verdicts.MISLEADING, verdicts.WRONG, verdicts.UNVERIFIABLE):
        assert re.search(rf"\b{counts.get(rating, 0)}\b", sentence), rating


def test_the_chinese_summary_carries_the_same_facts(summary):
    english = next(text for text in outputs(summary, "text/markdown") if text.startswith("1. **The H20"))
    chinese = next(text for text in outputs(summary, "text/markdown") if text.startswith("1. **H20"))
    figure = re.compile(r"\d[\d,.]*(?:–[\d.]+)?%")
    assert figure.findall(english) == figure.findall(chinese)
    assert len(english.splitlines()) == len(chinese.splitlines()) == 5


def test_the_verdicts_for_programs_keep_their_schema(tmp_path, monkeypatch, counts):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    claims = data.load("claims").merge(data.load("verdicts"), on="claim_id")
    unruled = claims.assign(
        rule=None, found=None, found_if=None, reproduced=None, origin=None, reason=claims["reason"].map(_without_facts)
    )
    chapter.save_verdicts(unruled, {})
    record = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    schema = json.loads((paths.ROOT / "chipcheck" / "verdicts.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    assert record["counts"] == counts and len(record["claims"]) == len(claims)


def _without_facts(reason):
    return re.sub(r"\{[^}]*\}", "…", reason) if isinstance(reason, str) else reason


def test_no_claim_is_without_a_verdict():
    rated = data.load("verdicts")
    assert set(rated["claim_id"]) == set(data.load("claims")["claim_id"])
    waiting = list(rated.loc[rated["rating"] == verdicts.NOT_RATED, "claim_id"])
    assert not waiting, f"not yet rated: {', '.join(waiting)}"
