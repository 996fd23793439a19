"""The scoreboard must say the same wherever it stands."""

import json
import re

import jsonschema
import nbformat
import pandas as pd
import pytest

from chipcheck import chapter, data, paths, verdicts
from chipcheck.contract import ROLES


@pytest.fixture(scope="module")
def summary():
    """The committed notebook 90."""
    return nbformat.read(next(paths.NOTEBOOKS.glob("90-*.ipynb")), as_version=4)


@pytest.fixture(scope="module")
def counts():
    return chapter.rating_counts(chapter.rated_claims(data.load("claims"))).set_index("rating")


def outputs(book, mime):
    return [out.data[mime] for cell in book.cells for out in cell.get("outputs", []) if mime in out.get("data", {})]


def test_the_chart_counts_what_the_table_counts(counts):
    drawn = pd.read_csv(paths.ROOT / "figures" / "90-scoreboard.csv").set_index("rating")
    for column in ("headline", "claims"):
        assert drawn[column].to_dict() == counts[column].to_dict()


def test_the_readme_counts_the_same(counts):
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    printed = {
        rating: (int(headline), int(number))
        for rating, headline, number in re.findall(r"^\| \S+ ([a-z ]+) \| (\d+) \| (\d+) \|", text, flags=re.MULTILINE)
        if rating in verdicts.RATINGS
    }
    assert printed == {row.Index: (row.headline, row.claims) for row in counts.itertuples()}


def test_the_table_of_all_claims_has_every_claim_once(summary):
    tables = [text for text in outputs(summary, "text/markdown") if text.startswith("| Line | Claim |")]
    rows = sum(len(text.splitlines()) - 2 for text in tables)
    assert rows == len(data.load("claims"))


def test_the_sentence_says_the_same_numbers(summary, counts):
    sentence = next(text for text in outputs(summary, "text/markdown") if "that carry the argument and" in text)
    first, rest = sentence.split("In all we rated")
    for part, column in ((first, "headline"), (rest, "claims")):
        number = counts[column].reindex(list(verdicts.RATINGS)).fillna(0).astype(int)
        hold = number[verdicts.HOLDS] + number[verdicts.CAVEAT]
        for found in (hold, number[verdicts.CAVEAT], number[verdicts.NOT_FOUND]):
            assert re.search(rf"\b{found}\b", part), (column, found)


def test_the_chinese_summary_carries_the_same_facts(summary):
    english = next(text for text in outputs(summary, "text/markdown") if text.startswith("1. **The H20 is"))
    chinese = next(text for text in outputs(summary, "text/markdown") if text.startswith("1. **H20"))
    figure = re.compile(r"\d[\d.]*%")
    english, chinese = (text.replace("–", "%–").replace("%～", "%–") for text in (english, chinese))
    assert set(figure.findall(english)) == set(figure.findall(chinese))
    assert len(english.splitlines()) == len(chinese.splitlines()) == 5


def test_the_verdicts_for_programs_keep_their_schema(tmp_path, monkeypatch, counts):
    monkeypatch.setenv("CHIPCHECK_BUILD", str(tmp_path))
    claims = data.load("claims").merge(data.load("verdicts"), on="claim_id")
    unruled = claims.assign(**dict.fromkeys(ROLES), reason=claims["reason"].map(_without_facts))
    chapter.save_verdicts(unruled, {})
    record = json.loads((tmp_path / "verdicts.json").read_text(encoding="utf-8"))
    schema = json.loads((paths.ROOT / "chipcheck" / "verdicts.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, schema)
    assert schema["$defs"]["claim"]["properties"]["found"]["items"]["properties"]["role"]["enum"] == list(ROLES)
    assert record["counts"]["claims"] == counts["claims"].to_dict() and len(record["claims"]) == len(claims)
    assert sum(record["counts"]["headline"].values()) == sum(one["weight"] == "headline" for one in record["claims"])


def _without_facts(reason):
    return re.sub(r"\{[^}]*\}", "…", reason) if isinstance(reason, str) else reason


def test_no_claim_is_without_a_verdict():
    rated = data.load("verdicts")
    assert set(rated["claim_id"]) == set(data.load("claims")["claim_id"])
